import { describe, expect, it } from 'vitest';

import { aPreviewDevice, anAnswer } from '#renderer/testing/channel-fixtures.ts';

import { countChanged, groupAnswers } from './answer-groups.ts';

const offered = anAnswer({ version: '1.0.7' });
const refused = anAnswer({ outcome: 'blocked', code: 'disable_dev_build', version: null, rule: 'policy.dev' });

describe('groups of answers', () => {
  it('put trouble first, then the larger group, and keep the order of devices', () => {
    const devices = [
      aPreviewDevice({ deviceId: 'a', after: offered }),
      aPreviewDevice({ deviceId: 'b', after: refused, isChanged: true }),
      aPreviewDevice({ deviceId: 'c', after: offered }),
      aPreviewDevice({ deviceId: 'd', after: { ...offered, version: '1.0.8' } }),
    ];
    const groups = groupAnswers(devices);
    expect(groups.map(({ devices, changed }) => [devices.map(({ deviceId }) => deviceId), changed])).toEqual([
      [['b'], 1],
      [['a', 'c'], 0],
      [['d'], 0],
    ]);
    expect(countChanged({ devices })).toBe(1);
  });

  it('part what different channels and rules answer', () => {
    const devices = [
      aPreviewDevice({ deviceId: 'a', after: offered }),
      aPreviewDevice({ deviceId: 'b', after: { ...offered, channel: 'beta' } }),
    ];
    expect(groupAnswers(devices)).toHaveLength(2);
  });
});
