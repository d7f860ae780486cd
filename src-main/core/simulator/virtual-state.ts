import type { BuildFacts, VirtualFramework } from '#contract/models/virtual-device.ts';

import type { BuiltinBundle } from './builtin-bundle.ts';
import type { DeviceFile } from './device-files.ts';
import type { StatEvent } from './stats-sender.ts';

/** A bundle on a virtual device; the bundle of the store is none of them (clients.md §9.1). */
export type VirtualBundle = {
  readonly id: string;
  readonly version: string;
  readonly checksum: string;
  readonly status: 'pending' | 'success' | 'error' | 'deleted';
  readonly files: readonly DeviceFile[];
};

/** A file that delta updates take from the device instead of the network: clients.md §6.3. */
export type CachedFile = {
  readonly hash: string;
  readonly name: string;
  readonly sha256: string;
  readonly bytes: number;
};

/** What is left of a file whose transfer broke off: clients.md §6.4. */
export type PartialFile = {
  readonly name: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly atMs: number;
};

/** What a device keeps between its starts. Plain JSON; the contents are in `DeviceFiles`. */
export type VirtualState = {
  /** Of the app that it was last started with. */
  readonly nativeVersion: string;
  /** What that app says of its build, where it is another than virtual devices have. */
  readonly build?: BuildFacts | undefined;
  /** Whose plugin is in it; without it Capacitor's. */
  readonly framework?: VirtualFramework | undefined;
  /** Ids of bundles; null is the bundle of the store. */
  readonly currentId: string | null;
  readonly fallbackId: string | null;
  readonly bundles: readonly VirtualBundle[];
  /** Channel that it chose; null while it follows its config (clients.md §8.5). */
  readonly chosenChannel: string | null;
  /** Files that came with the app, and what they were taken from; none when nothing is known of them. */
  readonly builtin: readonly DeviceFile[];
  readonly builtinName?: string | undefined;
  readonly cache: readonly CachedFile[];
  readonly partials: readonly PartialFile[];
  readonly pendingStats: readonly StatEvent[];
};

/** A device as it comes from the store. */
function newState(nativeVersion: string): VirtualState {
  return {
    nativeVersion,
    currentId: null,
    fallbackId: null,
    bundles: [],
    chosenChannel: null,
    builtin: [],
    cache: [],
    partials: [],
    pendingStats: [],
  };
}

/** A device that runs `version` already, which was ready once. */
function stateRunning(nativeVersion: string, version: string): VirtualState {
  const bundle: VirtualBundle = { id: `given-${version}`, version, checksum: '', status: 'success', files: [] };
  return { ...newState(nativeVersion), currentId: bundle.id, bundles: [bundle] };
}

/** A device before its first start; without `current` as it comes from the store. */
export function stateOf(nativeVersion: string, current?: string, builtin?: BuiltinBundle): VirtualState {
  const state = current === undefined ? newState(nativeVersion) : stateRunning(nativeVersion, current);
  return builtin ? { ...state, builtin: builtin.files, builtinName: builtin.name } : state;
}

export function currentBundle({ bundles, currentId }: VirtualState): VirtualBundle | null {
  return bundles.find(({ id }) => id === currentId) ?? null;
}

/** The bundle of that name that is still there: the newest. */
export function bundleNamed({ bundles }: VirtualState, version: string): VirtualBundle | null {
  return bundles.findLast((bundle) => bundle.version === version && bundle.status !== 'deleted') ?? null;
}

export function withBundle(state: VirtualState, bundle: VirtualBundle): VirtualState {
  return { ...state, bundles: [...state.bundles.filter(({ id }) => id !== bundle.id), bundle] };
}

export function withStatus(state: VirtualState, id: string, status: VirtualBundle['status']): VirtualState {
  const bundles = state.bundles.map((bundle) =>
    bundle.id === id ? { ...bundle, status, files: status === 'deleted' ? [] : bundle.files } : bundle,
  );
  return { ...state, bundles };
}

/** Records of deleted bundles are of no use to anybody. */
export function withoutDeleted(state: VirtualState): VirtualState {
  return { ...state, bundles: state.bundles.filter(({ status }) => status !== 'deleted') };
}

/** A newer app from the store: back to its own bundle, everything else gone (clients.md §9.6). */
export function afterNativeUpdate(state: VirtualState, nativeVersion: string): VirtualState {
  const { chosenChannel, pendingStats, builtin, builtinName, build, framework } = state;
  return {
    ...newState(nativeVersion),
    chosenChannel,
    pendingStats,
    builtin,
    ...(builtinName === undefined ? {} : { builtinName }),
    ...(build === undefined ? {} : { build }),
    ...(framework === undefined ? {} : { framework }),
  };
}

/** Contents that the device needs. */
export function contentsOf({ bundles, builtin, cache, partials }: VirtualState): string[] {
  const files = bundles.flatMap((bundle) => bundle.files);
  return [...files, ...builtin, ...cache, ...partials].map(({ sha256 }) => sha256);
}
