import { AppError } from '../app-error.ts';
import { dialectOf } from '../updates/client-dialect.ts';

/** Who will read the release, and with which key. */
export type KeyReaders = {
  /** Ids of the old and the new key while the app changes from one to the other. */
  readonly changing?: readonly string[];
  /** The project that the build came from; null when none was found, or its config is computed. */
  readonly project: { readonly configPath: string; readonly keyId: string | null } | null;
  readonly devices: readonly {
    readonly deviceId: string;
    readonly keyId: string | null;
    readonly pluginVersion: string | null;
    readonly isVirtual: boolean;
  }[];
};

/** Device ids that an error names; more are of no help. */
const NAMED_DEVICES = 3;

/**
 * Refuses a release that its app could not open, before anything is packed. `keyId` is the release's key, null for a
 * plain one. What each platform would do with it: protocol/clients.md §3.
 *
 * Virtual devices have no say. The guard is there for phones, whose key is built into their app. The key of a virtual
 * device is an experiment, often wrong on purpose: if it counted, whoever tried what a wrong key does could publish no
 * more until the device is removed. What the release means for it is told all the same: its check is answered
 * `key_id_mismatch`, and Devices shows the key that does not fit.
 *
 * Throws `KEY_MISMATCH`, `KEY_REQUIRED`, `KEY_NOT_EXPECTED`.
 */
export function assertKeyFits(keyId: string | null, { changing = [], project, devices }: KeyReaders): void {
  // In a rotation some readers have the one key and some the other: neither choice is a mistake.
  const fits = (readerKeyId: string | null): boolean =>
    readerKeyId === keyId || [keyId, readerKeyId].every((id) => id !== null && changing.includes(id));
  if (project && !fits(project.keyId)) throw unfit(keyId, project.keyId, [project.configPath]);
  const others = devices.filter((device) => !device.isVirtual && !fits(device.keyId) && tellsItsKey(device));
  const first = others[0];
  if (!first) return;
  const named = others.slice(0, NAMED_DEVICES).map(({ deviceId }) => deviceId);
  const more = others.length - named.length;
  throw unfit(keyId, first.keyId, more > 0 ? [...named, `+${more}`] : named);
}

/** A device without a key id has no key, provided that its plugin would have told. */
function tellsItsKey({ keyId, pluginVersion }: KeyReaders['devices'][number]): boolean {
  return keyId !== null || dialectOf('unknown', pluginVersion).tellsKeyId;
}

function unfit(keyId: string | null, readerKeyId: string | null, readers: readonly string[]): AppError {
  if (keyId === null) return new AppError('KEY_REQUIRED', { keyId: readerKeyId ?? '', readers });
  if (readerKeyId === null) return new AppError('KEY_NOT_EXPECTED', { keyId, readers });
  return new AppError('KEY_MISMATCH', { keyId, otherKeyId: readerKeyId, readers });
}
