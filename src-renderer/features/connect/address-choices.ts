import type { App, Endpoint } from '#contract/models/app.ts';
import type { NetworkAddress, ServerStatus } from '#contract/models/server.ts';

/** Ways to this machine that need no network: the address is a name every such device has for it. */
export type LocalWay = 'emulator' | 'simulator' | 'usb';

export type AddressChoice =
  | {
      readonly id: string;
      readonly way: 'network';
      readonly address: string;
      readonly interface: string;
      readonly kind: NetworkAddress['kind'];
      /** The one that a phone most likely reaches. */
      readonly isBest: boolean;
      readonly origin: string;
    }
  | { readonly id: LocalWay; readonly way: LocalWay; readonly address: string; readonly origin: string };

/** Source: protocol/clients.md §10.2. */
const localAddresses: Readonly<Record<LocalWay, string>> = {
  emulator: '10.0.2.2',
  simulator: 'localhost',
  usb: 'localhost',
};

type Input = { readonly app: Pick<App, 'endpoints'>; readonly status: ServerStatus };

/** Every address of an app in the order of the core, then the ways that need no network. */
export function addressChoices({ app, status }: Input): readonly AddressChoice[] {
  const kinds = new Map(status.addresses.map(({ address, kind }) => [address, kind]));
  const network = app.endpoints.map((endpoint, index): AddressChoice => {
    const kind = kinds.get(endpoint.address) ?? 'other';
    return {
      id: endpoint.address,
      way: 'network',
      address: endpoint.address,
      interface: endpoint.interface,
      kind,
      isBest: index === 0 && isForPhones(kind),
      origin: originOfEndpoint(endpoint),
    };
  });
  const ways = Object.entries(localAddresses) as (readonly [LocalWay, string])[];
  return [
    ...network,
    ...ways.map(([way, address]) => ({ id: way, way, address, origin: `http://${address}:${status.device.port}` })),
  ];
}

/** Whether a phone on the desk could reach any of the addresses. */
export function hasAddressForPhones(choices: readonly AddressChoice[]): boolean {
  return choices.some((choice) => choice.way === 'network' && isForPhones(choice.kind));
}

/** The listener is bound to one address that phones of the network cannot use, or that the local ways do not reach. */
export function isBoundToOne(host: string): boolean {
  return !['0.0.0.0', '::', '[::]', ''].includes(host);
}

function isForPhones(kind: NetworkAddress['kind']): boolean {
  return kind === 'lan' || kind === 'other';
}

function originOfEndpoint({ updateUrl }: Endpoint): string {
  return new URL(updateUrl).origin;
}
