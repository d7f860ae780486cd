import Fastify, { type FastifyInstance } from 'fastify';

import { registerApiRoutes, type ApiRoutesDeps } from './api-routes.ts';
import { sendError } from './reply-error.ts';
import { bearerOf, secretMatches } from './secret-matches.ts';

export type AttachServerDeps = Omit<ApiRoutesDeps, 'headers'> & {
  /** Read from `host.json`, which only the user can. */
  readonly secret: string;
};

/**
 * What commands of the same user talk to: the calls and the events over a local socket, nothing else, no user
 * interface, no port (docs/adr/0003). Not listening yet.
 */
export function createAttachServer({ secret, ...api }: AttachServerDeps): FastifyInstance {
  const app = Fastify({ logger: false, forceCloseConnections: 'idle', bodyLimit: 64 * 1024 });
  app.addHook('onRequest', async (request, reply) => {
    if (secretMatches(bearerOf(request.headers.authorization), secret)) return;
    await sendError(reply, { code: 'UNAUTHORIZED', params: {} });
  });
  registerApiRoutes(app, { ...api, headers: {} });
  return app;
}
