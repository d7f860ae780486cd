import { useTranslation } from 'react-i18next';

import type { Device } from '#contract/models/device.ts';
import { CodeBlock } from '#renderer/components/CodeBlock.tsx';
import { CopyButton } from '#renderer/components/CopyButton.tsx';
import { Section } from '#renderer/components/Page.tsx';
import { StateWord } from '#renderer/components/StateWord.tsx';

import { checkCommands, latestSnippet } from './check-commands.ts';
import { pluginWarning } from './plugin-version.ts';

import styles from './CheckNow.module.css';

/** Devices ask when they like; this makes one ask now. A virtual one is run from here and needs none of it. */
export function CheckNow({ device }: { readonly device: Device }) {
  const { t } = useTranslation('devices');
  const warning = pluginWarning(device);
  if (device.isVirtual) return null;
  return (
    <Section title={t('checkNow.title')}>
      <p className={styles.intro}>{t('checkNow.intro')}</p>
      {warning !== null && (
        <StateWord isSentence tone="warning">
          {t(`plugin.${warning}`)}
        </StateWord>
      )}
      {checkCommands(device).map(({ kind, text }) => (
        <Snippet key={kind} label={t(`checkNow.${kind}`)} text={text} />
      ))}
      <Snippet label={t('checkNow.console')} text={latestSnippet} />
    </Section>
  );
}

function Snippet({ label, text }: { readonly label: string; readonly text: string }) {
  return (
    <div className={styles.snippet}>
      <div className={styles.head}>
        <span>{label}</span>
        <CopyButton value={text} />
      </div>
      <CodeBlock label={label} isWrapped>
        {text}
      </CodeBlock>
    </div>
  );
}
