import { Button, Select } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Channel } from '#contract/models/channel.ts';
import type { Release } from '#contract/models/release.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { useChannelSync } from '#renderer/api/use-channel-sync.ts';
import { ErrorPanel } from '#renderer/components/ErrorPanel.tsx';
import { targetName } from '#renderer/components/target/channel-target.ts';
import { useUndoable } from '#renderer/components/use-undoable.tsx';
import { formatShare } from '#renderer/i18n/format.ts';

import { ShareInput } from './ShareInput.tsx';
import { ShareSentence } from './ShareSentence.tsx';

import styles from './RolloutSection.module.css';

/** Small enough that a bad release harms few. */
const FIRST_BPS = 1_000;

type Props = { readonly channel: Channel; readonly releases: readonly Release[] };

/** Which release, for how many, and go. */
export function StartRollout({ channel, releases }: Props) {
  const { t, i18n } = useTranslation('channels');
  const api = useApi();
  const { appId, id, name, target } = channel;
  const sync = useChannelSync(appId);
  const tellUndoable = useUndoable();
  const others = releases.filter(({ releaseId }) => target.kind !== 'release' || releaseId !== target.releaseId);
  const [chosen, setChosen] = useState<string | null>(null);
  const [share, setShare] = useState(FIRST_BPS);
  const release = others.find(({ releaseId }) => releaseId === chosen) ?? others[0];
  const percent = formatShare(share, i18n.language);
  const start = useMutation({
    mutationFn: (started: Release) =>
      api.channels.setRollout({ appId, channel: id, release: started.releaseId, percentageBps: share, enabled: true }),
    onSuccess: (_channel, { version }) =>
      tellUndoable({
        message: t('roll.started', { version, percent, name }),
        undo: async () => {
          await api.channels.rollBackRollout({ appId, channel: id });
          await sync();
        },
      }),
    onSettled: sync,
  });
  if (target.kind === 'none') return <p className={styles.muted}>{t('roll.needsTarget')}</p>;
  if (release === undefined) return <p className={styles.muted}>{t('roll.needsRelease')}</p>;
  return (
    <>
      <p className={styles.muted}>{t('roll.intro', { target: targetName(target, t) })}</p>
      <div className={styles.start}>
        <Select
          className={styles.release}
          label={t('roll.release')}
          value={release.releaseId}
          data={others.map(({ releaseId, version }) => ({ value: releaseId, label: version }))}
          allowDeselect={false}
          checkIconPosition="right"
          searchable={others.length > 8}
          onChange={setChosen}
        />
        <ShareInput value={share} onChange={setShare} />
      </div>
      {start.error !== null && <ErrorPanel error={start.error} />}
      <div className={styles.actions}>
        <Button variant="filled" loading={start.isPending} onClick={() => start.mutate(release)}>
          {t('roll.start', { version: release.version, percent })}
        </Button>
        <ShareSentence channel={channel} basisPoints={share} />
      </div>
    </>
  );
}
