import { Radio, TextInput } from '@mantine/core';
import { Search } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { ChannelTarget } from '#contract/models/channel.ts';
import type { Release } from '#contract/models/release.ts';
import { formatBytes } from '#renderer/i18n/format.ts';

import { RelativeTime } from '../RelativeTime.tsx';
import { StatusBadge } from '../StateWord.tsx';
import { toTargetInput, type TargetInput } from './channel-target.ts';

import styles from './TargetPicker.module.css';

/** A list that does not fit at a glance gets a search. */
const SEARCH_FROM = 9;
/** More are found by searching. */
const SHOWN = 100;

type Props = {
  readonly releases: readonly Release[];
  /** What is offered now; marked in the list. */
  readonly now: ChannelTarget;
  readonly value: TargetInput | null;
  readonly onChange: (target: TargetInput) => void;
};

/** What a channel can be pointed at: a release, newest first, the built-in bundle, or nothing. */
export function TargetPicker({ releases, now, value, onChange }: Props) {
  const { t } = useTranslation('channels');
  const [text, setText] = useState('');
  const wanted = text.trim().toLowerCase();
  const matching = releases.filter(({ version, notes }) => `${version}\n${notes ?? ''}`.toLowerCase().includes(wanted));
  return (
    <div className={styles.picker}>
      <h3 className={styles.title}>{t('offer.releases')}</h3>
      {releases.length >= SEARCH_FROM && (
        <TextInput
          type="search"
          value={text}
          aria-label={t('offer.find')}
          placeholder={t('offer.findHint')}
          leftSection={<Search size={14} aria-hidden="true" />}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      )}
      {releases.length === 0 && <p className={styles.muted}>{t('offer.noReleases')}</p>}
      <Radio.Group
        aria-label={t('offer.title')}
        value={value === null ? null : keyOf(value)}
        onChange={(key) => onChange(targetOf(key))}
      >
        <div className={styles.list}>
          {matching.slice(0, SHOWN).map((release) => (
            <ReleaseRow key={release.releaseId} release={release} isNow={isSame(now, release)} />
          ))}
          {matching.length === 0 && releases.length > 0 && (
            <p className={styles.muted}>{t('offer.noMatch', { text: text.trim() })}</p>
          )}
        </div>
        {(['builtin', 'none'] as const).map((kind) => (
          <Radio
            key={kind}
            className={styles.other}
            classNames={{ description: styles.hint }}
            value={kind}
            label={
              <>
                {t(`target.${kind}`)} {now.kind === kind && <Now />}
              </>
            }
            description={t(`offer.${kind}Hint`)}
          />
        ))}
      </Radio.Group>
    </div>
  );
}

function ReleaseRow({ release, isNow }: { readonly release: Release; readonly isNow: boolean }) {
  const { i18n } = useTranslation('channels');
  return (
    <Radio
      className={styles.release}
      classNames={{ body: styles.body, labelWrapper: styles.label }}
      value={keyOf({ kind: 'release', release: release.releaseId })}
      label={
        <span className={styles.row}>
          <span className={styles.version}>
            <code>{release.version}</code> {isNow && <Now />}
          </span>
          <span className={styles.figures}>
            <span>{formatBytes(release.size, i18n.language)}</span>
            <span className={styles.findings}>
              <Findings findings={release.findings} />
            </span>
            <span className={styles.date}>
              <RelativeTime at={release.createdAt} />
            </span>
          </span>
        </span>
      }
    />
  );
}

function Now() {
  const { t } = useTranslation('channels');
  return <StatusBadge tone="success">{t('offer.now')}</StatusBadge>;
}

/** Errors never come this far: a build with errors is not published. */
function Findings({ findings }: Pick<Release, 'findings'>) {
  const { t } = useTranslation('channels');
  const warnings = findings.filter(({ severity }) => severity === 'warning').length;
  return warnings === 0 ? t('offer.findings.none') : t('offer.findings.warnings', { count: warnings });
}

const RELEASE = 'release ';

function keyOf(target: TargetInput): string {
  return target.kind === 'release' ? RELEASE + target.release : target.kind;
}

function targetOf(key: string): TargetInput {
  if (key.startsWith(RELEASE)) return { kind: 'release', release: key.slice(RELEASE.length) };
  return { kind: key === 'builtin' ? 'builtin' : 'none' };
}

function isSame(now: ChannelTarget, release: Release): boolean {
  const target = toTargetInput(now);
  return target.kind === 'release' && target.release === release.releaseId;
}
