import type { ClientPlatform } from './client-profile.ts';
import type { DeviceFile } from './device-files.ts';

/** An installed bundle. */
export type RunnableApp = {
  readonly files: readonly DeviceFile[];
  readonly pathOf: (sha256: string) => string;
  readonly platform: ClientPlatform;
  /** In time of the device: how long the app may take. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
};

export type AppRun =
  | { readonly kind: 'ready'; readonly afterMs: number }
  /** It was started and never called notifyAppReady. `problems`: uncaught errors of its scripts. */
  | { readonly kind: 'silent'; readonly problems: readonly string[] }
  /** It could not be run. */
  | { readonly kind: 'unavailable'; readonly reason: string };

/** Starts apps for real, away from everything. */
export type AppRunner = {
  /** For people: `Chrome 153`. */
  readonly name: string;
  /** Never rejects but with `CANCELLED`. */
  run(app: RunnableApp): Promise<AppRun>;
};
