import { does } from '#contract/texts/simulation-texts.ts';

import { throwIfAborted } from '../app-error.ts';
import { classifyReply, failedCheck, serverSaid, type RawReply, type ReplyReading } from './classify-reply.ts';
import { agentHeaders, infoObject, type ClientProfile } from './client-profile.ts';
import type { HttpLimits } from './http-client.ts';
import { parseObject, textOf } from './reply-fields.ts';
import { channelOf, type Session } from './session.ts';
import { whyOf } from './trouble.ts';

const IOS_CALL_MS = 25_000;

/** How long a call may take; iOS has a wall clock: clients.md §1.1. */
export function callLimits({ profile, dialect }: Pick<Session, 'profile' | 'dialect'>): HttpLimits {
  const { silenceMs } = dialect;
  return profile.platform === 'ios' ? { silenceMs, wholeMs: IOS_CALL_MS } : { silenceMs };
}

/** Headers of a JSON call: clients.md §1.1. */
export function callHeaders(profile: ClientProfile): Readonly<Record<string, string>> {
  return {
    'content-type': profile.platform === 'android' ? 'application/json; charset=utf-8' : 'application/json',
    ...(profile.platform === 'ios' ? { accept: 'application/json' } : {}),
    ...agentHeaders(profile),
  };
}

/** Asks for an update, unless a 429 forbids it: clients.md §1.4 to §1.6. */
export async function checkForUpdate(session: Session, running: string): Promise<ReplyReading> {
  const { profile, state, http, updateUrl, rateLimit, stats, signal } = session;
  const block = rateLimit.current();
  if (block) return failedCheck(block.error, ...serverSaid(block.message, block.error));
  let reply: RawReply;
  try {
    reply = await http.send({
      purpose: 'check',
      method: 'POST',
      url: updateUrl,
      body: infoObject(profile, running, channelOf(profile, state)),
      headers: callHeaders(profile),
      limits: callLimits(session),
    });
  } catch (error) {
    throwIfAborted(signal);
    const code = profile.platform === 'ios' ? 'response_error' : 'network_error';
    const failed = failedCheck(code, does('CHECK_UNANSWERED', { error: code }), whyOf(error));
    // Electron's client tells nobody of it (clients.md §12.1).
    return profile.platform === 'electron' ? { ...failed, stat: null } : failed;
  }
  const reading = classifyReply(profile, reply, running);
  if (rateLimit.note(reply)) {
    const code = textOf(parseObject(reply.text), 'error') ?? 'too_many_requests';
    if (code === 'too_many_requests') stats.reportRateLimit(running);
  }
  return reading;
}
