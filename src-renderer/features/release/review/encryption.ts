import type { App } from '#contract/models/app.ts';
import type { Device } from '#contract/models/device.ts';
import type { Inspection } from '#contract/models/finding.ts';
import type { Key } from '#contract/models/key.ts';

/** A release without encryption, as a choice beside the names of keys, which are never empty. */
export const NO_KEY = '';

/** What to say about the choice; `name` is for keys, `file` for the project's config. */
export type EncryptionNote =
  | { readonly kind: 'projectKeyElsewhere' | 'projectExpects' | 'projectDiffers'; readonly keyId: string }
  | { readonly kind: 'projectMatches' | 'asLast' | 'needsPublic' | 'noKeys' | 'plain' };

export type Encryption = {
  /** Keys that can encrypt. */
  readonly usable: readonly Key[];
  /** Null for a plain release. */
  readonly key: Key | null;
  readonly note: EncryptionNote;
};

/** The key of the project's config, else the one of the app's last release, else none; or what a person chose. */
export function encryptionOf(input: {
  readonly keys: readonly Key[];
  readonly project: Inspection['project'];
  readonly app: Pick<App, 'keyName'> | undefined;
  /** Name of a key or `NO_KEY`; null where the suggestion stands. */
  readonly chosen: string | null;
}): Encryption {
  const { project, app, chosen } = input;
  const usable = input.keys.filter(({ hasPrivate, retiredAt }) => hasPrivate && retiredAt === null);
  const projectKeyId = project?.keyId ?? null;
  const ofProject = projectKeyId === null ? undefined : usable.find(({ keyId }) => keyId === projectKeyId);
  const ofApp = usable.find(({ name }) => name === app?.keyName);
  const key = chosen === NO_KEY ? null : (usable.find(({ name }) => name === chosen) ?? ofProject ?? ofApp ?? null);
  return { usable, key, note: noteOf() };

  function noteOf(): EncryptionNote {
    if (projectKeyId !== null && !ofProject) return { kind: 'projectKeyElsewhere', keyId: projectKeyId };
    if (projectKeyId !== null && key === null) return { kind: 'projectExpects', keyId: projectKeyId };
    if (projectKeyId !== null && key?.keyId !== projectKeyId) return { kind: 'projectDiffers', keyId: projectKeyId };
    if (key === null) return { kind: usable.length === 0 ? 'noKeys' : 'plain' };
    if (key === ofProject) return { kind: 'projectMatches' };
    return { kind: key === ofApp ? 'asLast' : 'needsPublic' };
  }
}

/** First plugins that read checksums of form v3, by major. Source: protocol/clients.md §4.4. */
const FIRST_V3_MINOR: Readonly<Record<number, number>> = { 5: 30, 6: 30, 7: 30 };

/** Devices whose plugin reads form v2 and not v3. What does not tell its plugin is not counted. */
export function countV2Devices(devices: readonly Pick<Device, 'platform' | 'pluginVersion'>[]): number {
  return devices.filter(({ platform, pluginVersion }) => {
    // The Electron client always says 0.0.1, whatever it is (protocol/clients.md §12.1).
    const match = platform === 'electron' ? null : /^(\d+)\.(\d+)/.exec(pluginVersion ?? '');
    if (!match) return false;
    const [major = 0, minor = 0] = match.slice(1).map(Number);
    return major < 5 || minor < (FIRST_V3_MINOR[major] ?? 0);
  }).length;
}
