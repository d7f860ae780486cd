import type { TraceStep } from '#contract/models/activity.ts';
import { told } from '#contract/texts/activity-texts.ts';

import { SKIPPED_DETAIL } from '../storage/trace-code.ts';
import { channelRules } from './channel-rules.ts';
import { dialectOf } from './client-dialect.ts';
import { refusal, type Decided, type Draft, type Rule, type UpdateDecision, type UpdateQuestion } from './decision.ts';
import { policyRules } from './policy-rules.ts';
import { bundleRules, offerRules } from './release-rules.ts';
import { requestRules } from './request-rules.ts';

/** The order of Capgo's server: capgo-server-and-cli.md §5.4. Where we differ: ADR 0009. */
const rules: readonly Rule[] = [...requestRules, ...channelRules, ...bundleRules, ...policyRules, ...offerRules];

const skipped = { outcome: 'skip', detail: SKIPPED_DETAIL, values: {} } as const;

/**
 * Decides what a device is answered, and why. Pure: equal questions get equal answers.
 * The reply is always one of the two shapes of clients.md §1.5: an offer without `error`, `kind` or null, or a refusal
 * with all of `kind`, `error` and `message`.
 */
export function decideUpdate(question: UpdateQuestion): UpdateDecision {
  const draft: Draft = {
    ...question,
    info: null,
    dialect: dialectOf('unknown', null),
    native: null,
    running: null,
    isOnBuiltin: false,
    channel: null,
    isTied: false,
    target: { kind: 'none' },
    release: null,
    remember: null,
  };
  const trace: TraceStep[] = [];
  let decided: Decided | undefined;
  for (const { name, apply } of rules) {
    if (decided) {
      trace.push({ rule: name, ...skipped });
      continue;
    }
    const { decided: verdict, ...step } = apply(draft);
    trace.push({ rule: name, ...step });
    decided = verdict;
  }
  decided ??= refusal('failed', 'unknown_error', told('UNDECIDED'));
  const { release, channel, remember } = draft;
  return {
    manifest: null,
    ...decided,
    trace,
    releaseId: release?.releaseId ?? null,
    channel: channel?.name ?? null,
    remember,
  };
}
