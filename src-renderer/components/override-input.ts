import type { Api } from '#contract/api.ts';
import type { InputOf } from '#contract/define.ts';
import type { DeviceOverride } from '#contract/models/device.ts';

export type OverrideInput = InputOf<Api['devices']['setOverride']>['override'];

/** To say again what a person decided for a device. */
export function toOverrideInput(override: DeviceOverride): OverrideInput {
  switch (override.kind) {
    case 'channel':
      return { kind: 'channel', channel: override.channelId };
    case 'release':
      return { kind: 'release', release: override.releaseId };
    case 'builtin':
    case 'blocked':
      return { kind: override.kind };
  }
}
