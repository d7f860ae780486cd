import type { DeviceListener, ServerStatus } from '#contract/models/server.ts';

/** What the host around the core does for the api: listeners, and abilities of the machine it runs on. */
export type HostServices = {
  readonly kind: ServerStatus['hostKind'];
  readonly version: string;
  readonly dataDir: string;
  readonly capabilities: ServerStatus['capabilities'];
  readonly deviceListener: {
    status(): DeviceListener;
    /** Closes and opens it on the current settings. A failure shows in `status`, it does not reject. */
    restart(): Promise<void>;
  };
  /** Rejects with `NOT_AVAILABLE_HERE` where the host cannot. */
  revealDataFolder(): Promise<void>;
};
