import { describe, expect, it } from 'vitest';

import { pluginWarning } from './plugin-version.ts';

const onAndroid = (pluginVersion: string | null) => pluginWarning({ platform: 'android', pluginVersion });

describe('pluginWarning', () => {
  it('warns of the stray 10.0.0 (protocol/clients.md Appendix C)', () => {
    expect(onAndroid('10.0.0')).toBe('stray');
    expect(onAndroid('10.0.1')).toBeNull();
  });

  it.each(['4.9.9', '5.9.5', '6.27.11', '7.0.1', '7.50.0', '8.2.5', '8.45.10'])(
    'calls %s old: it takes refusals for failures (protocol/clients.md §1.8)',
    (version) => expect(onAndroid(version)).toBe('old'),
  );

  it.each(['5.50.1', '6.50.1', '7.50.1', '7.51.21', '8.45.11', '8.51.23', '9.0.0'])('lets %s pass', (version) =>
    expect(onAndroid(version)).toBeNull(),
  );

  it('says nothing about a version it cannot read', () => {
    expect([null, '', 'next', '8'].map(onAndroid)).toEqual([null, null, null, null]);
  });

  it('takes the fixed 0.0.1 of the Electron client as it is (protocol/clients.md §12.1)', () => {
    expect(pluginWarning({ platform: 'electron', pluginVersion: '0.0.1' })).toBeNull();
  });
});
