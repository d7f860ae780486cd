import type { App, Endpoint } from '#contract/models/app.ts';
import type { NetworkAddress } from '#contract/models/server.ts';

/** Device paths of an app below the listener's origin. Source: design/command-line.md §4. */
export function devicePaths(token: string): App['paths'] {
  return { update: `/${token}/updates`, stats: `/${token}/stats`, channel: `/${token}/channel_self` };
}

/** `http://HOST:PORT`; an IPv6 address gets its brackets. */
export function originOf(address: string, port: number): string {
  const host = address.includes(':') && !address.startsWith('[') ? `[${address}]` : address;
  return `http://${host}:${port}`;
}

/** Where devices reach an app, in the order of the addresses. */
export function endpointsFor(token: string, addresses: readonly NetworkAddress[], port: number): Endpoint[] {
  return addresses.map((entry) => endpointAt(token, entry.interface, entry.address, port));
}

/** The endpoint of one address; also for one that is not in the list of adapters, such as a host name. */
export function endpointAt(token: string, interfaceName: string, address: string, port: number): Endpoint {
  const origin = originOf(address, port);
  const paths = devicePaths(token);
  return {
    interface: interfaceName,
    address,
    updateUrl: origin + paths.update,
    statsUrl: origin + paths.stats,
    channelUrl: origin + paths.channel,
  };
}
