import { describe, expect, it } from 'vitest';

import { readPhoneHost } from './phone-host.ts';

describe('a Host header', () => {
  it.each([
    ['192.168.1.20:8787', '192.168.1.20:8787'],
    ['192.168.1.20', '192.168.1.20'],
    ['localhost:3000', 'localhost:3000'],
    ['My-Mac.local:8787', 'my-mac.local:8787'],
    ['[::1]:8787', '[::1]:8787'],
    ['[FE80::1]', '[fe80::1]'],
    ['slipway.example.com', 'slipway.example.com'],
    ['slipway.example.com.', 'slipway.example.com.'],
    ['my_machine:80', 'my_machine:80'],
    ['10.0.2.2:65535', '10.0.2.2:65535'],
  ])('%s is taken', (header, expected) => {
    expect(readPhoneHost(header)).toBe(expected);
    expect(URL.canParse(`http://${expected}/x`)).toBe(true);
  });

  it.each([
    undefined,
    '',
    ':8787',
    'host:',
    'host:0',
    'host:65536',
    'host:123456',
    'user@host',
    'host/path',
    'host?x',
    'host#x',
    'ho st',
    'host\t',
    'evil.com:80@192.168.1.20',
    'http://host',
    '[::1',
    '::1',
    '[fe80::1%25eth0]:80',
    '[nonsense]',
    '999.1.1.1',
    '1.2.3',
    '127.1',
    '0x7f.1',
    '-host',
    'host-',
    'a..b',
    '"><script>',
    'ä.example',
    `${'a'.repeat(64)}.com`,
    `${'a.'.repeat(130)}com`,
  ])('%j is refused', (header) => {
    expect(readPhoneHost(header)).toBeNull();
  });
});
