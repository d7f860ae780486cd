import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import type { ActivityDetail } from '#contract/models/activity.ts';
import { CodeBlock } from '#renderer/components/CodeBlock.tsx';
import { prettyPayload } from '#renderer/components/ExchangeView.tsx';
import { StateWord } from '#renderer/components/StateWord.tsx';

import { differencesOf, type Difference } from './differences.ts';

import styles from './ReplaySection.module.css';

type Props = {
  readonly original: ActivityDetail;
  readonly replay: ActivityDetail;
  readonly onShow: (id: number) => void;
};

const marks: Readonly<Record<Difference['kind'], string>> = { changed: '≠', added: '+', removed: '−' };

/** What the server answers to the same request now, beside what it answered then. */
export function ReplaySection({ original, replay, onShow }: Props) {
  const { t } = useTranslation('activity');
  const differences = differencesOf(original.response, replay.response);
  return (
    <section className={styles.section} aria-label={t('replay.title')}>
      <div className={styles.head}>
        <h2 className={styles.title}>{t('replay.title')}</h2>
        <Button size="xs" variant="subtle" onClick={() => onShow(replay.id)}>
          {t('replay.show', { id: replay.id })}
        </Button>
      </div>
      <StateWord tone={differences.length === 0 ? 'success' : 'info'}>
        {differences.length === 0 ? t('replay.same') : t('replay.differs', { count: differences.length })}
      </StateWord>
      <p className={styles.note}>{t('replay.note')}</p>
      {differences.length > 0 && (
        <table className={styles.table} aria-label={t('replay.fields')}>
          <thead>
            <tr>
              <th scope="col">{t('replay.field')}</th>
              <th scope="col">{t('replay.before')}</th>
              <th scope="col">{t('replay.after')}</th>
            </tr>
          </thead>
          <tbody>
            {differences.map(({ path, kind, before, after }) => (
              <tr key={path} data-kind={kind}>
                <th scope="row">
                  <span className={styles.mark} title={t(`replay.kind.${kind}`)} aria-hidden="true">
                    {marks[kind]}
                  </span>
                  <span className={styles.hidden}>{t(`replay.kind.${kind}`)}</span>
                  <code>{path === '' ? t('detail.body') : path}</code>
                </th>
                <td>{before === '' ? '–' : <del>{before}</del>}</td>
                <td>{after === '' ? '–' : <ins>{after}</ins>}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {replay.response.body !== null && replay.response.body !== undefined && (
        <div className={styles.pair}>
          <Answer label={t('replay.before')} answer={original.response} />
          <Answer label={t('replay.after')} answer={replay.response} />
        </div>
      )}
    </section>
  );
}

function Answer({ label, answer }: { readonly label: string; readonly answer: ActivityDetail['response'] }) {
  return (
    <div className={styles.answer}>
      <p className={styles.title}>
        {label} <code>{answer.status}</code>
      </p>
      <CodeBlock label={label} isWrapped>
        {prettyPayload(answer.body)}
      </CodeBlock>
    </div>
  );
}
