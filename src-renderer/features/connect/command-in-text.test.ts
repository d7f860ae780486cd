import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { commandInText } from './command-in-text.ts';

describe('commandInText', () => {
  it.each([
    ['npx cap sync android, then build and install the app again.', 'npx cap sync android'],
    ['Remove server.url (live reload), run npx cap sync and build the app again.', 'npx cap sync'],
    [
      'npm i -E @capgo/capacitor-updater@8.51.23 (Capacitor 7: 7.51.21), then npx cap sync.',
      'npm i -E @capgo/capacitor-updater@8.51.23',
    ],
    ['Compare that part by hand with `slipway config`.', 'slipway config'],
    ['sudo ufw allow 8787/tcp', 'sudo ufw allow 8787/tcp'],
    ['sudo fw --setblockall off; then sudo fw --add x', 'sudo fw --setblockall off'],
    [
      "sudo fw --add '/Applications/My App, or so (2)/x' && sudo fw --unblockapp '/Applications/My App'",
      "sudo fw --add '/Applications/My App, or so (2)/x' && sudo fw --unblockapp '/Applications/My App'",
    ],
    [
      'In a terminal run as administrator: netsh advfirewall firewall add rule name="Slipway" dir=in localport=8787 profile=private,domain',
      'netsh advfirewall firewall add rule name="Slipway" dir=in localport=8787 profile=private,domain',
    ],
    ['Free some space, or choose another folder with --data-dir.', null],
    ['Restart Slipway.', null],
  ])('in %j', (text, command) => expect(commandInText(text).command).toBe(command));

  it('loses no text and adds none but the backticks', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom('', 'sudo a', '`npx b`, then', ' netsh "c, or'), (text, command) => {
        const whole = `${text}${command}${text}`;
        const parts = commandInText(whole);
        const joined = parts.before + (parts.command ?? '') + parts.after;
        expect(joined.replaceAll('`', '')).toBe(whole.replaceAll('`', ''));
      }),
    );
  });
});
