import type { NetworkInterfaceInfo } from 'node:os';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { addressesServedBy, hasLanAddress, listAddresses } from './addresses.ts';

function v4(address: string, options: { mac?: string; internal?: boolean } = {}): NetworkInterfaceInfo {
  const { mac = '8c:85:90:aa:bb:cc', internal = false } = options;
  return { address, netmask: '255.255.255.0', family: 'IPv4', mac, internal, cidr: `${address}/24` };
}

function v6(address: string, options: { internal?: boolean } = {}): NetworkInterfaceInfo {
  return {
    address,
    netmask: 'ffff:ffff:ffff:ffff::',
    family: 'IPv6',
    mac: '8c:85:90:aa:bb:cc',
    internal: options.internal ?? false,
    cidr: `${address}/64`,
    scopeid: 0,
  };
}

const loopback = [v4('127.0.0.1', { internal: true }), v6('::1', { internal: true })];

describe('listAddresses', () => {
  it('puts Wi-Fi before a VPN on a Mac and leaves IPv6 link-local out', () => {
    const addresses = listAddresses({
      lo0: [...loopback, v6('fe80::1')],
      utun4: [v4('10.8.0.6')],
      utun5: [v4('100.101.102.103')],
      bridge100: [v4('192.168.64.1')],
      awdl0: [v6('fe80::48a1:30ff:fe4b:1%awdl0')],
      en0: [v6('fe80::1cb2%en0'), v4('192.168.1.20'), v6('2a01:cb00:1::20')],
    });
    expect(addresses.map(({ interface: name, address, kind }) => [name, address, kind])).toEqual([
      ['en0', '192.168.1.20', 'lan'],
      ['utun4', '10.8.0.6', 'vpn'],
      ['utun5', '100.101.102.103', 'vpn'],
      ['bridge100', '192.168.64.1', 'virtual'],
      ['en0', '2a01:cb00:1::20', 'other'],
      ['lo0', '127.0.0.1', 'loopback'],
      ['lo0', '::1', 'loopback'],
    ]);
  });

  it('puts Wi-Fi and Ethernet before WSL, VMware, VirtualBox and TAP adapters on Windows', () => {
    const addresses = listAddresses({
      'vEthernet (WSL (Hyper-V firewall))': [v4('172.28.160.1')],
      'VMware Network Adapter VMnet8': [v4('192.168.10.1')],
      'Ethernet 3': [v4('192.168.56.1', { mac: '0a:00:27:00:00:0b' })],
      'Ethernet 4': [v4('10.9.0.2', { mac: '00:ff:1d:aa:bb:cc' })],
      Tailscale: [v4('100.88.1.2')],
      Ethernet: [v4('169.254.12.7')],
      'Ethernet 2': [v4('10.0.0.7')],
      'Wi-Fi': [v4('192.168.178.33')],
      'Loopback Pseudo-Interface 1': loopback,
    });
    expect(addresses.map(({ interface: name, kind }) => `${name}: ${kind}`)).toEqual([
      'Wi-Fi: lan',
      'Ethernet 2: lan',
      'Ethernet 4: vpn',
      'Tailscale: vpn',
      'Ethernet 3: virtual',
      'VMware Network Adapter VMnet8: virtual',
      'vEthernet (WSL (Hyper-V firewall)): virtual',
      'Ethernet: link-local',
      'Loopback Pseudo-Interface 1: loopback',
      'Loopback Pseudo-Interface 1: loopback',
    ]);
  });

  it('puts real adapters before container bridges and tunnels on Linux', () => {
    const addresses = listAddresses({
      lo: loopback,
      docker0: [v4('172.17.0.1')],
      'br-3f2a1b4c5d6e': [v4('172.18.0.1')],
      veth9a2b: [v6('fe80::1')],
      virbr0: [v4('192.168.122.1')],
      wg0: [v4('10.66.0.3')],
      tailscale0: [v4('100.64.0.9')],
      enp0s31f6: [v4('10.20.30.40')],
      wlp3s0: [v4('10.20.30.41')],
    });
    expect(addresses.slice(0, 2).map((entry) => entry.interface)).toEqual(['wlp3s0', 'enp0s31f6']);
    expect(addresses.filter((entry) => entry.kind === 'lan')).toHaveLength(2);
    expect(addresses.at(-1)?.address).toBe('::1');
  });

  const names: readonly (readonly [string, string])[] = [
    ['wlan0', 'lan'],
    ['wlx00c0ca1234', 'lan'],
    ['eno1', 'lan'],
    ['eth0.10', 'lan'],
    ['br0', 'lan'],
    ['bond0', 'lan'],
    ['en12', 'lan'],
    ['ap0', 'lan'],
    ['Drahtlosnetzwerkverbindung', 'lan'],
    ['Connexion réseau sans fil', 'lan'],
    ['Local Area Connection* 10', 'lan'],
    ['utun0', 'vpn'],
    ['ipsec0', 'vpn'],
    ['nordlynx', 'vpn'],
    ['proton0', 'vpn'],
    ['ztabcdef12', 'vpn'],
    ['ZeroTier One [8056c2e21c000001]', 'vpn'],
    ['OpenVPN TAP-Windows6', 'vpn'],
    ['Cisco AnyConnect Secure Mobility Client Connection', 'vpn'],
    ['Mullvad', 'vpn'],
    ['CloudflareWARP', 'vpn'],
    ['vmnet8', 'virtual'],
    ['vmenet0', 'virtual'],
    ['vboxnet0', 'virtual'],
    ['lxdbr0', 'virtual'],
    ['podman0', 'virtual'],
    ['cni0', 'virtual'],
    ['flannel.1', 'virtual'],
    ['waydroid0', 'virtual'],
    ['VirtualBox Host-Only Network', 'virtual'],
    ['vEthernet (Default Switch)', 'virtual'],
    ['Bluetooth Network Connection', 'virtual'],
  ];
  it.each(names)('takes %s for %s', (name, kind) => {
    expect(listAddresses({ [name]: [v4('192.168.1.5')] })[0]?.kind).toBe(kind);
  });

  it('names a public address other, after private ones', () => {
    const addresses = listAddresses({ eth0: [v4('141.20.1.2')], eth1: [v4('192.168.0.2')] });
    expect(addresses.map((entry) => entry.kind)).toEqual(['lan', 'other']);
  });

  it('copes with no adapters, empty ones and old family numbers', () => {
    expect(listAddresses({})).toEqual([]);
    expect(listAddresses({ en0: undefined, en1: [] })).toEqual([]);
    const old = { ...v4('10.1.1.1'), family: 4 } as unknown as NetworkInterfaceInfo;
    expect(listAddresses({ en0: [old] })[0]?.family).toBe('IPv4');
  });

  it('gives the same order for any order of the adapters', () => {
    const table = { en0: [v4('192.168.1.2')], en1: [v4('192.168.1.3')], utun2: [v4('10.1.0.2')], lo0: loopback };
    const expected = listAddresses(table);
    fc.assert(
      fc.property(fc.shuffledSubarray(Object.keys(table), { minLength: 4 }), (order) => {
        const shuffled = Object.fromEntries(order.map((name) => [name, table[name as keyof typeof table]]));
        expect(listAddresses(shuffled)).toEqual(expected);
      }),
    );
  });
});

describe('addressesServedBy', () => {
  const all = listAddresses({ lo: loopback, en0: [v4('192.168.1.2'), v6('2001:db8::2')] });

  it('takes one family, both, loopback or one address, by what the listener is bound to', () => {
    expect(addressesServedBy(all, '0.0.0.0').map((entry) => entry.address)).toEqual(['192.168.1.2', '127.0.0.1']);
    expect(addressesServedBy(all, '::')).toHaveLength(4);
    expect(addressesServedBy(all, 'localhost').map((entry) => entry.address)).toEqual(['127.0.0.1', '::1']);
    expect(addressesServedBy(all, '[2001:DB8::2]').map((entry) => entry.address)).toEqual(['2001:db8::2']);
    expect(addressesServedBy(all, '10.9.9.9')).toEqual([]);
  });

  it('knows whether a phone could reach any of them', () => {
    expect(hasLanAddress(all)).toBe(true);
    expect(hasLanAddress(listAddresses({ lo: loopback, docker0: [v4('172.17.0.1')] }))).toBe(false);
  });
});
