import { useState } from 'react';

import type { Channel } from '#contract/models/channel.ts';

import { ruleChange, withRule, type RuleChange, type RuleName, type Rules } from './rules.ts';

export type RulesDraft = {
  /** As they would be after saving. */
  readonly rules: Rules;
  /** What would be sent; empty while nothing differs. */
  readonly change: RuleChange;
  readonly isDirty: boolean;
  readonly set: <Name extends RuleName>(name: Name, value: Rules[Name]) => void;
  readonly reset: () => void;
};

/**
 * Rules of a channel as a person changes them. What was changed is kept apart from the channel, so that what changes
 * elsewhere meanwhile comes in, and what was entered is not thrown away.
 */
export function useRules(channel: Channel): RulesDraft {
  const [entered, setEntered] = useState<RuleChange>({});
  const rules: Rules = { ...channel, ...entered };
  const change = ruleChange(channel, rules);
  return {
    rules,
    change,
    isDirty: Object.keys(change).length > 0,
    set: (name, value) => setEntered((before) => ruleChange(channel, withRule({ ...channel, ...before }, name, value))),
    reset: () => setEntered({}),
  };
}
