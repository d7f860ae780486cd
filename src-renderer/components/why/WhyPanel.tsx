import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Explanation } from '#contract/models/device.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { explanationQuery } from '#renderer/api/queries.ts';

import { answerTones, answerWords } from '../answers/answer-words.ts';
import { CodeBlock } from '../CodeBlock.tsx';
import { ErrorPanel } from '../ErrorPanel.tsx';
import { prettyPayload } from '../ExchangeView.tsx';
import { StateWord } from '../StateWord.tsx';
import { TraceTable } from '../trace/TraceTable.tsx';
import { DecidingStep } from './DecidingStep.tsx';

import styles from './WhyPanel.module.css';

type Props = {
  readonly appId: string;
  readonly deviceId: string;
  /** With every rule from the start. */
  readonly isFull?: boolean;
};

/** What a device would be answered now, the rule that decides it, and what one can do about it. Follows every change. */
export function WhyPanel({ appId, deviceId, isFull = false }: Props) {
  const { t } = useTranslation('trace');
  const api = useApi();
  const { data, error, refetch } = useQuery(explanationQuery(api, appId, deviceId));
  const [isOpen, setIsOpen] = useState(isFull);
  const [isRaw, setIsRaw] = useState(false);
  if (error !== null) return <ErrorPanel error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <p className={styles.muted}>{t('asking')}</p>;
  return (
    <div className={styles.why}>
      <Answer explanation={data} />
      <DecidingStep appId={appId} deviceId={deviceId} trace={data.trace} />
      <div className={styles.actions}>
        <Button size="xs" aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
          {t(isOpen ? 'hideRules' : 'showRules', { count: data.trace.length })}
        </Button>
        <Button size="xs" aria-expanded={isRaw} onClick={() => setIsRaw(!isRaw)}>
          {t(isRaw ? 'hideRaw' : 'showRaw')}
        </Button>
      </div>
      {isRaw && (
        <CodeBlock label={t('raw', { status: data.response.status })} isWrapped>
          {prettyPayload(data.response.body)}
        </CodeBlock>
      )}
      {isOpen && <TraceTable trace={data.trace} />}
    </div>
  );
}

function Answer({ explanation }: { readonly explanation: Explanation }) {
  const { t } = useTranslation(['channels', 'devices', 'trace']);
  const { outcome, code, channel, release } = explanation;
  const answer = { outcome, code, channel, version: release?.version ?? null, rule: '', detail: '', values: {} };
  return (
    <p className={styles.answer} role="status">
      <StateWord isSentence tone={answerTones[outcome]}>
        {answerWords(answer, channel ?? '', t)}
      </StateWord>
      {channel !== null && <span className={styles.muted}>{t('trace:byChannel', { channel })}</span>}
    </p>
  );
}
