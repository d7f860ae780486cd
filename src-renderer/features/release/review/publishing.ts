/** A folder to publish again by itself once this publish has succeeded. */
export type WatchWish = {
  readonly appId: string;
  readonly path: string;
  readonly channel: string | null;
  readonly key: string | null;
  /** The person has seen the warnings of this build and published it. */
  readonly allowWarnings: boolean;
  readonly delta: boolean;
};

/** A publish that was asked for: its job, and what it is to be. */
export type Publishing = {
  readonly jobId: string;
  readonly version: string;
  readonly channel: string;
  readonly watch: WatchWish | null;
};
