import type { Server } from 'node:http';

/** What can be closed here: a Fastify instance by shape. */
export type ClosableServer = {
  readonly server: Pick<Server, 'closeIdleConnections' | 'closeAllConnections'>;
  close(): PromiseLike<unknown>;
};

/** Stops listening at once, lets running answers end for `graceMs`, then cuts what is left. */
export async function closeServer(app: ClosableServer, graceMs: number): Promise<void> {
  const timer = setTimeout(() => app.server.closeAllConnections(), graceMs);
  try {
    const closed = app.close();
    app.server.closeIdleConnections();
    await closed;
  } finally {
    clearTimeout(timer);
  }
}
