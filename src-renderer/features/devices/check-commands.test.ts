import { describe, expect, it } from 'vitest';

import { checkCommands } from './check-commands.ts';

const appId = 'com.example.shop';

describe('what makes a device ask now', () => {
  it.each([
    ['an Android phone', { platform: 'android', isEmulator: false }, 'adb'],
    ['a simulator', { platform: 'ios', isEmulator: true }, 'simctl'],
    ['an iPhone', { platform: 'ios', isEmulator: false }, 'devicectl'],
  ] as const)('%s', (_, device, kind) => {
    const [command] = checkCommands({ ...device, appId });
    expect(command?.kind).toBe(kind);
    expect(command?.text).toContain(appId);
  });

  it('nothing of the kind for what is no phone', () => {
    expect(checkCommands({ platform: 'electron', isEmulator: false, appId })).toEqual([]);
  });
});
