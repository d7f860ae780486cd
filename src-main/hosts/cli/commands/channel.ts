import type { ApiClient } from '#contract/api.ts';
import type { Channel, ChannelTarget } from '#contract/models/channel.ts';

import { changeOf, rolloutOf, targetOf, type SettingOptions } from '../channel-options.ts';
import type { ParsedCommand } from '../command-table.ts';
import type { CommandContext } from '../context.ts';
import { counted, keyValues, table } from '../format.ts';
import type { Output } from '../output.ts';
import { withSession } from '../session.ts';
import { UsageError } from '../usage-error.ts';

const WHAT_CAN_BE_SET =
  'Set what the channel offers (--release), whom it serves (--public, --ios, --android, --electron, --allow-…), what it refuses (--disable-auto-update, --min-update-version), its rollout (--rollout-…, --auto-pause-…), or --default.';

export async function runChannelList(
  { options: { app: appId } }: ParsedCommand<'channel list'>,
  context: CommandContext,
): Promise<number> {
  const channels = await withSession(context, ({ api }) => api.channels.list({ appId }));
  context.output.json(channels);
  const rows = channels.map((channel) => [
    channel.name,
    channel.isDefault ? 'default' : '',
    targetText(channel.target),
    rolloutText(channel),
    publicText(channel),
    channel.deviceCount,
  ]);
  context.output.text(table(['CHANNEL', '', 'OFFERS', 'ROLLOUT', 'PUBLIC FOR', 'DEVICES'], rows));
  return 0;
}

export async function runChannelShow(
  { arguments: [channel], options: { app: appId } }: ParsedCommand<'channel show'>,
  context: CommandContext,
): Promise<number> {
  printChannel(context.output, await withSession(context, ({ api }) => api.channels.get({ appId, channel })), []);
  return 0;
}

export async function runChannelCreate(
  { arguments: [name], options }: ParsedCommand<'channel create'>,
  context: CommandContext,
): Promise<number> {
  const hint = 'See `slipway channel create --help`.';
  const settings = changeOf(options, hint);
  const rollout = rolloutOf(options, hint);
  const target = targetOf(options.release);
  const appId = options.app;
  const created = await withSession(context, async ({ api }) => {
    const first = await api.channels.create({ appId, name, settings, ...(target ? { target } : {}) });
    const channel = (await changeRollout(api, appId, name, options, rollout)) ?? first.channel;
    return { channel, unpublished: first.unpublished };
  });
  printChannel(context.output, created.channel, created.unpublished);
  return 0;
}

export async function runChannelSet(
  { arguments: [channel], options }: ParsedCommand<'channel set'>,
  context: CommandContext,
): Promise<number> {
  const hint = 'See `slipway channel set --help`.';
  const change = changeOf(options, hint);
  const rollout = rolloutOf(options, hint);
  const target = targetOf(options.release);
  const appId = options.app;
  const { 'rollout-paused': isPaused, 'rollout-pause-reason': reason, default: isDefault } = options;
  const pauses = isPaused !== undefined || reason !== undefined;
  if (!target && !rollout && !pauses && !isDefault && Object.keys(change).length === 0) {
    throw new UsageError('Nothing to set was given.', `${WHAT_CAN_BE_SET} ${hint}`);
  }
  const { changed, unpublished } = await withSession(context, async ({ api }) => {
    // Asked first, so that nothing is changed on a channel that is not there.
    let changed = await api.channels.get({ appId, channel });
    let unpublished: readonly string[] = [];
    if (target) changed = await api.channels.setTarget({ appId, channel, target });
    if (Object.keys(change).length > 0) {
      ({ channel: changed, unpublished } = await api.channels.update({ appId, channel, change }));
    }
    changed = (await changeRollout(api, appId, channel, options, rollout)) ?? changed;
    if (options.default) changed = await api.channels.makeDefault({ appId, channel });
    return { changed, unpublished };
  });
  printChannel(context.output, changed, unpublished);
  return 0;
}

export async function runChannelDelete(
  { arguments: [channel], options: { app: appId, force } }: ParsedCommand<'channel delete'>,
  context: CommandContext,
): Promise<number> {
  const deleted = await withSession(context, ({ api }) => api.channels.delete({ appId, channel, force }));
  context.output.json(deleted);
  context.output.text(`Deleted channel ${deleted.name} of ${appId}.`);
  const { releasedDevices: devices } = deleted;
  if (devices > 0) context.output.text(`${counted(devices, 'device')} ${devices === 1 ? 'chooses' : 'choose'} again.`);
  return 0;
}

export async function runChannelRename(
  { arguments: [channel, newName], options: { app: appId } }: ParsedCommand<'channel rename'>,
  context: CommandContext,
): Promise<number> {
  const renamed = await withSession(context, ({ api }) => api.channels.rename({ appId, channel, newName }));
  printChannel(context.output, renamed, []);
  context.output.text(`Devices that ask for "${channel}" no longer find it.`);
  return 0;
}

/** The changed channel; null when the command line says nothing of its rollout. */
async function changeRollout(
  api: ApiClient,
  appId: string,
  channel: string,
  options: SettingOptions,
  rollout: ReturnType<typeof rolloutOf>,
): Promise<Channel | null> {
  if (rollout?.release === 'none') return await api.channels.rollBackRollout({ appId, channel });
  let changed = rollout ? await api.channels.setRollout({ appId, channel, ...rollout }) : null;
  const reason = options['rollout-pause-reason'];
  const isPaused = options['rollout-paused'];
  if (isPaused === true || (isPaused === undefined && reason !== undefined)) {
    changed = await api.channels.pauseRollout({ appId, channel, ...(reason === undefined ? {} : { reason }) });
  }
  if (isPaused === false) changed = await api.channels.resumeRollout({ appId, channel });
  return changed;
}

export function printChannel(output: Output, channel: Channel, unpublished: readonly string[]): void {
  output.json({ ...channel, unpublished });
  output.text(
    keyValues([
      ['channel', channel.name],
      ['default', yesNo(channel.isDefault)],
      ['offers', targetText(channel.target)],
      ['rollout', rolloutText(channel) || null],
      ['public for', publicText(channel) || 'nobody'],
      ['serves', platformsOf(channel).join(', ') || 'nobody'],
      ['devices may choose it', yesNo(channel.allowDeviceSelfSet)],
      ['policy', channel.disableAutoUpdate],
      ['needs native version', channel.minUpdateVersion],
      ['nothing below native', yesNo(channel.disableAutoUpdateUnderNative)],
      ['store / debug builds', `${yesNo(channel.allowProd)} / ${yesNo(channel.allowDev)}`],
      ['devices / emulators', `${yesNo(channel.allowDevice)} / ${yesNo(channel.allowEmulator)}`],
      ['auto-pause', autoPauseText(channel)],
      ['devices', channel.deviceCount],
      ['tied to it', channel.overrideCount],
    ]),
  );
  for (const name of unpublished) output.text(`Channel ${name} is public no more.`);
}

export function targetText(target: ChannelTarget): string {
  return target.kind === 'release' ? target.version : target.kind;
}

function rolloutText({ rollout }: Channel): string {
  if (!rollout) return '';
  const state = rollout.enabled ? (rollout.pausedAt === null ? '' : ', paused') : ', off';
  return `${rollout.version} at ${rollout.percentageBps / 100} %${state}`;
}

function publicText(channel: Channel): string {
  return channel.public ? platformsOf(channel).join(', ') : '';
}

function platformsOf(channel: Channel): string[] {
  return (['ios', 'android', 'electron'] as const).filter((platform) => channel[platform]);
}

function autoPauseText({ autoPause }: Channel): string {
  if (!autoPause.enabled || autoPause.failureRateBps === null) return 'off';
  return `${autoPause.action} at ${autoPause.failureRateBps / 100} % failures within ${autoPause.windowMinutes} min`;
}

function yesNo(value: boolean): string {
  return value ? 'yes' : 'no';
}
