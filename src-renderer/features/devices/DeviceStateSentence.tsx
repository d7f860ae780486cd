import { useTranslation } from 'react-i18next';

import type { DeviceState } from '#contract/models/device.ts';
import { ProgressBar } from '#renderer/components/ProgressBar.tsx';
import { StateWord } from '#renderer/components/StateWord.tsx';
import { useNow } from '#renderer/components/use-now.ts';
import { formatBytes } from '#renderer/i18n/format.ts';

import { viewState } from './device-state-view.ts';
import { stateSentence } from './device-words.ts';

import styles from './DeviceStateSentence.module.css';

/** The deadline is told in whole seconds; four looks a second keep them from stuttering. */
const COUNTDOWN_MS = 250;

type Props = {
  readonly state: DeviceState;
  /** With the bytes of a download. */
  readonly isDetailed?: boolean;
};

/** What a device is doing now: glyph, sentence, and the bar of a download. */
export function DeviceStateSentence(props: Props) {
  return props.state.kind === 'waiting_for_ready' ? <Counting {...props} /> : <Sentence {...props} nowMs={0} />;
}

function Counting(props: Props) {
  return <Sentence {...props} nowMs={useNow(COUNTDOWN_MS)} />;
}

function Sentence({ state, isDetailed = false, nowMs }: Props & { readonly nowMs: number }) {
  const { t, i18n } = useTranslation(['devices', 'common']);
  const view = viewState(state, nowMs);
  const sentence = stateSentence(view, t);
  return (
    <span className={styles.state} title={isDetailed ? undefined : sentence}>
      <StateWord isSentence={isDetailed} tone={view.tone}>
        {sentence}
      </StateWord>
      {state.kind === 'downloading' && (
        <span className={styles.bar}>
          <ProgressBar
            value={view.percent === null ? null : view.percent / 100}
            label={t('state.downloadProgress', { version: view.version })}
          />
        </span>
      )}
      {isDetailed && 'bytesSent' in state && state.bytesSent !== null && state.totalBytes !== null && (
        <span className={styles.bytes}>
          {t('state.downloadBytes', {
            sent: formatBytes(state.bytesSent, i18n.language),
            total: formatBytes(state.totalBytes, i18n.language),
          })}
        </span>
      )}
    </span>
  );
}
