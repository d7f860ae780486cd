import type { DeviceReply } from '#contract/device-protocol.ts';
import type { ActivityOutcome } from '#contract/models/activity.ts';
import { type ActivitySentence, describeActivity, told } from '#contract/texts/activity-texts.ts';

import type { AppEntry, ChannelEntry } from '../apps/app-directory.ts';
import type { RequestBody } from '../device-gateway.ts';
import type { DeviceFacts } from '../devices/device-facts.ts';
import { dialectOf } from '../updates/client-dialect.ts';
import { isRecord, readDeviceInfo, type DeviceInfo } from '../updates/parse-request.ts';

/** What a device asked of the channel address, by method and dialect: clients.md §8, §12.1. */
export type ChannelCall = 'set' | 'unset' | 'get' | 'list';

export type ChannelAnswer = {
  readonly call: ChannelCall | null;
  readonly info: DeviceInfo;
  readonly reply: DeviceReply;
  readonly outcome: Extract<ActivityOutcome, 'ok' | 'failed'>;
  readonly sentence: ActivitySentence;
  /** Channel to keep for an old plugin, null to keep none any more; absent when nothing changes. */
  readonly keep?: number | null;
};

export type ChannelQuestion = { readonly info: DeviceInfo; readonly app: AppEntry; readonly device: DeviceFacts };

export type ChannelRequest =
  | { readonly kind: 'call'; readonly call: ChannelCall; readonly info: DeviceInfo }
  | { readonly kind: 'refused'; readonly answer: ChannelAnswer };

/** Reads a call; who it is about is then known, and what is kept of the device can be looked up. */
export function readChannelCall(method: string, body: RequestBody): ChannelRequest {
  const info = readDeviceInfo(body.kind === 'unreadable' ? {} : body.value);
  // Old plugins unset with DELETE, some of them without a body (clients.md §8.2): there is nobody to unset it for.
  const isUnreadable =
    body.kind === 'unreadable' ? body.reason !== 'empty' || method !== 'DELETE' : !isRecord(body.value);
  if (isUnreadable) {
    return { kind: 'refused', answer: failed(null, info, 'invalid_json_body', told('CALL_UNREADABLE')) };
  }
  return { kind: 'call', call: callOf(method, info), info };
}

/**
 * Answers `channel_self`: capgo-server-and-cli.md §6, clients.md §8. Pure. New plugins keep their channel themselves and
 * are only told whether they may; for old ones it is kept here. Success replies never carry `error`: even an empty one
 * fails (clients.md §13.28). Refusals are 400 where Capgo answers 200: getChannel needs it (§8.3, §13.29), and for the
 * others both platforms read `error` at any status.
 */
export function answerChannelCall(call: ChannelCall, question: ChannelQuestion): ChannelAnswer {
  switch (call) {
    case 'set':
      return set(question);
    case 'unset':
      return unset(question);
    case 'get':
      return get(question);
    case 'list':
      return list(question);
  }
}

/** Electron uses POST and GET for everything, and names what it wants in `action` (clients.md §12.1). */
function callOf(method: string, info: DeviceInfo): ChannelCall {
  const isElectron = dialectOf(info.platform, info.pluginVersion).channelCalls === 'electron';
  switch (method) {
    case 'POST':
      return isElectron && info.action === 'unset' ? 'unset' : 'set';
    case 'PUT':
      return 'get';
    case 'DELETE':
      return 'unset';
    default:
      return isElectron && info.action !== 'list' ? 'get' : 'list';
  }
}

function set({ info, app, device }: ChannelQuestion): ChannelAnswer {
  const { channel: asked } = info;
  if (asked === null) return failed('set', info, 'missing_channel', told('CHANNEL_NOT_NAMED'));
  const isKeptHere = keepsHere(info);
  if (isKeptHere && isTiedAgainst(app, device)) return cannotOverride('set', info);
  const channel = app.channels.find(({ name }) => name === asked);
  const extra = { channel: asked, app_id: app.appId };
  if (!channel) return failed('set', info, 'channel_not_found', told('CHANNEL_UNKNOWN', { channel: asked }), extra);
  // Asking for the public channel means to have no choice of one's own: the device forgets it (clients.md §8.1).
  const isPublicOne = channel === publicChannel(app, info);
  if (isKeptHere && isPublicOne) return { ...followed(info, asked), keep: null };
  if (!channel.settings.allowDeviceSelfSet) {
    return channel.settings.public
      ? failed(
          'set',
          info,
          'public_channel_self_set_not_allowed',
          told('CHANNEL_NOT_CHOSEN_PUBLIC', { channel: asked }),
          extra,
        )
      : failed('set', info, 'channel_self_set_not_allowed', told('CHANNEL_NOT_CHOSEN', { channel: asked }), extra);
  }
  const chosen = told('CHANNEL_CHOSEN', { channel: asked });
  if (isKeptHere) {
    return { ...ok('set', info, { status: 'ok' }, chosen), keep: channel.channelId };
  }
  if (isPublicOne) return followed(info, asked);
  return ok('set', info, { status: 'ok', message: `Channel ${asked} set`, allowSet: true }, chosen);
}

function followed(info: DeviceInfo, channel: string): ChannelAnswer {
  return ok('set', info, { status: 'ok', unset: true }, told('CHANNEL_FOLLOWED', { channel }));
}

function unset({ info, app, device }: ChannelQuestion): ChannelAnswer {
  if (!keepsHere(info)) return ok('unset', info, { status: 'ok' }, told('CHANNEL_GIVEN_UP'));
  const kept = byId(app, device.keptChannelId);
  const tied = device.override?.kind === 'channel' ? byId(app, device.override.channelId) : undefined;
  if ((!kept && !tied) || (kept ?? tied)?.settings.allowDeviceSelfSet === false) return cannotOverride('unset', info);
  return { ...ok('unset', info, { status: 'ok' }, told('CHANNEL_GIVEN_UP')), keep: null };
}

function get({ info, app, device }: ChannelQuestion): ChannelAnswer {
  const { defaultChannel: asked } = info;
  const isElectron = dialectOf(info.platform, info.pluginVersion).channelCalls === 'electron';
  const answer = (channel: ChannelEntry, status: 'default' | 'override'): ChannelAnswer => {
    const { allowDeviceSelfSet } = channel.settings;
    // Electron reads the other spelling (clients.md §12.1).
    const allowed = isElectron ? { allow_set: allowDeviceSelfSet } : { allowSet: allowDeviceSelfSet };
    const reply = { channel: channel.name, status, ...allowed };
    return ok('get', info, reply, told('CHANNEL_ASKED', { channel: channel.name }));
  };
  const kept = keepsHere(info) ? byId(app, device.keptChannelId) : undefined;
  if (kept) return answer(kept, 'override');
  // Since 8.47.9 the device keeps what it is told here (clients.md §8.3): never a channel it should not keep asking for.
  const isTiedTo = device.override?.kind === 'channel' ? byId(app, device.override.channelId) : undefined;
  if (isTiedTo && keepsHere(info)) return answer(isTiedTo, 'override');
  const channel = asked === null ? publicChannel(app, info) : app.channels.find(({ name }) => name === asked);
  if (!channel) {
    const sentence = asked === null ? told('CHANNEL_PUBLIC_NONE') : told('CHANNEL_UNKNOWN', { channel: asked });
    return failed('get', info, 'channel_not_found', sentence);
  }
  return answer(channel, asked === null ? 'default' : 'override');
}

/** What the device may have, by platform and kind of build: capgo-server-and-cli.md §6, GET. */
function list({ info, app }: ChannelQuestion): ChannelAnswer {
  const isElectron = dialectOf(info.platform, info.pluginVersion).channelCalls === 'electron';
  const listed = app.channels.filter(({ settings }) => {
    const isChoosable = settings.public || settings.allowDeviceSelfSet;
    const isForBuild = info.isProd ? settings.allowProd : settings.allowDev;
    const isForDevice = info.isEmulator ? settings.allowEmulator : settings.allowDevice;
    return isChoosable && isForBuild && isForDevice && servesPlatform(settings, info);
  });
  const channels = listed.map(toListed);
  const names = listed.map(({ name }) => name).join(', ');
  const sentence = names === '' ? told('CHANNELS_LISTED_NONE') : told('CHANNELS_LISTED', { channels: names });
  return ok('list', info, isElectron ? { channels } : channels, sentence);
}

/** `id` must be a JSON number (clients.md §8.4). */
function toListed({ channelId, name, settings }: ChannelEntry): Readonly<Record<string, unknown>> {
  return { id: channelId, name, public: settings.public, allow_self_set: settings.allowDeviceSelfSet };
}

function keepsHere(info: DeviceInfo): boolean {
  return info.deviceId !== null && dialectOf(info.platform, info.pluginVersion).channelKeptBy === 'server';
}

/** Whether a person tied the device to a channel that devices may not leave. */
function isTiedAgainst(app: AppEntry, { override }: DeviceFacts): boolean {
  const tied = override?.kind === 'channel' ? byId(app, override.channelId) : undefined;
  return tied !== undefined && !tied.settings.allowDeviceSelfSet;
}

function byId(app: AppEntry, channelId: number | null): ChannelEntry | undefined {
  return channelId === null ? undefined : app.channels.find((channel) => channel.channelId === channelId);
}

function publicChannel(app: AppEntry, info: DeviceInfo): ChannelEntry | undefined {
  return app.channels.find(({ settings }) => settings.public && servesPlatform(settings, info));
}

function servesPlatform(settings: ChannelEntry['settings'], { platform }: DeviceInfo): boolean {
  return platform === 'unknown' ? true : settings[platform];
}

function cannotOverride(call: ChannelCall, info: DeviceInfo): ChannelAnswer {
  return failed(call, info, 'cannot_override', told('CHANNEL_FIXED'));
}

function ok(call: ChannelCall, info: DeviceInfo, body: unknown, sentence: ActivitySentence): ChannelAnswer {
  return { call, info, reply: { status: 200, body }, outcome: 'ok', sentence };
}

/** 400 with JSON: both platforms take `error` from it, and getChannel falls back on it (clients.md §8.1, §8.3). */
function failed(
  call: ChannelCall | null,
  info: DeviceInfo,
  error: string,
  sentence: ActivitySentence,
  extra: Readonly<Record<string, string>> = {},
): ChannelAnswer {
  return {
    call,
    info,
    reply: { status: 400, body: { error, message: describeActivity(sentence), ...extra } },
    outcome: 'failed',
    sentence,
  };
}
