import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { hostname } from 'node:os';

import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';

import type { DeviceReply } from '#contract/device-protocol.ts';
import { sha256Pattern } from '#contract/models/common.ts';
import {
  notPaired,
  type DeviceGateway,
  type DeviceRequest,
  type DownloadTicket,
  type RequestBody,
} from '#core/device-gateway.ts';
import type { Logger } from '#core/ports.ts';

import { readByteRange, type ByteRange } from './byte-range.ts';
import { readPhoneHost } from './phone-host.ts';
import { phonePage, phonePagePolicy } from './phone-page.ts';
import { readBody } from './request-body.ts';
import { sendBytes } from './send-bundle.ts';

export type DeviceServerDeps = {
  readonly gateway: DeviceGateway;
  readonly logger: Logger;
  /** Of the program, for the Server header. */
  readonly version: string;
  /** Time for the head of a request. */
  readonly headersMs?: number;
};

/** An update check is about 500 bytes. */
const MAX_BODY_BYTES = 64 * 1024;
/** A batch of 200 errors of a web page, each with message, stack and URL of 2,048 characters: clients.md §7.2. */
const MAX_STATS_BYTES = 4 * 1024 * 1024;
/** A manifest of 20,000 encrypted files, as it was sent to the device. */
const MAX_MANIFEST_BYTES = 24 * 1024 * 1024;
const MAX_HEADER_BYTES = 16 * 1024;
/** Time to send a whole request; a download takes as long as it takes. */
const REQUEST_MS = 30_000;
const HEADERS_MS = 15_000;
/** Silence in either direction after which a connection is closed. Android itself gives up after 60 s. */
const SILENCE_MS = 120_000;
/** OkHttp and URLSession reuse connections; closing before they do would cost requests. */
const KEEP_ALIVE_MS = 75_000;
/** 64 per device (protocol/clients.md §6.4) for a desk full of devices. */
const MAX_CONNECTIONS = 2_000;

/** Headers that the log and the core see. */
const keptHeaders = [
  'host',
  'user-agent',
  'accept',
  'content-type',
  'range',
  'if-range',
  'x-slipway-virtual',
  'x-slipway-verify',
  'x-slipway-replay',
] as const;

/** What browsers ask for by themselves when a person opens the page. */
const browserPaths = /^\/(favicon\.ico|robots\.txt|apple-touch-icon[\w-]*\.png)$/;

const notFound: DeviceReply = {
  status: 404,
  body: { error: 'not_found', message: 'Nothing answers at this address', kind: 'failed' },
};
const badHost: DeviceReply = {
  status: 400,
  body: { error: 'invalid_host', message: 'The Host header is not a host name or address', kind: 'failed' },
};
const badRequest: DeviceReply = {
  status: 400,
  body: { error: 'invalid_request', message: 'The request cannot be read', kind: 'failed' },
};
const alive: DeviceReply = { status: 200, body: { status: 'ok' } };

/**
 * The listener that devices talk to, not yet listening. Everything that is no device URL of design/command-line.md §4
 * is a plain 404; whatever comes in, the answer is JSON and never 429 or a stack.
 */
export function createDeviceServer({
  gateway,
  logger,
  version,
  headersMs = HEADERS_MS,
}: DeviceServerDeps): FastifyInstance {
  const app = Fastify({
    logger: false,
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_MS,
    connectionTimeout: SILENCE_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 128, ignoreTrailingSlash: true },
    onProtoPoisoning: 'ignore',
    onConstructorPoisoning: 'ignore',
    return503OnClosing: false,
    http: {
      maxHeaderSize: MAX_HEADER_BYTES,
      requireHostHeader: false,
      headersTimeout: headersMs,
      // Node looks every half a minute by itself, which would double the time.
      connectionsCheckingInterval: headersMs / 3,
    },
    clientErrorHandler: (error, socket) => answerBrokenRequest(error, socket),
    frameworkErrors: (_error, request, reply) => void answerUnknownPath(request, reply),
  });
  app.server.maxConnections = MAX_CONNECTIONS;
  // Node's own answer to an expectation that it does not know is no JSON; no client has any.
  app.server.on('checkExpectation', (request, response) => void app.server.emit('request', request, response));
  readAnyBodyAsJson(app);

  app.addHook('onRequest', async (request, reply) => {
    void reply.header('server', `Slipway/${version}`).header('x-content-type-options', 'nosniff');
    ignoreContentType(request);
    answering.set(request.raw.socket, reply.raw);
    if (hostOf(request.raw) === null) {
      gateway.noteStranger(toStranger(request), 'bad_host');
      // The body, if any, is not read: whatever follows on this connection could be taken for a request.
      void reply.header('connection', 'close');
      return send(reply, badHost);
    }
    const token = tokenOf(request);
    if (token === '' || gateway.knowsToken(token)) return;
    // Before its body is read: nobody outside makes us parse megabytes.
    gateway.noteStranger(toStranger(request), 'unknown_token');
    return send(reply, notPaired);
  });
  app.setNotFoundHandler(answerUnknownPath);
  app.setErrorHandler(async (error: FastifyError, request, reply) => {
    const isBodyError = typeof error.statusCode === 'number' && error.statusCode < 500;
    if (!isBodyError) {
      logger.error({ err: error, method: request.method, path: pathForLog(request) }, 'a device request failed');
      return send(reply, { status: 500, body: { error: 'internal_error', message: 'Internal error', kind: 'failed' } });
    }
    const reason = error.code === 'FST_ERR_CTP_BODY_TOO_LARGE' ? 'too_large' : 'invalid_json';
    // What is left of the body is not read, so the connection cannot be used again.
    void reply.header('connection', 'close');
    const answer = answers.get(`${request.method} ${request.routeOptions.url ?? ''}`);
    if (!answer) return send(reply, badRequest);
    return send(reply, await answer(toDeviceRequest(request, { kind: 'unreadable', reason, text: '' })));
  });

  /** Routes with a body, so that one that cannot be read is answered and logged by the same code. */
  const answers = new Map<string, (request: DeviceRequest) => Promise<DeviceReply>>();
  const answer = (
    methods: readonly ('POST' | 'PUT' | 'DELETE')[],
    url: string,
    bodyLimit: number,
    work: (request: DeviceRequest) => Promise<DeviceReply>,
  ): void => {
    for (const method of methods) {
      answers.set(`${method} ${url}`, work);
      app.route({
        method,
        url,
        bodyLimit,
        handler: async (request, reply) => send(reply, await work(toDeviceRequest(request, bodyOf(request)))),
      });
    }
  };

  answer(['POST'], '/:token/updates', MAX_BODY_BYTES, (request) => gateway.checkUpdate(request));
  answer(['POST'], '/:token/stats', MAX_STATS_BYTES, (request) => gateway.recordStats(request));
  answer(['POST', 'PUT', 'DELETE'], '/:token/channel_self', MAX_BODY_BYTES, (request) => gateway.channelSelf(request));
  app.get('/:token/channel_self', async (request, reply) => {
    const value = request.query as Readonly<Record<string, string>>;
    return send(reply, await gateway.channelSelf(toDeviceRequest(request, { kind: 'query', value })));
  });
  // Capgo's own server answers these two so (capgo-server-and-cli.md §5, §7); they help a person with a browser.
  for (const url of ['/:token/updates', '/:token/stats']) {
    app.get(url, (_request, reply) => send(reply, alive));
  }
  answer(['POST'], '/:token/updates/manifest_size', MAX_MANIFEST_BYTES, (request) => gateway.manifestSize(request));
  app.route({ method: ['GET', 'HEAD'], url: '/:token/bundles/:file', handler: sendBundle });
  app.route({ method: ['GET', 'HEAD'], url: '/:token/files/:file', handler: sendFile });
  app.get('/healthz', (_request, reply) => send(reply, alive));
  app.get('/', (request, reply) =>
    reply
      .header('content-security-policy', phonePagePolicy)
      .header('referrer-policy', 'no-referrer')
      .header('cache-control', 'no-store')
      .type('text/html; charset=utf-8')
      .send(phonePage({ machine: hostname(), origin: originOf(request) })),
  );
  return app;

  async function sendBundle(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const sha256 = /^(.+)\.zip$/.exec(param(request, 'file'))?.[1] ?? '';
    if (!sha256Pattern.test(sha256)) return answerUnknownPath(request, reply);
    const ticket = await gateway.openBundle(bareOf(request), { sha256, deviceTag: tagOf(request) });
    return sendContent(request, reply, ticket, { sha256, type: 'application/zip' });
  }

  async function sendFile(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const sha256 = param(request, 'file').replace(/\.br$/, '');
    if (!sha256Pattern.test(sha256)) return answerUnknownPath(request, reply);
    const ticket = await gateway.openFile(bareOf(request), { sha256, tag: tagOf(request) });
    // No Content-Encoding: clients unpack brotli themselves, by the name in the manifest.
    return sendContent(request, reply, ticket, { sha256, type: 'application/octet-stream' });
  }

  async function sendContent(
    request: FastifyRequest,
    reply: FastifyReply,
    ticket: DownloadTicket | null,
    { sha256, type }: { readonly sha256: string; readonly type: string },
  ): Promise<FastifyReply> {
    if (!ticket) return send(reply, notFound);

    const { sizeBytes, mayResume } = ticket;
    const etag = `"${sha256}"`;
    const headers = {
      'content-type': type,
      'accept-ranges': 'bytes',
      etag,
      // Named by its content; anything that recompresses it would break the checksum.
      'cache-control': 'public, max-age=31536000, immutable, no-transform',
    };
    const range: ByteRange = mayResume ? rangeOf(request, etag, sizeBytes) : { kind: 'whole' };
    if (range.kind === 'unsatisfiable') {
      ticket.end('broken', 416);
      void reply.headers({ ...headers, 'content-range': `bytes */${sizeBytes}`, 'cache-control': 'no-store' });
      const body = { error: 'range_not_satisfiable', message: `The file has ${sizeBytes} bytes` };
      return send(reply, { status: 416, body });
    }
    const { start, end } = range.kind === 'part' ? range : { start: 0, end: sizeBytes - 1 };
    const status = range.kind === 'part' ? 206 : 200;
    const head = {
      ...headers,
      'content-length': String(end - start + 1),
      ...(range.kind === 'part' ? { 'content-range': `bytes ${start}-${end}/${sizeBytes}` } : {}),
    };
    if (request.method === 'HEAD') return reply.code(200).headers(head).send();

    try {
      const outcome = await sendBytes({
        ticket,
        start,
        end,
        response: reply.raw,
        writeHead() {
          reply.hijack();
          reply.raw.writeHead(status, { ...toHead(reply), ...head });
        },
      });
      if (outcome !== 'gone') {
        ticket.end(outcome === 'sent' ? 'complete' : 'broken', status);
        return reply;
      }
    } catch (error) {
      ticket.end('broken', 500);
      throw error;
    }
    ticket.end('broken', 404);
    return send(reply, notFound);
  }

  function answerUnknownPath(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    if (!browserPaths.test(request.url)) gateway.noteStranger(toStranger(request), 'unknown_path');
    return send(reply, notFound);
  }
}

/** The last answer on each connection. */
const answering = new WeakMap<Socket, ServerResponse>();

/** What was sent, where it was replaced. */
const sentContentTypes = new WeakMap<object, string>();

/** Fastify refuses bodies whose content type is empty or malformed before any parser sees them. */
function ignoreContentType({ raw }: FastifyRequest): void {
  const sent = raw.headers['content-type'];
  if (sent === undefined) return;
  sentContentTypes.set(raw, sent);
  raw.headers['content-type'] = 'application/json';
}

/** Content types are ignored; the parsed body is a `RequestBody`, also when it is none. */
function readAnyBodyAsJson(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, bytes: Buffer, done) => done(null, readBody(bytes)));
}

function bodyOf({ body }: FastifyRequest): RequestBody {
  return (body as RequestBody | undefined) ?? { kind: 'unreadable', reason: 'empty', text: '' };
}

function rangeOf(request: FastifyRequest, etag: string, sizeBytes: number): ByteRange {
  // RFC 9110 §14.2: ranges mean something for GET only. §13.1.5: a part only of the file that the client has a part of.
  const ifRange = request.headers['if-range'];
  const isWanted = request.method === 'GET' && (ifRange === undefined || ifRange === etag);
  return isWanted ? readByteRange(request.headers.range, sizeBytes) : { kind: 'whole' };
}

function toDeviceRequest(request: FastifyRequest, body: RequestBody): DeviceRequest {
  return {
    method: request.method,
    path: pathForLog(request),
    token: tokenOf(request),
    origin: originOf(request),
    remoteAddress: addressOf(request),
    headers: headersOf(request),
    body,
  };
}

function bareOf(request: FastifyRequest): Omit<DeviceRequest, 'body'> {
  const { body: _, ...bare } = toDeviceRequest(request, { kind: 'query', value: {} });
  return bare;
}

/** What names the device in the URL of a download. */
function tagOf(request: FastifyRequest): string | null {
  const tag = (request.query as Readonly<Record<string, unknown>>)['d'];
  return typeof tag === 'string' ? tag : null;
}

function toStranger(request: FastifyRequest): Omit<DeviceRequest, 'body' | 'token'> {
  return {
    method: request.method,
    path: pathForLog(request),
    origin: originOf(request),
    remoteAddress: addressOf(request),
    headers: headersOf(request),
  };
}

function tokenOf(request: FastifyRequest): string {
  return param(request, 'token');
}

function param(request: FastifyRequest, name: 'token' | 'file'): string {
  const value = (request.params as Readonly<Record<string, unknown>> | undefined)?.[name];
  return typeof value === 'string' ? value : '';
}

/** The scheme, host and port that the phone used. */
function originOf(request: FastifyRequest): string {
  return `${request.protocol}://${hostOf(request.raw) ?? 'unknown'}`;
}

/** Null also for two Host headers, of which Node would take the first (RFC 9112 §3.2). */
function hostOf({ headersDistinct }: IncomingMessage): string | null {
  const sent = headersDistinct['host'];
  return sent?.length === 1 ? readPhoneHost(sent[0]) : null;
}

/** IPv4 addresses as such, also on a socket that takes both families. */
function addressOf(request: FastifyRequest): string {
  return (request.ip ?? '').replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/, '');
}

function headersOf(request: FastifyRequest): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const name of keptHeaders) {
    const value = name === 'content-type' ? sentContentTypes.get(request.raw) : request.headers[name];
    if (typeof value === 'string') headers[name] = value.slice(0, 300).toWellFormed();
  }
  return headers;
}

/**
 * The token is all that is needed to pass for a device of the app: the log has its first characters, also of what only
 * looks like one, or is one spelled in another way. The digest that names a file stays.
 */
function pathForLog(request: FastifyRequest): string {
  const [path = '', ...query] = request.url.slice(0, 500).toWellFormed().split('?');
  const shortened = path.replaceAll(/[\w%-]{16,}/g, (part) =>
    sha256Pattern.test(part) ? part : `${part.slice(0, 4)}…`,
  );
  return [shortened, ...query].join('?');
}

function send(reply: FastifyReply, { status, body, json, headers }: DeviceReply): FastifyReply {
  return reply
    .code(status)
    .headers({ 'cache-control': 'no-store', ...headers })
    .type('application/json; charset=utf-8')
    .send(json ?? JSON.stringify(body));
}

/** Headers that were set on a reply which is then written by hand. */
function toHead(reply: FastifyReply): Record<string, string> {
  return Object.fromEntries(Object.entries(reply.getHeaders()).map(([name, value]) => [name, String(value)]));
}

/** Node could not even parse it, or it came too slowly: one JSON answer, then the connection is closed. */
function answerBrokenRequest(error: Error & { readonly code?: string }, socket: Socket): void {
  const answer = answering.get(socket);
  // In the middle of an answer there is no place for another one: it would become part of a file.
  const isAnswering = answer?.headersSent === true && !answer.writableFinished;
  if (error.code === 'ECONNRESET' || !socket.writable || isAnswering) {
    socket.destroy();
    return;
  }
  const text = JSON.stringify(badRequest.body);
  socket.end(
    `HTTP/1.1 400 ${STATUS_CODES[400] ?? ''}\r\nContent-Type: application/json; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n\r\n${text}`,
    () => socket.destroy(),
  );
}
