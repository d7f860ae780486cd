import { access } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';

import cookie from '@fastify/cookie';
import serveStatic from '@fastify/static';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';

import type { WireError } from '#contract/errors.ts';
import { describeError } from '#contract/texts/error-texts.ts';
import { pagePolicy } from '#servers/shared/page-policy.ts';

import { registerApiRoutes, type ApiRoutesDeps } from './api-routes.ts';
import { sendError } from './reply-error.ts';
import { isFromAnotherSite, isOwnRequest } from './same-origin.ts';
import { bearerOf, secretMatches } from './secret-matches.ts';
import { registerUploadRoutes, type UploadReceiver } from './upload-routes.ts';

export type ControlServerDeps = Omit<ApiRoutesDeps, 'headers'> & {
  /**
   * Opens the user interface. Valid as long as the process, so that a reload or a second tab with the printed address
   * works; it leaves the address bar at once, and pages only ever hold the cookie it was traded for.
   */
  readonly token: string;
  /** What the cookie of signed-in pages holds. */
  readonly session: string;
  readonly uploads: UploadReceiver;
  /** Folder of the built user interface. */
  readonly rendererDir: string;
};

const HEADERS = {
  'content-security-policy': pagePolicy,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), usb=(), serial=()',
} as const;

const UNAUTHORIZED: WireError = { code: 'UNAUTHORIZED', params: {} };

/**
 * The control listener: the user interface and the api for a browser on this machine. Meant for 127.0.0.1 only.
 * Host and Origin are checked before anything else; everything under `/api` wants the cookie that `/?token=…` gives,
 * or the token itself as a bearer. Not listening yet.
 */
export async function createControlServer(deps: ControlServerDeps): Promise<FastifyInstance> {
  const { token, session, uploads, rendererDir, ...api } = deps;
  const app = Fastify({ logger: false, forceCloseConnections: 'idle', bodyLimit: 64 * 1024 });
  await app.register(cookie);

  app.addHook('onRequest', async (request, reply) => {
    void reply.headers(HEADERS);
    if (!isOwnRequest(request.headers, portOf(request.raw))) {
      await sendError(reply, { code: 'ORIGIN_NOT_ALLOWED', params: {} });
    } else if (isApi(request)) {
      if (isFromAnotherSite(request.headers)) await sendError(reply, { code: 'ORIGIN_NOT_ALLOWED', params: {} });
      else if (!isSignedIn(request)) await sendError(reply, UNAUTHORIZED);
    }
  });

  function isSignedIn(request: FastifyRequest): boolean {
    return (
      secretMatches(request.cookies[cookieName(request.raw)], session) ||
      secretMatches(bearerOf(request.headers.authorization), token)
    );
  }

  registerApiRoutes(app, { ...api, headers: HEADERS });
  await registerUploadRoutes(app, uploads);
  await registerPages(app, rendererDir, (request, reply) => {
    const { token: given } = request.query as Readonly<Record<string, unknown>>;
    if (given === undefined) return false;
    if (typeof given !== 'string' || !secretMatches(given, token)) {
      const { message, hint } = describeError(UNAUTHORIZED);
      void reply.code(401).type('text/plain; charset=utf-8').header('cache-control', 'no-store');
      void reply.send(`${message}\n${hint}\n`);
      return true;
    }
    void reply.setCookie(cookieName(request.raw), session, { httpOnly: true, sameSite: 'strict', path: '/' });
    void reply.header('cache-control', 'no-store').redirect('/', 303);
    return true;
  });
  return app;
}

/** `answersToken` answers requests that carry a token and tells whether it did. */
async function registerPages(
  app: FastifyInstance,
  rendererDir: string,
  answersToken: (request: FastifyRequest, reply: FastifyReply) => boolean,
): Promise<void> {
  const isBuilt = await access(join(rendererDir, 'index.html')).then(
    () => true,
    () => false,
  );
  if (isBuilt) {
    await app.register(serveStatic, {
      root: rendererDir,
      index: false,
      cacheControl: false,
      setHeaders: (reply, path) => {
        // Vite puts a content hash into every name below assets/.
        const isHashed = /[\\/]assets[\\/][^\\/]+$/.test(path);
        void reply.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    });
  }
  app.get('/', (request, reply) => {
    if (answersToken(request, reply)) return reply;
    if (isBuilt) return reply.sendFile('index.html');
    return reply
      .code(503)
      .type('text/plain; charset=utf-8')
      .send('The user interface is not built. Run `npm run build` in the checkout, then reload.\n');
  });
}

function isApi(request: FastifyRequest): boolean {
  return (
    request.url === '/api' || request.url.startsWith('/api/') || request.routeOptions.url?.startsWith('/api/') === true
  );
}

/** Cookies are shared by all ports of a host name: each host of this machine has a name of its own. */
function cookieName(request: IncomingMessage): string {
  return `slipway_${portOf(request)}`;
}

/** The port the request came in on, which is also the one its Host has to name. */
function portOf(request: IncomingMessage): number {
  return request.socket.localPort ?? 0;
}
