import type { Channel } from '#contract/models/channel.ts';

export type Rollout = NonNullable<Channel['rollout']>;
