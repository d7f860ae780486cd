import { isIP, type AddressInfo } from 'node:net';

import { AppError, systemErrorCode } from '#core/app-error.ts';

/** What can listen here: a Fastify instance by shape. */
export type ListeningServer = {
  readonly server: { address(): AddressInfo | string | null };
  listen(options: { readonly host: string; readonly port: number }): PromiseLike<unknown>;
};

/** Ports tried after the wanted one before any free port is taken. */
const NEXT_PORTS = 20;

export type ListenWish = {
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
  /** Fails with `PORT_IN_USE` instead of taking the next free port. */
  readonly mustHavePort: boolean;
};

/**
 * Opens a server, made anew for each port tried, and tells the port it got.
 * Rejects with `PORT_IN_USE`, `PORT_NOT_ALLOWED`, `ADDRESS_NOT_AVAILABLE`.
 */
export async function listenOnFreePort<S extends ListeningServer & { close(): PromiseLike<unknown> }>(
  wish: ListenWish,
  makeServer: () => S | Promise<S>,
): Promise<{ readonly app: S; readonly port: number }> {
  const host = bareHost(wish.host);
  for (const port of portsToTry(wish)) {
    const app = await makeServer();
    try {
      await app.listen({ host, port });
      return { app, port: portOf(app.server.address()) };
    } catch (error) {
      await app.close();
      const isTaken = systemErrorCode(error) === 'EADDRINUSE';
      if (!isTaken || wish.mustHavePort) throw describeListenFailure(error, { host, port });
    }
  }
  throw new AppError('PORT_IN_USE', { host, port: wish.port });
}

function portsToTry({ port, mustHavePort }: ListenWish): number[] {
  if (port === 0 || mustHavePort) return [port];
  const next = Array.from({ length: NEXT_PORTS }, (_, index) => port + 1 + index).filter((number) => number <= 65_535);
  return [port, ...next, 0];
}

/** An IPv6 address may come in brackets, as it stands in URLs. */
export function bareHost(host: string): string {
  const inner = /^\[(.+)\]$/.exec(host)?.[1];
  return inner !== undefined && isIP(inner) === 6 ? inner : host;
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('a TCP listener has no port');
  return address.port;
}

function describeListenFailure(error: unknown, { host, port }: { host: string; port: number }): unknown {
  switch (systemErrorCode(error)) {
    case 'EADDRINUSE':
      return new AppError('PORT_IN_USE', { host, port }, { cause: error });
    case 'EACCES':
    case 'EPERM':
      return new AppError('PORT_NOT_ALLOWED', { host, port }, { cause: error });
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAFNOSUPPORT':
    case 'EINVAL':
      return new AppError('ADDRESS_NOT_AVAILABLE', { host }, { cause: error });
    default:
      return error;
  }
}
