import { describe, expect, it } from 'vitest';

import type { TraceStep } from '#contract/models/activity.ts';

import { english } from '../english.ts';
import { traceSentences } from './trace-sentences.ts';

const step = (rule: string, outcome: TraceStep['outcome'], parts: Partial<TraceStep> = {}): TraceStep => ({
  rule,
  outcome,
  detail: 'English.',
  values: {},
  ...parts,
});

describe('why, in French', () => {
  it.each([
    [
      'policy.dev',
      step('policy.dev', 'stop', {
        action: { kind: 'setChannel', channelId: 1, channel: 'beta', change: { allowDev: true } },
      }),
      'C’est un build de développement, et le canal beta n’en sert pas.',
    ],
    [
      'policy.major',
      step('policy.major', 'stop', { values: { offered: '2.0.0', native: '1.4.0' } }),
      '2.0.0 est une version majeure au-dessus de la version native 1.4.0.',
    ],
    [
      'release.failed_before',
      step('release.failed_before', 'stop', { values: { version: '1.0.7', action: 'update_fail' } }),
      '1.0.7 a échoué sur cet appareil (update_fail) ; proposée de nouveau, elle échouerait à chaque demande.',
    ],
    [
      'release.failed_before, where iOS never tries again',
      step('release.failed_before', 'stop', {
        values: { version: '1.0.7' },
        action: { kind: 'publish', channelId: 1, channel: 'production' },
      }),
      'Les fichiers de 1.0.7 ne sont pas arrivés entiers, et iOS n’essaie jamais la même version deux fois.',
    ],
    [
      'channel.rollout',
      step('channel.rollout', 'pass', { values: { rollout: '1.1.0', percentage_bps: 1250, selected: false } }),
      '1.1.0 est déployée pour 12,5 % des appareils ; cet appareil n’en est pas.',
    ],
    [
      'version.up_to_date',
      step('version.up_to_date', 'stop', { values: { running: '1.0.6', offered: '1.0.6' } }),
      'Il fait déjà tourner 1.0.6.',
    ],
  ])('%s', (_, given, sentence) => {
    expect(traceSentences(given)?.detail).toBe(sentence);
  });

  it('has a way out for every stop that the core has one for', () => {
    const remedied = Object.keys(english.trace.rule).filter((key) => key.startsWith('policy_'));
    const without = remedied.filter((key) => {
      const given = traceSentences(step(key.replace('_', '.'), 'stop', { values: { channel: 'beta' } }));
      return !given?.remedy?.endsWith('.');
    });
    expect(without).toEqual([]);
  });

  it('leaves alone what it has no words for', () => {
    expect(traceSentences(step('some.new_rule', 'stop'))).toBeNull();
    expect(traceSentences(step('policy.dev', 'skip'))).toBeNull();
  });
});
