import type { ChannelSettings, ChannelTarget } from '#contract/models/channel.ts';

import type { AppRepository } from '../storage/app-repository.ts';
import type { ChannelRepository, RolloutRecord } from '../storage/channel-repository.ts';
import type { ReleaseRepository, ReleaseState } from '../storage/release-repository.ts';

/** What the device side needs of a channel. */
export type ChannelEntry = {
  readonly channelId: number;
  readonly name: string;
  readonly isDefault: boolean;
  readonly target: ChannelTarget;
  readonly settings: ChannelSettings;
  readonly rollout: RolloutRecord | null;
};

/** What the device side needs of a release. */
export type ReleaseEntry = {
  readonly releaseId: string;
  readonly version: string;
  /** `stored`: downloadable for its own fetch-back check, never offered. */
  readonly state: ReleaseState;
  readonly checksum: string;
  readonly blobSha256: string;
  readonly sizeBytes: number;
  readonly sessionKey: string | null;
  readonly keyId: string | null;
  /** Bodies of its delta manifest, and their bytes; null without one. */
  readonly delta: { readonly files: number; readonly bytes: number } | null;
};

export type AppEntry = {
  readonly appId: string;
  readonly name: string;
  readonly token: string;
  /** The default channel first. */
  readonly channels: readonly ChannelEntry[];
  readonly releasesById: ReadonlyMap<string, ReleaseEntry>;
  /** By the SHA-256 of the file; equal builds published under several versions share one. Newest first. */
  readonly releasesBySha: ReadonlyMap<string, readonly ReleaseEntry[]>;
};

/** Apps with their channels and releases in memory, so that an update check asks the database for nothing of theirs. */
export type AppDirectory = {
  byToken(token: string): AppEntry | undefined;
  byId(appId: string): AppEntry | undefined;
  /** Call after the commit of every change to an app, its token, channels or releases. */
  invalidate(appId: string): void;
};

export function createAppDirectory(repositories: {
  readonly apps: AppRepository;
  readonly channels: ChannelRepository;
  readonly releases: ReleaseRepository;
}): AppDirectory {
  const { apps, channels, releases } = repositories;
  const entries = new Map<string, AppEntry>();
  /** All tokens, so that a flood of made-up ones never reaches the database. */
  let appIdsByToken: ReadonlyMap<string, string> | undefined;

  function byId(appId: string): AppEntry | undefined {
    const known = entries.get(appId);
    if (known) return known;
    const app = apps.get(appId);
    if (!app) return undefined;
    const entry = { appId, name: app.name, token: app.token, channels: channelsOf(appId), ...releasesOf(appId) };
    entries.set(appId, entry);
    return entry;
  }

  function channelsOf(appId: string): ChannelEntry[] {
    return channels.list(appId).map(({ channelId, name, isDefault, target, settings, rollout }) => ({
      channelId,
      name,
      isDefault,
      target,
      settings,
      rollout,
    }));
  }

  function releasesOf(appId: string): Pick<AppEntry, 'releasesById' | 'releasesBySha'> {
    const served: ReleaseEntry[] = releases.listServed(appId).map((record) => ({
      releaseId: record.releaseId,
      version: record.version,
      state: record.state,
      checksum: record.checksum,
      blobSha256: record.blobSha256,
      sizeBytes: record.sizeBytes,
      sessionKey: record.sessionKey,
      keyId: record.keyId,
      delta:
        record.deltaFiles === null || record.deltaBytes === null
          ? null
          : { files: record.deltaFiles, bytes: record.deltaBytes },
    }));
    return {
      releasesById: new Map(served.map((release) => [release.releaseId, release])),
      releasesBySha: Map.groupBy(served, (release) => release.blobSha256),
    };
  }

  return {
    byToken(token) {
      appIdsByToken ??= new Map(apps.tokens().map((app) => [app.token, app.appId]));
      const appId = appIdsByToken.get(token);
      return appId === undefined ? undefined : byId(appId);
    },
    byId,
    invalidate(appId) {
      entries.delete(appId);
      appIdsByToken = undefined;
    },
  };
}
