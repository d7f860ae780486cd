import { useTranslation } from 'react-i18next';

import { CodeBlock } from '#renderer/components/CodeBlock.tsx';
import { CopyButton } from '#renderer/components/CopyButton.tsx';
import { Section } from '#renderer/components/Page.tsx';

import { androidDebugManifest, iosDebugPlist } from './platform-fragments.ts';

import styles from './sections.module.css';

/** What phones need before they talk to a plain http address, and what surprises people about them. */
export function PlatformSection() {
  const { t } = useTranslation('connect');
  return (
    <Section title={t('platform.title')}>
      <p className={styles.intro}>{t('platform.intro')}</p>
      <div className={styles.pair}>
        <Fragment
          title={t('platform.android')}
          file={t('platform.androidManifest')}
          text={androidDebugManifest}
          hint={t('platform.androidHint')}
        />
        <Fragment
          title={t('platform.ios')}
          file={t('platform.iosPlist')}
          text={iosDebugPlist}
          hint={t('platform.iosHint')}
        />
      </div>
      <h3>{t('platform.notes')}</h3>
      <ul className={styles.notes}>
        <li>{t('platform.noteInternet')}</li>
        <li>{t('platform.noteTimeout')}</li>
        <li>{t('platform.noteSync')}</li>
      </ul>
    </Section>
  );
}

function Fragment(props: {
  readonly title: string;
  readonly file: string;
  readonly text: string;
  readonly hint: string;
}) {
  const { title, file, text, hint } = props;
  const { t } = useTranslation('connect');
  return (
    <div className={styles.block}>
      <div className={styles.blockHead}>
        <span>
          {title} · <code>{file}</code>
        </span>
        <CopyButton value={text}>{t('platform.copy')}</CopyButton>
      </div>
      <CodeBlock label={`${title}: ${file}`}>{text}</CodeBlock>
      <p className={styles.intro}>{hint}</p>
    </div>
  );
}
