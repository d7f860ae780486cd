import { describe, expect, it } from 'vitest';

import { aServerStatus } from '#renderer/testing/fixtures.ts';

import { addressChoices, hasAddressForPhones, isBoundToOne } from './address-choices.ts';

const endpoint = (address: string, name: string) => {
  const base = `http://${address.includes(':') ? `[${address}]` : address}:8787/T`;
  return {
    interface: name,
    address,
    updateUrl: `${base}/updates`,
    statsUrl: `${base}/stats`,
    channelUrl: `${base}/channel_self`,
  };
};

describe('addressChoices', () => {
  const status = aServerStatus({
    addresses: [
      { interface: 'en0', address: '192.168.1.20', family: 'IPv4', kind: 'lan' },
      { interface: 'utun4', address: '10.8.0.2', family: 'IPv4', kind: 'vpn' },
      { interface: 'en0', address: '2001:db8::2', family: 'IPv6', kind: 'other' },
    ],
  });

  it('keeps the order of the core, names the best one and gives IPv6 its brackets', () => {
    const app = {
      endpoints: [endpoint('192.168.1.20', 'en0'), endpoint('10.8.0.2', 'utun4'), endpoint('2001:db8::2', 'en0')],
    };
    const choices = addressChoices({ app, status });
    expect(choices.slice(0, 3)).toMatchObject([
      { address: '192.168.1.20', kind: 'lan', isBest: true, origin: 'http://192.168.1.20:8787' },
      { address: '10.8.0.2', kind: 'vpn', isBest: false },
      { address: '2001:db8::2', kind: 'other', origin: 'http://[2001:db8::2]:8787' },
    ]);
  });

  it('adds the ways that need no network (protocol/clients.md §10.2)', () => {
    expect(addressChoices({ app: { endpoints: [] }, status })).toEqual([
      { id: 'emulator', way: 'emulator', address: '10.0.2.2', origin: 'http://10.0.2.2:8787' },
      { id: 'simulator', way: 'simulator', address: 'localhost', origin: 'http://localhost:8787' },
      { id: 'usb', way: 'usb', address: 'localhost', origin: 'http://localhost:8787' },
    ]);
  });

  it('calls nothing best when only a VPN is left, and says that no phone gets here', () => {
    const choices = addressChoices({ app: { endpoints: [endpoint('10.8.0.2', 'utun4')] }, status });
    expect(choices[0]).toMatchObject({ isBest: false });
    expect(hasAddressForPhones(choices)).toBe(false);
  });

  it('tells one address from every address', () => {
    expect(['0.0.0.0', '::', '127.0.0.1', '192.168.1.20'].map(isBoundToOne)).toEqual([false, false, true, true]);
  });
});
