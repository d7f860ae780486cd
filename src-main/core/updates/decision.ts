import type { RefusalKind, UpdateRefusal, UpdateReply } from '#contract/device-protocol.ts';
import type { ActivityOutcome, RemedyAction, TraceStep } from '#contract/models/activity.ts';
import type { ChannelTarget } from '#contract/models/channel.ts';
import { type ActivitySentence, describeActivity } from '#contract/texts/activity-texts.ts';

import type { AppEntry, ChannelEntry, ReleaseEntry } from '../apps/app-directory.ts';
import type { DeviceFacts, RolloutMemory } from '../devices/device-facts.ts';
import type { ClientDialect } from './client-dialect.ts';
import type { DeviceInfo } from './parse-request.ts';

/** What was in the request's body. */
export type UpdateRequest =
  | { readonly kind: 'device'; readonly info: DeviceInfo; readonly isEmpty: boolean }
  | { readonly kind: 'unreadable'; readonly reason: 'invalid_json' | 'too_large' | 'empty' | 'not_an_object' };

export type UpdateQuestion = {
  readonly request: UpdateRequest;
  /** The app that the pairing token in the address belongs to. */
  readonly app: AppEntry;
  /** Scheme, host and port by which the device reached us: URLs in the reply start with it. */
  readonly origin: string;
  /** Names the device in the URL of its download. */
  readonly deviceTag: string | null;
  /** What is kept of the device. */
  readonly device: DeviceFacts;
  /** Remembered decisions age. */
  readonly nowMs: number;
};

export type UpdateDecision = {
  readonly status: 200 | 400;
  readonly reply: UpdateReply;
  readonly outcome: Extract<ActivityOutcome, 'offered' | 'up_to_date' | 'blocked' | 'failed'>;
  /** The protocol's error code, `offer`, or `builtin`. */
  readonly code: string;
  /** For the log. */
  readonly sentence: ActivitySentence;
  /** Every rule in order; those after the one that stopped are `skip`. */
  readonly trace: readonly TraceStep[];
  /** The release that was offered, or that the device already runs. */
  readonly releaseId: string | null;
  /** Name of the channel that decided; null when the request was refused before, or a person decided for the device. */
  readonly channel: string | null;
  /** The delta manifest that the offer is sent with, which whoever sends the reply adds to it; null without one. */
  readonly manifest: { readonly files: number; readonly bytes: number } | null;
  /** What the device was decided in the channel's rollout, to be kept; null when that is nothing new. */
  readonly remember: { readonly channelId: number; readonly memory: RolloutMemory } | null;
};

export type Values = TraceStep['values'];

/** What the rules found so far. Each rule reads what earlier ones established. */
export type Draft = UpdateQuestion & {
  info: DeviceInfo | null;
  dialect: ClientDialect;
  /** The native version as Capgo compares it; null when there is nothing to compare. */
  native: string | null;
  /** What it runs, as Capgo compares it: `builtin` replaced by the native version. */
  running: string | null;
  isOnBuiltin: boolean;
  /** Null also when a person chose a release for the device: no channel's rules apply then. */
  channel: ChannelEntry | null;
  /** Somebody tied the device to the channel: it need not be one that devices may choose. */
  isTied: boolean;
  target: ChannelTarget;
  release: ReleaseEntry | null;
  remember: UpdateDecision['remember'];
};

export type Decided = Pick<UpdateDecision, 'status' | 'reply' | 'outcome' | 'code' | 'sentence'> &
  Partial<Pick<UpdateDecision, 'manifest'>>;

/** What a person can change, in words and where possible as one call. */
type Remedy = { readonly remedy: string; readonly action?: RemedyAction };

export type Verdict =
  | { readonly outcome: 'pass'; readonly detail: string; readonly values: Values; readonly decided?: Decided }
  | {
      readonly outcome: 'stop';
      readonly detail: string;
      readonly values: Values;
      readonly decided: Decided;
      readonly remedy?: string;
      readonly action?: RemedyAction;
    };

export type Rule = { readonly name: string; readonly apply: (draft: Draft) => Verdict };

export function pass(detail: string, values: Values = {}): Verdict {
  return { outcome: 'pass', detail, values };
}

export function stop(detail: string, decided: Decided, values: Values = {}, way?: Remedy): Verdict {
  return { outcome: 'stop', detail, values, decided, ...way };
}

/** A refusal with the fields that Capgo adds to its code: capgo-server-and-cli.md §5.4. */
export function refusal(
  kind: RefusalKind,
  error: string,
  sentence: ActivitySentence,
  extra: Readonly<Record<string, string | boolean | null | undefined>> = {},
): Decided {
  const known = Object.entries(extra).filter(([, value]) => value !== null && value !== undefined);
  const reply = { kind, error, message: describeActivity(sentence), ...Object.fromEntries(known) } as UpdateRefusal;
  return { status: 200, reply, outcome: kind, code: error, sentence };
}

/** The reply that every client ever shipped takes for "nothing new": clients.md §1.5. */
export function upToDate(
  info: DeviceInfo | null,
  message: string,
  sentence: ActivitySentence,
  error = 'no_new_version_available',
): Decided {
  // As the device spells it: then iOS leaves out its second request (clients.md §9.2).
  const decided = refusal('up_to_date', error, sentence, { version: info?.versionName });
  return { ...decided, reply: { ...decided.reply, message } };
}

/** A request that is none: clients.md §13.3 wants `kind` in every refusal, whatever the status. */
export function malformed(error: string, sentence: ActivitySentence): Decided {
  return { ...refusal('failed', error, sentence), status: 400 };
}
