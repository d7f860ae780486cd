import { useTranslation } from 'react-i18next';

import type { ActivityDetail } from '#contract/models/activity.ts';

import { CodeBlock } from './CodeBlock.tsx';

import styles from './ExchangeView.module.css';

/** What a device sent and what it was answered, as it was on the wire. */
export function ExchangeView({ detail }: { readonly detail: Pick<ActivityDetail, 'request' | 'response'> }) {
  const { t } = useTranslation(['activity', 'common']);
  const { request, response } = detail;
  const headers = Object.entries(request.headers);
  return (
    <div className={styles.exchange}>
      <section className={styles.side}>
        <h3 className={styles.title}>{t('detail.request')}</h3>
        <p className={styles.line}>
          <code>
            <strong>{request.method}</strong> {request.path}
          </code>
        </p>
        {headers.length > 0 && (
          <dl className={styles.headers}>
            {headers.map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        )}
        <Body label={`${t('detail.request')}${t('common:colon')} ${t('detail.body')}`} value={request.body} />
      </section>
      <section className={styles.side}>
        <h3 className={styles.title}>
          {t('detail.response')}
          {response.status !== null && <code className={styles.status}>{response.status}</code>}
        </h3>
        <Body label={`${t('detail.response')}${t('common:colon')} ${t('detail.body')}`} value={response.body} />
      </section>
    </div>
  );
}

function Body({ label, value }: { readonly label: string; readonly value: unknown }) {
  const { t } = useTranslation('activity');
  if (value === null || value === undefined || value === '') return <p className={styles.none}>{t('detail.noBody')}</p>;
  return (
    <CodeBlock label={label} isWrapped>
      {prettyPayload(value)}
    </CodeBlock>
  );
}

/** JSON with two spaces; what was no JSON stays as it came. */
export function prettyPayload(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}
