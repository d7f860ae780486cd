import { Autocomplete, Button, SegmentedControl, Select, Switch, Textarea, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import type { WireError } from '#contract/errors.ts';
import { DEFAULT_CHANNEL } from '#contract/models/channel.ts';
import { appIdPattern } from '#contract/models/common.ts';
import type { Bump } from '#contract/models/release.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { channelListQuery, deviceListQuery, keyListQuery, rotationListQuery } from '#renderer/api/queries.ts';
import { useCurrentApp } from '#renderer/api/use-current-app.ts';
import { ErrorPanel } from '#renderer/components/ErrorPanel.tsx';
import { toWireError } from '#renderer/i18n/failure-text.ts';
import { putJob } from '#renderer/stores/jobs-store.ts';

import { buildCostQuery } from '../delta/build-cost.ts';
import { BuildCost } from '../delta/BuildCost.tsx';
import { BuildChecks } from './BuildChecks.tsx';
import { BuildFacts } from './BuildFacts.tsx';
import { countV2Devices, encryptionOf } from './encryption.ts';
import { EncryptionChoice, type EnvelopeFormat } from './EncryptionChoice.tsx';
import { countFindings, publishBlock } from './publish-block.ts';
import { PublishFailure } from './PublishFailure.tsx';
import type { Publishing, WatchWish } from './publishing.ts';
import type { ReviewState } from './review-session.ts';
import { useVersion } from './use-version.ts';
import { VersionHint } from './VersionHint.tsx';

import styles from './ReviewSheet.module.css';

const TYPING_MS = 400;

type Props = {
  readonly state: ReviewState;
  readonly draft: ReviewDraft;
  readonly onDraft: (change: Partial<ReviewDraft>) => void;
  /** Why the last publish ended without a release. */
  readonly failure: WireError | null;
  readonly onCheckAgain: () => void;
  readonly onDiscard: () => void;
  readonly onPublishing: (publishing: Publishing) => void;
};

/** What a person entered; null where the suggestion stands. Outlives a publish that failed. */
export type ReviewDraft = {
  readonly appId: string | null;
  readonly version: string | null;
  readonly bump: Bump;
  readonly channel: string | null;
  readonly notes: string;
  /** Name of a key, or `NO_KEY`. */
  readonly key: string | null;
  readonly format: EnvelopeFormat;
  /** Go on publishing the folder whenever a build in it has settled. */
  readonly keepsPublishing: boolean;
  /** Let devices fetch only what changed. */
  readonly delta: boolean;
};

export const emptyDraft: ReviewDraft = {
  appId: null,
  version: null,
  bump: 'patch',
  channel: null,
  notes: '',
  key: null,
  format: 'v3',
  keepsPublishing: false,
  delta: true,
};

export function ReviewForm({ state, draft, onDraft, failure, onCheckAgain, onDiscard, onPublishing }: Props) {
  const { t } = useTranslation(['release', 'common', 'watch', 'delta']);
  const api = useApi();
  const { app: currentApp, apps } = useCurrentApp();
  const { phase, source } = state;
  const inspection = phase.kind === 'ready' ? phase.inspection : null;
  const project = inspection?.project ?? null;

  const appId = (draft.appId ?? project?.appId ?? currentApp?.appId ?? '').trim();
  const isAppValid = appIdPattern.test(appId);
  const app = apps.find((known) => known.appId === appId);
  const channels = useQuery({ ...channelListQuery(api, appId), enabled: app !== undefined });
  const channel =
    draft.channel ?? app?.defaultChannel ?? channels.data?.find(({ isDefault }) => isDefault)?.name ?? null;
  const version = useVersion({ appId, isAppValid, bump: draft.bump, typed: draft.version, project });

  const keys = useQuery(keyListQuery(api));
  const rotations = useQuery(rotationListQuery(api));
  const devicesOfApp = useQuery({ ...deviceListQuery(api, appId), enabled: app !== undefined });
  const encryption = encryptionOf({ keys: keys.data ?? [], project, app, chosen: draft.key });
  const { key } = encryption;
  const onKey = (name: string) => onDraft({ key: name });

  const counts = inspection === null ? null : countFindings(inspection.findings);
  // An app's id is asked about once nobody types any more.
  const [settledAppId] = useDebouncedValue(appId, TYPING_MS);
  const hasCost = phase.kind === 'ready' && source !== null && isAppValid && counts?.errors === 0;
  const cost = useQuery({
    ...buildCostQuery(api, settledAppId, source, phase.kind === 'ready' ? phase.startedMs : 0),
    enabled: hasCost && appIdPattern.test(settledAppId),
  });
  const block = publishBlock({
    // Until the keys are known the release might go out plain where it should not.
    counts: keys.isPending ? null : counts,
    isAppValid,
    isVersionUsable: version.verdict?.isValid === true && version.verdict.isFree,
  });
  const channelWord = channel ?? DEFAULT_CHANNEL;
  const publish = useMutation({
    async mutationFn({ allowKeyMismatch }: { readonly allowKeyMismatch: boolean }) {
      if (source === null) return;
      const { jobId } = await api.releases.publish({
        appId,
        source,
        version: version.version,
        allowWarnings: true,
        delta: draft.delta,
        ...(channel === null ? {} : { channel }),
        ...(key === null ? {} : { key: key.name, format: draft.format }),
        ...(allowKeyMismatch ? { allowKeyMismatch } : {}),
        ...(draft.notes.trim() === '' ? {} : { notes: draft.notes.trim() }),
      });
      onPublishing({ jobId, version: version.version, channel: channelWord, watch: watchWish() });
      putJob(await api.jobs.get({ jobId }));
    },
  });

  /** Only a folder that the core reads in place can be watched: not an upload, not a zip. */
  const folder = source?.kind === 'path' && inspection?.summary.source === 'folder' ? source.path : null;
  function watchWish(): WatchWish | null {
    if (folder === null || !draft.keepsPublishing) return null;
    const allowWarnings = (counts?.warnings ?? 0) > 0;
    return { appId, path: folder, channel: draft.channel, key: key?.name ?? null, allowWarnings, delta: draft.delta };
  }

  const onPublishAnyway = () => publish.mutate({ allowKeyMismatch: true });

  const reasons = {
    checking: phase.kind === 'failed' ? '' : t('review.blockedChecking'),
    errors: t('review.blockedErrors', { count: counts?.errors ?? 0 }),
    app: t('review.blockedApp'),
    version: t('review.blockedVersion'),
  };
  const devices = app?.deviceCount ?? 0;
  const effect = { version: version.version, channel: channelWord };
  const appOrigin = draft.appId === null && project?.appId === appId ? project.configPath : null;

  return (
    <>
      <div className={styles.body}>
        {failure !== null && failure.code !== 'CANCELLED' && (
          <PublishFailure error={failure} {...{ encryption, onKey, onPublishAnyway }} />
        )}
        {publish.error !== null && (
          <PublishFailure error={toWireError(publish.error)} {...{ encryption, onKey, onPublishAnyway }} />
        )}
        {keys.error !== null && <ErrorPanel error={keys.error} onRetry={() => void keys.refetch()} />}
        <div className={styles.fields}>
          <div>
            <Autocomplete
              label={t('review.app')}
              value={draft.appId ?? appId}
              data={apps.map(({ appId }) => appId)}
              filter={({ options }) => options}
              // Stays within the sheet, where assistive technology looks for it.
              comboboxProps={{ withinPortal: false }}
              spellCheck={false}
              error={appId !== '' && !isAppValid}
              onChange={(appId) => onDraft({ appId, channel: null })}
            />
            <AppHint appId={appId} isValid={isAppValid} isNew={app === undefined} origin={appOrigin} name={app?.name} />
          </div>
          <Select
            label={t('review.channel')}
            value={channelWord}
            data={channels.data?.map(({ name }) => name) ?? [channelWord]}
            allowDeselect={false}
            checkIconPosition="right"
            onChange={(channel) => onDraft({ channel })}
          />
          <div className={styles.version}>
            <TextInput
              label={t('review.version')}
              value={version.version}
              spellCheck={false}
              autoComplete="off"
              maxLength={256}
              error={version.verdict !== null && !(version.verdict.isValid && version.verdict.isFree)}
              onChange={(event) => onDraft({ version: event.currentTarget.value })}
            />
            <SegmentedControl
              aria-label={t('review.bump')}
              value={draft.version === null ? draft.bump : ''}
              data={[
                { value: 'patch', label: t('review.bumpPatch') },
                { value: 'minor', label: t('review.bumpMinor') },
                { value: 'major', label: t('review.bumpMajor') },
              ]}
              onChange={(bump) => onDraft({ bump: bump as Bump, version: null })}
            />
            <VersionHint facts={version} />
          </div>
          <Textarea
            label={t('review.notes')}
            placeholder={t('review.notesHint')}
            value={draft.notes}
            maxLength={10_000}
            autosize
            minRows={1}
            maxRows={6}
            onChange={(event) => onDraft({ notes: event.currentTarget.value })}
          />
        </div>
        <EncryptionChoice
          encryption={encryption}
          project={project}
          format={draft.format}
          rotation={rotations.data?.find((rotation) => rotation.appId === appId)?.devices}
          v2Devices={countV2Devices(devicesOfApp.data ?? [])}
          onKey={onKey}
          onFormat={(format) => onDraft({ format })}
        />
        {folder !== null && (
          <Switch
            label={t('watch:keep')}
            description={t('watch:keepHint', { channel: channelWord })}
            checked={draft.keepsPublishing}
            onChange={(event) => onDraft({ keepsPublishing: event.currentTarget.checked })}
          />
        )}
        <Switch
          label={t('delta:keep')}
          description={t('delta:keepHint')}
          checked={draft.delta}
          onChange={(event) => onDraft({ delta: event.currentTarget.checked })}
        />
        {phase.kind !== 'failed' && <BuildFacts state={state} cost={hasCost ? (cost.data ?? 'coming') : null} />}
        <BuildChecks phase={phase} onCheckAgain={onCheckAgain} />
        {hasCost && <BuildCost cost={cost} />}
      </div>
      <footer className={styles.footer}>
        <p className={styles.reason} id="publish-reason">
          {block !== null ? reasons[block] : (counts?.warnings ?? 0) > 0 ? t('review.publishWarned') : ''}
        </p>
        <Button onClick={onDiscard}>{t('review.discard')}</Button>
        <Button
          variant="filled"
          disabled={block !== null}
          loading={publish.isPending}
          aria-describedby="publish-reason"
          onClick={() => publish.mutate({ allowKeyMismatch: false })}
        >
          {devices === 0
            ? t('review.publishNoDevices', effect)
            : t('review.publish', { ...effect, devices: t('common:devices', { count: devices }) })}
        </Button>
      </footer>
    </>
  );
}

type AppHintProps = {
  readonly appId: string;
  readonly isValid: boolean;
  readonly isNew: boolean;
  /** Config file that the id comes from. */
  readonly origin: string | null;
  readonly name: string | undefined;
};

function AppHint({ appId, isValid, isNew, origin, name }: AppHintProps) {
  const { t } = useTranslation('release');
  if (appId === '') return <p className={styles.hint}>{t('review.appMissing')}</p>;
  if (!isValid) {
    return (
      <p className={styles.hint} data-tone="danger">
        {t('review.appInvalid')}
      </p>
    );
  }
  const words = [
    origin === null ? null : t('review.appFrom', { file: origin.split(/[\\/]/).at(-1) ?? origin }),
    isNew ? t('review.appNew') : name === appId ? null : name,
  ];
  return <p className={styles.hint}>{words.filter(Boolean).join(' · ')}</p>;
}
