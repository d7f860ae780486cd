import { describeStep, does, type SimulationSentence } from '#contract/texts/simulation-texts.ts';

import { throwIfAborted } from '../app-error.ts';
import { isRecord } from '../updates/parse-request.ts';
import { type RawReply, serverSaid } from './classify-reply.ts';
import { agentHeaders, infoObject } from './client-profile.ts';
import type { SendInput } from './http-client.ts';
import { fieldOf, parseObject, textOf } from './reply-fields.ts';
import { channelOf, runningName, type Session } from './session.ts';
import { whyOf } from './trouble.ts';
import { callHeaders, callLimits } from './update-check.ts';

/** What an app asks of the channel address: clients.md §8. */
export type ChannelCall =
  | { readonly call: 'set'; readonly channel: string }
  | { readonly call: 'get' | 'list' | 'unset' };

export type ChannelEnd = {
  readonly isDone: boolean;
  /** English sentence, and the same for other languages. */
  readonly detail: string;
  readonly sentences: SimulationSentence[];
  /** Names, of a list. */
  readonly channels?: string[];
};

/** Makes the call as the platform's client does, and keeps what it would keep. */
export async function callChannel(session: Session, input: ChannelCall): Promise<ChannelEnd> {
  const end = await perform(session, input);
  session.note('channel', ...end.sentences);
  return end;
}

async function perform(session: Session, input: ChannelCall): Promise<ChannelEnd> {
  const { channelUrl, rateLimit, profile, dialect } = session;
  const isLocal = input.call === 'unset' && dialect.keepsChannel && profile.platform !== 'electron';
  if (isLocal) return unsetLocally(session);
  if (channelUrl === '') return refused(does('CHANNEL_ADDRESS_NONE'));
  const block = rateLimit.current();
  if (block) return refused(does('NOTHING_ASKED', { message: block.message, error: block.error }));
  switch (input.call) {
    case 'set':
      return set(session, input.channel);
    case 'get':
      return get(session);
    case 'list':
      return list(session);
    case 'unset':
      return unset(session);
  }
}

/** Since 7.34 without a request: clients.md §8.2. */
function unsetLocally(session: Session): ChannelEnd {
  session.state = { ...session.state, chosenChannel: null };
  return done(does('CHANNEL_GIVEN_UP_HERE'));
}

async function set(session: Session, channel: string): Promise<ChannelEnd> {
  const { profile, dialect } = session;
  const isElectron = profile.platform === 'electron';
  const reply = await send(session, 'POST', { channel, ...(isElectron ? { action: 'set' } : {}) });
  if (!('status' in reply)) return refused(...reply.sentences);
  const body = parseObject(reply.text);
  const failure = isElectron ? electronFailure(reply) : failureOf(reply, profile.platform);
  if (failure !== null) return refused(does('CHANNEL_NOT_SET', { channel }), ...failure);
  if (!dialect.keepsChannel) return done(does('CHANNEL_KEPT_THERE', { channel }));
  if (dialect.understandsUnset && body?.['unset'] === true) {
    session.state = { ...session.state, chosenChannel: null };
    return done(does('CHANNEL_PUBLIC', { channel }));
  }
  session.state = { ...session.state, chosenChannel: channel };
  return done(does('CHANNEL_ASKED_FOR', { channel }));
}

async function unset(session: Session): Promise<ChannelEnd> {
  const isElectron = session.profile.platform === 'electron';
  const reply = await send(session, isElectron ? 'POST' : 'DELETE', isElectron ? { action: 'unset' } : {});
  if (!('status' in reply)) return refused(...reply.sentences);
  if (!isSuccess(reply)) return refused(does('CHANNEL_NOT_GIVEN_UP', { status: reply.status }));
  session.state = { ...session.state, chosenChannel: null };
  return done(does('CHANNEL_GIVEN_UP'));
}

async function get(session: Session): Promise<ChannelEnd> {
  const { profile, dialect, state } = session;
  const isElectron = profile.platform === 'electron';
  const reply = isElectron ? await query(session, {}) : await send(session, 'PUT', {});
  if (!('status' in reply)) return refused(...reply.sentences);
  const asked = channelOf(profile, state);
  // clients.md §8.3
  if (reply.status === 400 && reply.text.includes('channel_not_found') && asked !== '') {
    return done(does('CHANNEL_STRANGE', { channel: asked }));
  }
  const failure = isElectron ? electronFailure(reply) : failureOf(reply, profile.platform);
  if (failure !== null) return refused(does('CHANNEL_NOT_KNOWN'), ...failure);
  const channel = textOf(parseObject(reply.text), 'channel') ?? '';
  if (dialect.learnsChannel && channel.trim() !== '' && channel !== 'builtin') {
    session.state = { ...session.state, chosenChannel: channel };
  }
  return done(channel === '' ? does('CHANNEL_IS_NONE') : does('CHANNEL_IS', { channel }));
}

async function list(session: Session): Promise<ChannelEnd> {
  const isElectron = session.profile.platform === 'electron';
  const reply = await query(session, isElectron ? { action: 'list' } : {});
  if (!('status' in reply)) return refused(...reply.sentences);
  if (!isSuccess(reply)) return refused(does('CHANNELS_NOT_KNOWN', { status: reply.status }));
  const channels = readList(reply.text, isElectron);
  if (!channels) return refused(does('CHANNELS_UNREADABLE'));
  const names = channels.join(', ');
  return { ...done(names === '' ? does('CHANNELS_NONE') : does('CHANNELS', { channels: names })), channels };
}

/** A bare list with numeric ids; Electron wants an object (clients.md §8.4, §12.1). */
function readList(text: string, isElectron: boolean): string[] | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const rows = isElectron ? fieldOf(isRecord(value) ? value : null, 'channels') : value;
  if (!Array.isArray(rows)) return null;
  const names: string[] = [];
  for (const row of rows as readonly unknown[]) {
    if (!isRecord(row) || typeof row['name'] !== 'string') return null;
    if (!isElectron && !Number.isInteger(row['id'])) return null;
    names.push(row['name']);
  }
  return names;
}

/** Null: it worked. */
function failureOf(reply: RawReply, platform: 'android' | 'ios' | 'electron'): readonly SimulationSentence[] | null {
  const body = parseObject(reply.text);
  if (reply.status === 429) return [does('TOO_MANY_REQUESTS'), does('ERROR_CODE', { error: 'too_many_requests' })];
  // Android looks at the presence of the key, iOS at a text, which may be empty (clients.md §8.1).
  const error = fieldOf(body, 'error');
  const hasError = platform === 'android' ? error !== undefined && error !== null : typeof error === 'string';
  if (hasError) return serverSaid(textOf(body, 'message') ?? '', String(error));
  if (!body) return [does('REPLY_NO_OBJECT'), does('ERROR_CODE', { error: 'parse_error' })];
  return isSuccess(reply) ? null : [does('HTTP_STATUS', { status: reply.status })];
}

/** Kept when `status` is missing, `ok` or `success`: clients.md §12.1. */
function electronFailure(reply: RawReply): readonly SimulationSentence[] | null {
  if (!isSuccess(reply)) return [does('HTTP_STATUS', { status: reply.status })];
  const status = textOf(parseObject(reply.text), 'status') ?? 'ok';
  return ['ok', 'success', 'default', 'override'].includes(status) ? null : [does('SERVER_STATUS', { status })];
}

function send(
  session: Session,
  method: SendInput['method'],
  more: Readonly<Record<string, string>>,
): Promise<RawReply | NoReply> {
  const { profile, state, channelUrl } = session;
  const body = { ...infoObject(profile, runningName(session), channelOf(profile, state)), ...more };
  return ask(session, { method, url: channelUrl, body, headers: callHeaders(profile) });
}

/** All that is known goes into the query; Electron appends `?` whatever is there (clients.md §12.1). */
function query(session: Session, more: Readonly<Record<string, string>>): Promise<RawReply | NoReply> {
  const { profile, state, channelUrl } = session;
  const info = { ...infoObject(profile, runningName(session), channelOf(profile, state)), ...more };
  const fields = new URLSearchParams();
  for (const [name, value] of Object.entries(info)) if (value !== null) fields.set(name, String(value));
  const isExtended = channelUrl.includes('?') && profile.platform !== 'electron';
  const url = `${channelUrl}${isExtended ? '&' : '?'}${fields.toString()}`;
  return ask(session, { method: 'GET', url, headers: agentHeaders(profile) });
}

/** Says why there is no reply. */
type NoReply = { readonly sentences: readonly SimulationSentence[] };

async function ask(
  session: Session,
  request: Pick<SendInput, 'method' | 'url' | 'body' | 'headers'>,
): Promise<RawReply | NoReply> {
  const { http, rateLimit, signal } = session;
  try {
    const reply = await http.send({ ...request, purpose: 'channel', limits: callLimits(session) });
    rateLimit.note(reply);
    return reply;
  } catch (error) {
    throwIfAborted(signal);
    return { sentences: [does('CHANNEL_UNREACHABLE'), whyOf(error)] };
  }
}

function isSuccess({ status }: RawReply): boolean {
  return status >= 200 && status < 300;
}

function done(...sentences: SimulationSentence[]): ChannelEnd {
  return { isDone: true, detail: describeStep(sentences), sentences };
}

function refused(...sentences: SimulationSentence[]): ChannelEnd {
  return { isDone: false, detail: describeStep(sentences), sentences };
}
