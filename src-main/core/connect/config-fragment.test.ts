import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { configFragment, literal } from './config-fragment.ts';
import { devicePaths, endpointAt, endpointsFor, originOf } from './endpoints.ts';

const endpoint = endpointAt('tokenTOKENtokenTOKEN_-', 'en0', '192.168.1.20', 8787);

describe('endpoints', () => {
  it('carry the token in the path, as design/command-line.md §4 has it', () => {
    expect(endpoint).toEqual({
      interface: 'en0',
      address: '192.168.1.20',
      updateUrl: 'http://192.168.1.20:8787/tokenTOKENtokenTOKEN_-/updates',
      statsUrl: 'http://192.168.1.20:8787/tokenTOKENtokenTOKEN_-/stats',
      channelUrl: 'http://192.168.1.20:8787/tokenTOKENtokenTOKEN_-/channel_self',
    });
    expect(devicePaths('t')).toEqual({ update: '/t/updates', stats: '/t/stats', channel: '/t/channel_self' });
  });

  it('put an IPv6 address in brackets, once', () => {
    expect(originOf('2001:db8::2', 80)).toBe('http://[2001:db8::2]:80');
    expect(originOf('[2001:db8::2]', 80)).toBe('http://[2001:db8::2]:80');
    expect(new URL(endpointAt('t', 'en0', '::1', 8787).updateUrl).port).toBe('8787');
  });

  it('keep the order of the addresses', () => {
    const addresses = ['10.0.0.2', '10.0.0.1'].map((address) => ({
      interface: 'en0',
      address,
      family: 'IPv4' as const,
      kind: 'lan' as const,
    }));
    expect(endpointsFor('t', addresses, 1).map((entry) => entry.address)).toEqual(['10.0.0.2', '10.0.0.1']);
  });
});

describe('configFragment', () => {
  it('always sets all three URLs, so that nothing goes to Capgo’s cloud (protocol/clients.md §10.1)', () => {
    const { config, json } = configFragment({ endpoint });
    expect(config.plugins.CapacitorUpdater).toEqual({
      autoUpdate: true,
      updateUrl: endpoint.updateUrl,
      statsUrl: endpoint.statsUrl,
      channelUrl: endpoint.channelUrl,
    });
    expect(JSON.parse(json)).toEqual(config);
  });

  it('writes TypeScript that evaluates to the same object', () => {
    const publicKey = '-----BEGIN RSA PUBLIC KEY-----\nMIIB\'quoted\\"\n-----END RSA PUBLIC KEY-----\n';
    const { config, ts } = configFragment({ endpoint, appId: 'com.example.app', publicKey });
    expect(evaluate(`({${ts}})`)).toEqual(config);
    expect(ts).toContain("updateUrl: 'http://192.168.1.20");
  });

  it('makes a literal of any string that reads back as that string', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(evaluate(literal(text))).toBe(text);
      }),
    );
  });
});

function evaluate(source: string): unknown {
  // oxlint-disable-next-line typescript/no-implied-eval, no-new-func -- the text under test is JavaScript
  return new Function(`return (${source})`)();
}
