import { keepPreviousData, queryOptions } from '@tanstack/react-query';

import type { Api, ApiClient } from '#contract/api.ts';
import type { InputOf } from '#contract/define.ts';
import type { Activity } from '#contract/models/activity.ts';
import type { Bump } from '#contract/models/release.ts';

/**
 * Keys of the query cache, coarse to fine. Events invalidate by prefix (`event-sync.ts`), so every query that
 * shows something of an app has the app id in second place.
 */
export const queryKeys = {
  apps: ['apps'] as const,
  releases: (appId: string) => ['releases', appId] as const,
  channels: (appId: string) => ['channels', appId] as const,
  devices: (appId: string) => ['devices', appId] as const,
  /** What devices would be answered: made doubtful by everything that the decision looks at. */
  answers: (appId: string) => ['answers', appId] as const,
  activity: ['activity'] as const,
  figures: (appId: string) => ['figures', appId] as const,
  server: ['server'] as const,
  settings: ['settings'] as const,
  keys: ['keys'] as const,
  recentBuilds: ['recent-builds'] as const,
  watches: ['watches'] as const,
  storage: ['storage'] as const,
};

export function appListQuery(api: ApiClient) {
  return queryOptions({
    queryKey: [...queryKeys.apps, 'list'],
    queryFn: ({ signal }) => api.apps.list({}, { signal }),
  });
}

export function appQuery(api: ApiClient, appId: string) {
  return queryOptions({
    queryKey: [...queryKeys.apps, 'get', appId],
    queryFn: ({ signal }) => api.apps.get({ appId }, { signal }),
  });
}

export function releaseListQuery(api: ApiClient, appId: string) {
  return queryOptions({
    queryKey: [...queryKeys.releases(appId), 'list'],
    queryFn: ({ signal }) => api.releases.list({ appId }, { signal }),
  });
}

export function releaseQuery(api: ApiClient, appId: string, release: string) {
  return queryOptions({
    queryKey: [...queryKeys.releases(appId), 'get', release],
    queryFn: ({ signal }) => api.releases.get({ appId, release }, { signal }),
  });
}

/**
 * What devices fetch of a release, by what they run. Looked at every few seconds instead of with each event: it weighs
 * every file of every live version.
 */
export function releaseCostQuery(api: ApiClient, appId: string, release: string) {
  return queryOptions({
    queryKey: ['release-cost', appId, release],
    queryFn: ({ signal }) => api.releases.cost({ appId, release }, { signal }),
    refetchInterval: 5_000,
  });
}

export function releaseDiffQuery(api: ApiClient, input: ReleasePair) {
  return queryOptions({
    queryKey: ['release-diff', input],
    queryFn: ({ signal }) => api.releases.diff(input, { signal }),
    placeholderData: keepPreviousData,
    // Releases never change.
    staleTime: Infinity,
  });
}

export function fileDiffQuery(api: ApiClient, input: ReleasePair & { readonly path: string }) {
  return queryOptions({
    queryKey: ['file-diff', input],
    queryFn: ({ signal }) => api.releases.diffFile(input, { signal }),
    staleTime: Infinity,
  });
}

/** Two releases, each by id or version. */
export type ReleasePair = { readonly appId: string; readonly from: string; readonly to: string };

export function versionQuery(
  api: ApiClient,
  input: {
    readonly appId: string;
    readonly bump: Bump;
    readonly version?: string;
    readonly nativeVersion?: string;
  },
) {
  return queryOptions({
    queryKey: [...queryKeys.releases(input.appId), 'version', input],
    queryFn: ({ signal }) => api.releases.suggestVersion(input, { signal }),
    placeholderData: keepPreviousData,
  });
}

export function channelListQuery(api: ApiClient, appId: string) {
  return queryOptions({
    queryKey: [...queryKeys.channels(appId), 'list'],
    queryFn: ({ signal }) => api.channels.list({ appId }, { signal }),
  });
}

/** What a channel offered over time, newest first; below the channels, whose events make it doubtful. */
export function channelHistoryQuery(api: ApiClient, appId: string, channelId: number, limit: number) {
  return queryOptions({
    queryKey: [...queryKeys.channels(appId), 'history', channelId, limit],
    queryFn: ({ signal }) => api.channels.history({ appId, channel: channelId, limit }, { signal }),
    placeholderData: keepPreviousData,
  });
}

export type PreviewInput = InputOf<Api['channels']['preview']>;

/** What the channel's devices would be answered with a change, or as it stands. */
export function channelPreviewQuery(api: ApiClient, input: PreviewInput) {
  return queryOptions({
    queryKey: [...queryKeys.answers(input.appId), 'preview', input],
    queryFn: ({ signal }) => api.channels.preview(input, { signal }),
    // Of the same channel only: the answers of another one would be wrong, not old.
    placeholderData: (previous, query) => {
      const before = query?.queryKey[3] as PreviewInput | undefined;
      return before?.channel === input.channel ? previous : undefined;
    },
  });
}

/** What a device would be answered now, and why. */
export function explanationQuery(api: ApiClient, appId: string, deviceId: string) {
  return queryOptions({
    queryKey: [...queryKeys.answers(appId), 'device', deviceId],
    queryFn: ({ signal }) => api.devices.explain({ appId, deviceId }, { signal }),
  });
}

/** What a device would be answered if that were decided for it. */
export function overrideOutlookQuery(
  api: ApiClient,
  { appId, deviceId }: { readonly appId: string; readonly deviceId: string },
  override: InputOf<Api['devices']['setOverride']>['override'],
) {
  return queryOptions({
    queryKey: [...queryKeys.answers(appId), 'override', deviceId, override],
    queryFn: ({ signal }) => api.devices.explain({ appId, deviceId, override }, { signal }),
  });
}

export function deviceListQuery(api: ApiClient, appId: string) {
  return queryOptions({
    queryKey: [...queryKeys.devices(appId), 'list'],
    queryFn: ({ signal }) => api.devices.list({ appId }, { signal }),
  });
}

export function deviceQuery(api: ApiClient, appId: string, deviceId: string) {
  return queryOptions({
    queryKey: [...queryKeys.devices(appId), 'get', deviceId],
    queryFn: ({ signal }) => api.devices.get({ appId, deviceId }, { signal }),
  });
}

/** Virtual devices that were added; below the devices, whose events make them doubtful. */
export function virtualDeviceListQuery(api: ApiClient, appId: string) {
  return queryOptions({
    queryKey: [...queryKeys.devices(appId), 'virtual'],
    queryFn: ({ signal }) => api.simulator.list({ appId }, { signal }),
  });
}

/** One row of the log with its payloads. Asked anew when the row moved on: a download that ended has another answer. */
export function activityRowQuery(api: ApiClient, { id, outcome }: Pick<Activity, 'id' | 'outcome'>) {
  return queryOptions({
    queryKey: [...queryKeys.activity, 'row', id, outcome],
    queryFn: ({ signal }) => api.activity.get({ id }, { signal }),
    placeholderData: (previous) => (previous?.id === id ? previous : undefined),
  });
}

/** Ranges end now, so what an answer counts goes stale by itself. */
const FIGURES_EVERY_MS = 60_000;

export function updateFiguresQuery(api: ApiClient, input: InputOf<Api['figures']['updates']>) {
  return queryOptions({
    queryKey: [...queryKeys.figures(input.appId), 'updates', input],
    queryFn: ({ signal }) => api.figures.updates(input, { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: FIGURES_EVERY_MS,
  });
}

export function adoptionQuery(api: ApiClient, input: InputOf<Api['figures']['adoption']>) {
  return queryOptions({
    queryKey: [...queryKeys.figures(input.appId), 'adoption', input],
    queryFn: ({ signal }) => api.figures.adoption(input, { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: FIGURES_EVERY_MS,
  });
}

/** The vault, without any private part: no answer of the core has one. */
export function keyListQuery(api: ApiClient) {
  return queryOptions({
    queryKey: [...queryKeys.keys, 'list'],
    queryFn: ({ signal }) => api.keys.list({}, { signal }),
  });
}

/** Projects that have a key in their config; below the keys, whose events make them doubtful. */
export function keyProjectsQuery(api: ApiClient) {
  return queryOptions({
    queryKey: [...queryKeys.keys, 'projects'],
    queryFn: ({ signal }) => api.keys.projects({}, { signal }),
  });
}

/** How private parts are guarded; below the keys, whose events make it doubtful. */
export function vaultStatusQuery(api: ApiClient) {
  return queryOptions({
    queryKey: [...queryKeys.keys, 'vault'],
    queryFn: ({ signal }) => api.vault.status({}, { signal }),
  });
}

/** Key changes under way; below the keys, whose events make them doubtful. */
export function rotationListQuery(api: ApiClient) {
  return queryOptions({
    queryKey: [...queryKeys.keys, 'rotations'],
    queryFn: ({ signal }) => api.rotations.list({}, { signal }),
  });
}

export function serverStatusQuery(api: ApiClient) {
  return queryOptions({
    queryKey: [...queryKeys.server, 'status'],
    queryFn: ({ signal }) => api.server.status({}, { signal }),
  });
}

export function settingsQuery(api: ApiClient) {
  return queryOptions({
    queryKey: [...queryKeys.settings, 'get'],
    queryFn: ({ signal }) => api.settings.get({}, { signal }),
  });
}

export function recentBuildsQuery(api: ApiClient) {
  return queryOptions({
    queryKey: queryKeys.recentBuilds,
    queryFn: ({ signal }) => api.builds.recent({}, { signal }),
  });
}

/** The watched folders of all apps. */
export function watchListQuery(api: ApiClient) {
  return queryOptions({
    queryKey: [...queryKeys.watches, 'list'],
    queryFn: ({ signal }) => api.watches.list({}, { signal }),
  });
}

/** Who needs how much of the store. Walks the store: asked when somebody looks. */
export function storageUsageQuery(api: ApiClient) {
  return queryOptions({
    queryKey: [...queryKeys.storage, 'usage'],
    queryFn: ({ signal }) => api.storage.usage({}, { signal }),
  });
}

export function pendingRestoreQuery(api: ApiClient) {
  return queryOptions({
    queryKey: [...queryKeys.storage, 'pending-restore'],
    queryFn: ({ signal }) => api.storage.pendingRestore({}, { signal }),
  });
}

export function retentionQuery(api: ApiClient, appId: string) {
  return queryOptions({
    queryKey: [...queryKeys.storage, 'retention', appId],
    queryFn: ({ signal }) => api.storage.retention({ appId }, { signal }),
  });
}

export function retentionPreviewQuery(
  api: ApiClient,
  input: { readonly appId: string; readonly keepCount: number | null; readonly keepDays: number | null },
) {
  return queryOptions({
    queryKey: [...queryKeys.storage, 'preview', input],
    queryFn: ({ signal }) => api.storage.previewRetention(input, { signal }),
  });
}
