import type { NetworkInterfaceInfo } from 'node:os';

import type { NetworkAddress } from '#contract/models/server.ts';

/** The shape of `os.networkInterfaces()`. */
export type InterfaceTable = NodeJS.Dict<readonly NetworkInterfaceInfo[]>;

type Candidate = { readonly rank: number; readonly entry: NetworkAddress };

/**
 * Adapters that carry a VPN or an overlay: a phone on the Wi-Fi does not see what is behind them.
 * Names as systems and programs give them: utun (macOS), wg/tun/tap/ppp (Linux), product names (Windows).
 */
const vpnName =
  /^(utun|tun|tap|wg|ppp|ipsec|gpd|cscotun|nordlynx|nordtun|proton|tailscale|zt|feth|zerotier|nebula|mullvad|wgpia|hamachi|ham\d|outline-tun|warp|cloudflarewarp|netbird|wt\d)|\b(vpn|tailscale|wireguard|zerotier|tap-windows|tap-nordvpn|wintun|openvpn|nordlynx|hamachi|radmin|anyconnect|fortinet|fortissl|globalprotect|pangp|zscaler|cloudflare warp|l2tp|pptp|ikev2|mullvad|netbird)\b/i;

/** Adapters between this machine and its containers or virtual machines, and radios that are no network of a phone. */
const virtualName =
  /^(docker|br-|veth|virbr|vmnet|vmenet|vnet|vnic|vboxnet|lxcbr|lxdbr|incusbr|lxc|podman|cni|cali|flannel|cilium|weave|kube|nerdctl|nodelocaldns|ovs|waydroid|anbox|mpqemubr|multipass|crc|hyperv|dummy|ifb|awdl|llw|anpi|gif|stf|p2p|bridge1\d\d|rvi|pan\d|bnep)|\b(vethernet|hyper-v|wsl|vmware|virtualbox|host-only|docker|parallels|npcap|bluetooth|default switch|kvm|qemu)\b/i;

const loopbackName = /^(lo\d*$|loopback)/i;

const wirelessName =
  /^(wl|wifi|ath\d|ra\d)|wi-?fi|wlan|wireless|drahtlos|sans fil|inal[aá]mbric|senza fili|bezprzewodow|беспроводн/i;

const wiredName =
  /^(en\d|eth|en[opsx]|em\d|bond|team|br\d|lan\d|igb|ixl|re\d)|ethernet|lan-verbindung|local area connection(?!\*)/i;

/**
 * MAC prefixes of adapters that a program on this machine made. Prefixes that a guest also has on its real network
 * (VMware 00:0c:29, Hyper-V 00:15:5d, Docker 02:42) say nothing and are left out.
 */
const virtualMac = /^0a:00:27:/i; // VirtualBox host-only: on Windows it is called "Ethernet 2"
const vpnMac = /^00:ff:/i; // TAP-Windows: also called "Ethernet 2"

/**
 * Addresses of this machine, the one that a phone most likely reaches first.
 * IPv6 link-local addresses are left out: they need a zone id, which no URL of a phone can carry.
 */
export function listAddresses(interfaces: InterfaceTable): NetworkAddress[] {
  const candidates: Candidate[] = [];
  for (const [name, infos] of Object.entries(interfaces)) {
    for (const info of infos ?? []) {
      const candidate = judge(name, info);
      if (candidate) candidates.push(candidate);
    }
  }
  candidates.sort(
    (a, b) =>
      a.rank - b.rank ||
      preferenceOfRange(a.entry.address) - preferenceOfRange(b.entry.address) ||
      a.entry.interface.localeCompare(b.entry.interface, 'en', { numeric: true }) ||
      a.entry.address.localeCompare(b.entry.address, 'en', { numeric: true }),
  );
  return candidates.map(({ entry }) => entry);
}

/** The addresses that answer when the listener is bound to `host`: all of a family for a wildcard, else that one. */
export function addressesServedBy(addresses: readonly NetworkAddress[], host: string): NetworkAddress[] {
  const bare = host.replace(/^\[|\]$/g, '').toLowerCase();
  // Node binds `::` to both families where the system allows it.
  if (bare === '::' || bare === '') return [...addresses];
  if (bare === '0.0.0.0') return addresses.filter((entry) => entry.family === 'IPv4');
  if (bare === 'localhost') return addresses.filter((entry) => entry.kind === 'loopback');
  return addresses.filter((entry) => entry.address.toLowerCase() === bare);
}

/** Whether any address is one that phones usually reach. */
export function hasLanAddress(addresses: readonly NetworkAddress[]): boolean {
  return addresses.some((entry) => entry.kind === 'lan' || entry.kind === 'other');
}

function judge(name: string, info: NetworkInterfaceInfo): Candidate | null {
  const family = familyOf(info);
  const address = info.address.replace(/%.*$/, '');
  if (family === null) return null;
  const isIpv6LinkLocal = family === 'IPv6' && /^fe[89ab]/i.test(address);
  if (isIpv6LinkLocal) return null;

  const kind = kindOf(name, info, family, address);
  return { rank: rankOf(name, kind, family), entry: { interface: name, address, family, kind } };
}

function familyOf(info: NetworkInterfaceInfo): NetworkAddress['family'] | null {
  const family: unknown = info.family;
  // Node 18.0 to 18.3 gave numbers; a host may still hand them over.
  if (family === 'IPv4' || family === 4) return 'IPv4';
  return family === 'IPv6' || family === 6 ? 'IPv6' : null;
}

function kindOf(
  name: string,
  info: NetworkInterfaceInfo,
  family: NetworkAddress['family'],
  address: string,
): NetworkAddress['kind'] {
  if (info.internal || loopbackName.test(name) || address.startsWith('127.') || address === '::1') return 'loopback';
  if (family === 'IPv4' && address.startsWith('169.254.')) return 'link-local';
  if (vpnName.test(name) || vpnMac.test(info.mac) || isCarrierGradeNat(address)) return 'vpn';
  if (virtualName.test(name) || virtualMac.test(info.mac)) return 'virtual';
  return family === 'IPv4' && isPrivate(address) ? 'lan' : 'other';
}

const rankOfKind: Readonly<Record<NetworkAddress['kind'], number>> = {
  lan: 0,
  other: 10,
  vpn: 20,
  virtual: 30,
  'link-local': 40,
  loopback: 90,
};

function rankOf(name: string, kind: NetworkAddress['kind'], family: NetworkAddress['family']): number {
  const base = rankOfKind[kind] + (family === 'IPv6' ? 50 : 0);
  if (kind !== 'lan' || wirelessName.test(name)) return base;
  return base + (wiredName.test(name) ? 1 : 2);
}

/** RFC 1918. */
function isPrivate(address: string): boolean {
  return /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/.test(address);
}

/** RFC 6598, 100.64.0.0/10: on a desk machine that is Tailscale or a mobile modem, neither of which a phone sees. */
function isCarrierGradeNat(address: string): boolean {
  const [first, second] = address.split('.').map(Number);
  return first === 100 && second !== undefined && second >= 64 && second <= 127;
}

/** Home and office networks are mostly 192.168; 172.16/12 is what container programs like to take. */
function preferenceOfRange(address: string): number {
  if (address.startsWith('192.168.')) return 0;
  if (address.startsWith('10.')) return 1;
  return address.startsWith('172.') ? 2 : 3;
}
