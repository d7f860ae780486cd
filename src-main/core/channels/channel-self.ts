import type { DeviceReply } from '#contract/device-protocol.ts';
import type { ActivityOutcome } from '#contract/models/activity.ts';

import type { AppEntry, ChannelEntry } from '../apps/app-directory.ts';
import type { RequestBody } from '../device-gateway.ts';
import { isRecord, readDeviceInfo, type DeviceInfo } from '../updates/parse-request.ts';

/** What a device asked of the channel address, by method and dialect: clients.md §8, §12.1. */
export type ChannelCall = 'set' | 'unset' | 'get' | 'list';

export type ChannelAnswer = {
  readonly call: ChannelCall | null;
  readonly info: DeviceInfo;
  readonly reply: DeviceReply;
  readonly outcome: Extract<ActivityOutcome, 'ok' | 'failed'>;
  readonly summary: string;
};

/** Answers `channel_self`. Pure. Success replies never carry `error`: even an empty one fails (clients.md §13.28). */
export function answerChannelSelf({
  method,
  body,
  app,
}: {
  readonly method: string;
  readonly body: RequestBody;
  readonly app: AppEntry;
}): ChannelAnswer {
  const info = readDeviceInfo(body.kind === 'unreadable' ? {} : body.value);
  // Old plugins unset with DELETE, some of them without a body (clients.md §8.2): nothing is kept here to unset.
  const isUnreadable =
    body.kind === 'unreadable' ? body.reason !== 'empty' || method !== 'DELETE' : !isRecord(body.value);
  if (isUnreadable) return failed(null, info, 'invalid_json_body', 'The body is not a JSON object');

  const call = callOf(method, info);
  switch (call) {
    case 'set':
      return set(info, app);
    case 'unset':
      return ok(call, info, { status: 'ok' }, 'Gave up its own choice of a channel');
    case 'get':
      return get(info, app);
    case 'list':
      return list(info, app);
  }
}

/** Electron uses POST and GET for everything, and names what it wants in `action` (clients.md §12.1). */
function callOf(method: string, info: DeviceInfo): ChannelCall {
  const isElectron = info.platform === 'electron';
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

function set(info: DeviceInfo, app: AppEntry): ChannelAnswer {
  const { channel: asked } = info;
  if (asked === null) return failed('set', info, 'missing_channel', 'Cannot find channel in the request');
  const channel = app.channels.find(({ name }) => name === asked);
  if (!channel) return failed('set', info, 'channel_not_found', `There is no channel "${asked}"`);
  // Asking for the public channel means to have no choice of one's own: the device forgets it (clients.md §8.1).
  if (channel.isDefault) return ok('set', info, { status: 'ok', unset: true }, `Follows the default channel ${asked}`);
  return ok('set', info, { status: 'ok', message: `Channel ${asked} set` }, `Chose channel ${asked}`);
}

function get(info: DeviceInfo, app: AppEntry): ChannelAnswer {
  const { defaultChannel: asked } = info;
  const channel = app.channels.find(({ name, isDefault }) => (asked === null ? isDefault : name === asked));
  if (!channel) {
    return failed('get', info, 'channel_not_found', `There is no channel "${asked ?? ''}"`);
  }
  const reply = {
    channel: channel.name,
    status: asked === null ? 'default' : 'override',
    // Electron reads the other spelling (clients.md §12.1).
    ...(info.platform === 'electron' ? { allow_set: true } : { allowSet: true }),
  };
  return ok('get', info, reply, `Asked for its channel: ${channel.name}`);
}

function list(info: DeviceInfo, app: AppEntry): ChannelAnswer {
  const channels = app.channels.map(toListed);
  const names = app.channels.map(({ name }) => name).join(', ');
  return ok('list', info, info.platform === 'electron' ? { channels } : channels, `Listed the channels: ${names}`);
}

/** `id` must be a JSON number (clients.md §8.4). */
function toListed({ channelId, name, isDefault }: ChannelEntry): Readonly<Record<string, unknown>> {
  return { id: channelId, name, public: isDefault, allow_self_set: true };
}

function ok(call: ChannelCall, info: DeviceInfo, body: unknown, summary: string): ChannelAnswer {
  return { call, info, reply: { status: 200, body }, outcome: 'ok', summary };
}

/** 400 with JSON: both platforms take `error` from it, and getChannel falls back on it (clients.md §8.1, §8.3). */
function failed(call: ChannelCall | null, info: DeviceInfo, error: string, message: string): ChannelAnswer {
  return { call, info, reply: { status: 400, body: { error, message } }, outcome: 'failed', summary: message };
}
