import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';

import { throwIfAborted } from '../app-error.ts';
import { VIRTUAL_HEADER } from '../devices/downloads.ts';
import type { RawReply } from './classify-reply.ts';

/** A request that a virtual device made. */
export type SimulatedRequest = {
  readonly method: string;
  readonly url: string;
  /** Null: no answer. */
  readonly status: number | null;
  readonly request?: unknown;
  readonly response?: string;
  readonly bytes?: number;
};

export type HttpLimits = {
  /** Silence after which the client gives up. */
  readonly silenceMs: number;
  /** The whole exchange. */
  readonly wholeMs?: number;
};

/** Connections of one virtual device. Kept open between requests, as the clients' own are. */
export type HttpClient = Disposable & {
  /** Rejects when there is no answer; the reply otherwise, whatever its status. */
  send(input: {
    readonly method: 'POST' | 'PUT' | 'GET';
    readonly url: string;
    readonly body?: unknown;
    readonly headers: Readonly<Record<string, string>>;
    readonly limits: HttpLimits;
  }): Promise<RawReply>;
  /** Saves the body; rejects when it breaks off. Files of another status than 200 and 206 are not read. */
  download(input: {
    readonly url: string;
    readonly intoPath: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly limits: HttpLimits;
    readonly onProgress: (bytes: number, total: number | null) => void;
  }): Promise<{ readonly status: number; readonly bytes: number; readonly sha256: string }>;
};

/** A reply longer than this is none of an update server. */
const MAX_REPLY_BYTES = 4 * 1024 * 1024;
/** A bundle beyond this would fill the disk of the machine that plays the phone. */
const MAX_BUNDLE_BYTES = 2 * 1024 ** 3;
const KEPT_TEXT = 16 * 1024;

export function createHttpClient({
  signal,
  requests,
}: {
  readonly signal: AbortSignal | undefined;
  /** Every request is added. */
  readonly requests: SimulatedRequest[];
}): HttpClient {
  const agents = { 'http:': new http.Agent({ keepAlive: true }), 'https:': new https.Agent({ keepAlive: true }) };

  function request(
    url: string,
    method: string,
    headers: Readonly<Record<string, string>>,
    body: string | undefined,
    { silenceMs, wholeMs }: HttpLimits,
  ): Promise<IncomingMessage> {
    throwIfAborted(signal);
    const target = new URL(url);
    if (target.protocol !== 'http:' && target.protocol !== 'https:') {
      throw new TypeError(`${target.protocol} is no http`);
    }
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const signals = [signal, wholeMs === undefined ? undefined : AbortSignal.timeout(wholeMs)];
    const outgoing = (target.protocol === 'https:' ? https : http).request(
      target,
      {
        method,
        agent: agents[target.protocol],
        timeout: silenceMs,
        signal: AbortSignal.any(signals.filter((each) => each !== undefined)),
        headers: {
          ...headers,
          [VIRTUAL_HEADER]: '1',
          ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
        },
      },
      resolve,
    );
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer in time')));
    outgoing.on('error', reject);
    outgoing.end(body);
    return promise;
  }

  return {
    async send({ method, url, body, headers, limits }) {
      let status: number | null = null;
      let text = '';
      try {
        const payload = body === undefined ? undefined : JSON.stringify(body);
        const response = await request(url, method, headers, payload, limits);
        status = response.statusCode ?? 0;
        text = await readText(response);
        return { status, text };
      } finally {
        requests.push({ method, url, status, request: body, response: text.slice(0, KEPT_TEXT) });
      }
    },
    async download({ url, intoPath, headers, limits, onProgress }) {
      let status: number | null = null;
      let bytes = 0;
      try {
        const response = await request(url, 'GET', headers, undefined, limits);
        status = response.statusCode ?? 0;
        if (status !== 200 && status !== 206) {
          response.resume();
          return { status, bytes, sha256: '' };
        }
        const length = Number(response.headers['content-length'] ?? Number.NaN);
        const total = Number.isSafeInteger(length) ? length : null;
        const hash = createHash('sha256');
        await using file = await open(intoPath, 'w', 0o600);
        for await (const chunk of response as AsyncIterable<Buffer>) {
          bytes += chunk.length;
          if (bytes > MAX_BUNDLE_BYTES) throw new Error('the file is too large for a phone');
          hash.update(chunk);
          await file.writeFile(chunk);
          onProgress(bytes, total);
        }
        if (total !== null && bytes !== total) throw new Error('the transfer broke off');
        return { status, bytes, sha256: hash.digest('hex') };
      } finally {
        requests.push({ method: 'GET', url, status, bytes });
      }
    },
    [Symbol.dispose]() {
      agents['http:'].destroy();
      agents['https:'].destroy();
    },
  };
}

async function readText(response: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_REPLY_BYTES) throw new Error('the reply is too large');
    parts.push(chunk);
  }
  return Buffer.concat(parts).toString();
}
