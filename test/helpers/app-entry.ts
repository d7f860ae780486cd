import type { ChannelSettings, ChannelTarget } from '#contract/models/channel.ts';
import type { AppEntry, ReleaseEntry } from '#core/apps/app-directory.ts';
import { defaultSettings } from '#core/channels/channel-settings.ts';
import type { RolloutRecord } from '#core/storage/channel-repository.ts';

export const token = 'Xnh7JrxYOPQxJaEUzKLmOg';
export const sha256 = '09d3bca41bd47ad3f368d952c7574bc36a350c7a5c303a7e2fba2ab5a77ada80';

export function releaseEntry(fields: Partial<ReleaseEntry> = {}): ReleaseEntry {
  return {
    releaseId: 'r1',
    version: '1.0.1',
    state: 'ready',
    checksum: sha256,
    blobSha256: sha256,
    sizeBytes: 1000,
    sessionKey: null,
    keyId: null,
    delta: null,
    ...fields,
  };
}

/** An app whose default channel offers its first release, unless told otherwise. */
export function appEntry({
  releases = [releaseEntry()],
  target,
  settings = {},
  rollout = null,
  channels = [],
}: {
  readonly releases?: readonly ReleaseEntry[];
  readonly target?: ChannelTarget;
  /** Of the default channel. */
  readonly settings?: Partial<ChannelSettings>;
  readonly rollout?: RolloutRecord | null;
  readonly channels?: readonly {
    readonly name: string;
    readonly target: ChannelTarget;
    readonly settings?: Partial<ChannelSettings>;
  }[];
} = {}): AppEntry {
  const [first] = releases;
  const offered: ChannelTarget =
    target ?? (first ? { kind: 'release', releaseId: first.releaseId, version: first.version } : { kind: 'none' });
  return {
    appId: 'com.example.app',
    name: 'Example',
    token,
    channels: [
      {
        channelId: 1,
        name: 'production',
        isDefault: true,
        target: offered,
        settings: { ...defaultSettings, public: true, ...settings },
        rollout,
      },
      ...channels.map((channel, index) => ({
        channelId: index + 2,
        isDefault: false,
        rollout: null,
        ...channel,
        settings: { ...defaultSettings, ...channel.settings },
      })),
    ],
    releasesById: new Map(releases.map((release) => [release.releaseId, release])),
    releasesBySha: Map.groupBy(releases, (release) => release.blobSha256),
  };
}

/** The update check of clients.md Appendix A. */
export const androidCheck = {
  platform: 'android',
  device_id: '0f0c6a7e-5f7b-4c0e-9f6e-1b7d1a2c3d4e',
  app_id: 'com.example.app',
  custom_id: '',
  version_build: '1.0.0',
  version_code: '100',
  version_os: '14',
  version_name: '1.0.0',
  plugin_version: '8.51.14',
  is_emulator: false,
  is_prod: true,
  install_source: '',
  defaultChannel: '',
} as const;
