import { z } from 'zod';

import type { InputOf } from '#contract/define.ts';
import { virtualPlatformSchema } from '#contract/models/virtual-device.ts';
import type { simulatorProcedures } from '#contract/simulator-procedures.ts';

/** Missing, null and empty are the same: clients.md §1.2. What is of another type was not said either. */
const text = z.string().trim().min(1).optional().catch(undefined);
const flag = z.boolean().optional().catch(undefined);

const updateCheckSchema = z.object({
  platform: virtualPlatformSchema,
  device_id: text,
  custom_id: text,
  version_build: text,
  version_code: text,
  version_os: text,
  version_name: text,
  plugin_version: text,
  is_emulator: flag,
  is_prod: flag,
  install_source: text,
  defaultChannel: text,
  key_id: text,
});

/** What a device said of itself in an update check. Source: protocol/clients.md §1.2. */
export type CapturedFacts = z.infer<typeof updateCheckSchema>;

/** Null when no virtual device can be made of it: no object, cut off by the log, or a client that is not played. */
export function readCapturedFacts(body: unknown): CapturedFacts | null {
  return updateCheckSchema.safeParse(body).data ?? null;
}

/** A fact that a virtual device does not take over, or a value that it has instead. */
type LeftOut = {
  readonly what:
    | 'deviceId'
    | 'customId'
    | 'osVersion'
    | 'installSource'
    | 'files'
    | 'current'
    | 'key'
    | 'native'
    | 'plugin';
  readonly value: string;
};

type Known = {
  /** Releases of the app that stand. */
  readonly releases: readonly { readonly version: string }[];
  readonly keys: readonly { readonly name: string; readonly keyId: string }[];
};

export type ReplayPlan = {
  readonly profile: InputOf<(typeof simulatorProcedures)['add']>['profile'] & { readonly nativeVersion: string };
  /** Null: it runs the bundle of the store. */
  readonly current: string | null;
  /** Name of its key in the vault. */
  readonly keyName: string | null;
  readonly leftOut: readonly LeftOut[];
};

/** What a virtual device has until told otherwise. */
const NATIVE_VERSION = '1.0.0';

/** The virtual device that stands in for the one which sent the request, and what of it is lost. */
export function planReplay(facts: CapturedFacts, { releases, keys }: Known): ReplayPlan {
  const nativeVersion = facts.version_build ?? NATIVE_VERSION;
  const running = runningBundle(facts);
  const isHere = releases.some(({ version }) => version === running);
  const key = keys.find(({ keyId }) => keyId === facts.key_id) ?? null;
  const left = (what: LeftOut['what'], value: string | undefined) => (value === undefined ? [] : [{ what, value }]);
  return {
    profile: {
      platform: facts.platform,
      nativeVersion,
      ...(facts.plugin_version === undefined ? {} : { pluginVersion: facts.plugin_version }),
      ...(facts.defaultChannel === undefined ? {} : { channel: facts.defaultChannel }),
      ...(key === null ? {} : { key: { kind: 'vault', name: key.name } }),
      build: {
        ...(facts.version_code === undefined ? {} : { nativeCode: facts.version_code }),
        ...(facts.is_emulator === undefined ? {} : { isEmulator: facts.is_emulator }),
        ...(facts.is_prod === undefined ? {} : { isProd: facts.is_prod }),
      },
    },
    current: isHere ? running : null,
    keyName: key?.name ?? null,
    leftOut: [
      ...(facts.version_build === undefined ? left('native', '') : []),
      ...(facts.plugin_version === undefined ? left('plugin', '') : []),
      ...(running === null ? [] : left(isHere ? 'files' : 'current', running)),
      ...(key === null ? left('key', facts.key_id) : []),
      ...left('deviceId', facts.device_id),
      ...left('customId', facts.custom_id),
      ...left('osVersion', facts.version_os),
      ...left('installSource', facts.install_source),
    ],
  };
}

/** Null on the bundle of the store, which is called by the native version or `builtin`. Source: clients.md §13.2. */
function runningBundle({ version_name: name, version_build: native }: CapturedFacts): string | null {
  return name === undefined || name === native || name === 'builtin' ? null : name;
}
