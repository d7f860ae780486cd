import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { inverseChange } from '#renderer/components/channel-change.ts';
import { aChannel } from '#renderer/testing/fixtures.ts';

import { ruleChange, withRule, type RuleName, type Rules } from './rules.ts';

const rules: Rules = aChannel();
const flags = ['public', 'ios', 'android', 'electron', 'allowDev'] as const satisfies readonly RuleName[];

describe('rules of a channel as a person changes them (capgo-server-and-cli.md §8.1)', () => {
  it('send nothing while nothing differs', () => {
    expect(ruleChange(rules, rules)).toEqual({});
    expect(ruleChange(rules, withRule(withRule(rules, 'allowDev', false), 'allowDev', true))).toEqual({});
  });

  it('leave Electron to others once a public channel is for one phone platform only, and say so', () => {
    expect(ruleChange(rules, withRule(rules, 'ios', false))).toEqual({ ios: false, electron: false });
    const own = aChannel({ public: false, ios: false });
    expect(ruleChange(own, withRule(own, 'public', true))).toEqual({ public: true, electron: false });
  });

  it('let a person tick Electron again, and say that too: left out, the core would untick it', () => {
    const ticked = withRule(withRule(rules, 'ios', false), 'electron', true);
    expect(ruleChange(rules, ticked)).toEqual({ ios: false, electron: true });
  });

  it('lead to what is shown, and back again', () => {
    const step = fc.tuple(fc.constantFrom(...flags), fc.boolean());
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const after = steps.reduce<Rules>((now, [name, value]) => withRule(now, name, value), rules);
        const change = ruleChange(rules, after);
        expect({ ...rules, ...change }).toEqual(after);
        expect({ ...after, ...inverseChange(aChannel(), change) }).toEqual(rules);
      }),
    );
  });
});
