import type { Api } from '#contract/api.ts';
import type { InputOf } from '#contract/define.ts';
import type { Device } from '#contract/models/device.ts';

import type { ParsedCommand } from '../command-table.ts';
import type { CommandContext } from '../context.ts';
import { withSession } from '../session.ts';
import { UsageError } from '../usage-error.ts';
import { printExplanation } from './explain.ts';

type Override = InputOf<Api['devices']['setOverride']>['override'];

export async function runDeviceOverride(
  { arguments: [deviceId], options }: ParsedCommand<'device override'>,
  context: CommandContext,
): Promise<number> {
  const appId = options.app;
  const override = overrideOf(options);
  if (options['dry-run']) {
    printExplanation(
      await withSession(context, ({ api }) => api.devices.explain({ appId, deviceId, override })),
      context.output,
    );
    return 0;
  }
  const device = await withSession(context, ({ api }) =>
    override ? api.devices.setOverride({ appId, deviceId, override }) : api.devices.clearOverride({ appId, deviceId }),
  );
  context.output.json(device);
  context.output.text(`${device.alias ?? device.deviceId}: ${overrideText(device) ?? 'chooses for itself'}.`);
  return 0;
}

export async function runDeviceOfferAgain(
  { arguments: [deviceId], options: { app: appId, version } }: ParsedCommand<'device offer-again'>,
  context: CommandContext,
): Promise<number> {
  const input = { appId, deviceId, ...(version === undefined ? {} : { version }) };
  const device = await withSession(context, ({ api }) => api.devices.offerAgain(input));
  context.output.json(device);
  context.output.text(`${device.alias ?? device.deviceId} is offered ${version ?? 'everything'} again.`);
  return 0;
}

/** Null: `--clear`. */
function overrideOf({ channel, release, block, clear }: ParsedCommand<'device override'>['options']): Override | null {
  if (channel !== undefined) return { kind: 'channel', channel };
  if (release === 'builtin') return { kind: 'builtin' };
  if (release !== undefined) return { kind: 'release', release };
  if (block) return { kind: 'blocked' };
  if (clear) return null;
  throw new UsageError(
    'What to decide is missing: --channel, --release, --block or --clear.',
    'See `slipway device override --help`.',
  );
}

/** Null when nobody decided anything for the device. */
export function overrideText({ override }: Device): string | null {
  switch (override?.kind) {
    case undefined:
      return null;
    case 'channel':
      return `tied to channel ${override.channel}`;
    case 'release':
      return `gets release ${override.version}`;
    case 'builtin':
      return 'goes back to the bundle of the store';
    case 'blocked':
      return 'blocked';
  }
}
