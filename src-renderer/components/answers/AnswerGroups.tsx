import { UnstyledButton } from '@mantine/core';
import { ChevronDown, ChevronRight } from 'lucide-react';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';

import { StateWord } from '#renderer/components/StateWord.tsx';
import { formatNumber } from '#renderer/i18n/format.ts';

import { deviceName } from '../device-name.ts';
import { StepText } from '../trace/StepText.tsx';
import { groupAnswers, type AnswerGroup, type PreviewDevice } from './answer-groups.ts';
import { answerTones, answerWords, stepOf } from './answer-words.ts';

import styles from './AnswerGroups.module.css';

/** More rows of one kind say no more. */
const SHOWN = 12;

type Props = {
  readonly devices: readonly PreviewDevice[];
  /** Name of the channel one looks at. */
  readonly channel: string;
};

/** What devices would be answered: one line per answer, with its devices and the rule that decides one click away. */
export function AnswerGroups({ devices, channel }: Props) {
  return (
    <ul className={styles.groups}>
      {groupAnswers(devices).map((group) => (
        <Group key={group.key} group={group} channel={channel} />
      ))}
    </ul>
  );
}

function Group({ group, channel }: { readonly group: AnswerGroup; readonly channel: string }) {
  const { t, i18n } = useTranslation(['channels', 'devices']);
  const [isOpen, setIsOpen] = useState(false);
  const listId = useId();
  const words = answerWords(group.answer, channel, t);
  const Chevron = isOpen ? ChevronDown : ChevronRight;
  const rest = group.devices.length - SHOWN;
  return (
    <li className={styles.group}>
      <UnstyledButton
        className={styles.head}
        aria-expanded={isOpen}
        aria-controls={listId}
        onClick={() => setIsOpen(!isOpen)}
      >
        <Chevron size={14} aria-hidden="true" className={styles.chevron} />
        <span className={styles.count}>{formatNumber(group.devices.length, i18n.language)}</span>
        <span className={styles.words}>
          <StateWord isSentence tone={answerTones[group.answer.outcome]}>
            {words}
          </StateWord>
        </span>
        {group.changed > 0 && <span className={styles.changed}>{t('answers.changes', { count: group.changed })}</span>}
      </UnstyledButton>
      <div id={listId} hidden={!isOpen} className={styles.members}>
        {isOpen && (
          <>
            <p className={styles.rule}>
              <StepText step={stepOf(group.answer)} part="detail" />
            </p>
            <ul>
              {group.devices.slice(0, SHOWN).map((device) => (
                <li key={device.deviceId} className={styles.member}>
                  <Link href={`/devices/${encodeURIComponent(device.deviceId)}`} title={device.deviceId}>
                    {deviceName(device)}
                  </Link>
                  {device.isChanged && (
                    <span className={styles.was}>
                      {t('answers.was', { answer: answerWords(device.before, channel, t) })}
                    </span>
                  )}
                </li>
              ))}
              {rest > 0 && <li className={styles.was}>{t('answers.more', { count: rest })}</li>}
            </ul>
          </>
        )}
      </div>
    </li>
  );
}
