import type { TFunction } from 'i18next';

import type { Api } from '#contract/api.ts';
import type { InputOf } from '#contract/define.ts';
import type { ChannelTarget } from '#contract/models/channel.ts';

export type TargetInput = InputOf<Api['channels']['setTarget']>['target'];

/** To say again what a channel offered. */
export function toTargetInput(target: ChannelTarget): TargetInput {
  return target.kind === 'release' ? { kind: 'release', release: target.releaseId } : { kind: target.kind };
}

/** What a channel offers, within a sentence. */
export function targetName(target: ChannelTarget, t: TFunction<['channels']>): string {
  return target.kind === 'release' ? target.version : t(`target.${target.kind}Name`);
}
