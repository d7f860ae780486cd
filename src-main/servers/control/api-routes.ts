import type { FastifyInstance } from 'fastify';

import type { Dispatch } from '#api/transport.ts';
import type { Logger } from '#core/ports.ts';

import { createEventStreams, type Subscribe } from './event-stream.ts';
import { sendError, sendReply, sendThrown } from './reply-error.ts';

export type ApiRoutesDeps = {
  readonly dispatch: Dispatch;
  readonly subscribe: Subscribe;
  readonly logger: Logger;
  /** Sent with every answer of these routes. */
  readonly headers: Readonly<Record<string, string>>;
};

/** Inputs of calls are small: paths, ids, notes of at most 10,000 characters. */
export const API_BODY_LIMIT = 1024 * 1024;

/**
 * `POST /api/:path` and `GET /api/events`, the same over loopback and over the local socket. Every answer of a call
 * is a `Reply`, its HTTP status that of the outcome. Who may ask is decided before, by the listener's own hook.
 */
export function registerApiRoutes(app: FastifyInstance, { dispatch, subscribe, logger, headers }: ApiRoutesDeps): void {
  const streams = createEventStreams(subscribe);
  app.addHook('preClose', (done) => {
    streams[Symbol.dispose]();
    done();
  });

  // JSON only: a form or plain text is what a foreign page can send without asking first.
  app.removeContentTypeParser('text/plain');
  app.setErrorHandler((error, _request, reply) => sendThrown(reply, error, logger));
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '';
    return sendError(reply, { code: 'UNKNOWN_PROCEDURE', params: { path } });
  });

  app.post<{ Params: { path: string } }>('/api/:path', { bodyLimit: API_BODY_LIMIT }, async (request, reply) =>
    sendReply(reply, await dispatch(request.params.path, request.body ?? {})),
  );

  app.get('/api/events', (_request, reply) => {
    reply.hijack();
    streams.open(reply.raw, headers);
  });
}
