import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

import type { SimulatedRequest } from '#contract/models/virtual-device.ts';
import { does } from '#contract/texts/simulation-texts.ts';

import { throwIfAborted } from '../app-error.ts';
import type { RawReply } from './classify-reply.ts';
import type { Exchange, OutgoingRequest, Purpose, Transport } from './transport.ts';
import { Trouble } from './trouble.ts';

export type HttpLimits = {
  /** Silence after which the client gives up. */
  readonly silenceMs: number;
  /** The whole exchange, in time of the device. */
  readonly wholeMs?: number | undefined;
};

type Common = {
  readonly purpose: Purpose;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly limits: HttpLimits;
};

export type SendInput = Common & { readonly method: 'POST' | 'PUT' | 'GET' | 'DELETE'; readonly body?: unknown };

export type DownloadInput = Common & {
  readonly intoPath: string;
  /** Bytes of the file that are there already: asked for is the rest. */
  readonly rangeStart: number;
  /** Where the body goes, once its head is known. Null: it is not read. */
  readonly placeAt: (head: DownloadHead) => number | null;
  readonly onProgress: (bytes: number, total: number | null) => void;
  readonly redirects: 'same-scheme' | 'any';
};

export type DownloadHead = { readonly status: number; readonly contentRange: string | undefined };

export type Download = DownloadHead & {
  /** Bytes of this exchange. */
  readonly bytes: number;
  /** Whole length of the file as the head told it; null when it did not. */
  readonly total: number | null;
  /** Of the bytes of this exchange. */
  readonly sha256: string;
};

/** The requests of one virtual device. */
export type HttpClient = {
  /** Rejects when there is no answer; the reply otherwise, whatever its status. */
  send(input: SendInput): Promise<RawReply>;
  /** Saves the body; rejects when it breaks off. */
  download(input: DownloadInput): Promise<Download>;
};

/** A reply longer than this is none of an update server. */
const MAX_REPLY_BYTES = 16 * 1024 * 1024;
/** A bundle beyond this would fill the disk of the machine that plays the phone. */
const MAX_BUNDLE_BYTES = 2 * 1024 ** 3;
const KEPT_TEXT = 16 * 1024;
const MAX_REDIRECTS = 20;

export function createHttpClient({
  transport,
  signal,
  requests,
  refusesDowngrade = false,
}: {
  readonly transport: Transport;
  readonly signal: AbortSignal | undefined;
  /** Every request is added. */
  readonly requests: SimulatedRequest[];
  /** No redirect leads from https to http. */
  readonly refusesDowngrade?: boolean;
}): HttpClient {
  /** Follows redirects as the platforms do: a POST becomes a GET, unless told to stay one (clients.md §1.1). */
  async function exchange(
    first: Pick<OutgoingRequest, 'purpose' | 'method' | 'headers' | 'body' | 'silenceMs'> & { readonly url: string },
    redirects: 'same-scheme' | 'any',
    watch: Stopwatch,
  ): Promise<Exchange> {
    const { purpose, headers, silenceMs } = first;
    const ends = signal ? AbortSignal.any([signal, watch.signal]) : watch.signal;
    let { method, body } = first;
    let url = new URL(first.url);
    for (let hops = 0; ; hops += 1) {
      throwIfAborted(signal);
      const request = { purpose, method, url, headers, body, silenceMs, signal: ends, skip: watch.skip };
      const reply = await transport.exchange(request);
      const target = hops < MAX_REDIRECTS ? redirectOf(reply, url) : null;
      if (!target || (redirects === 'same-scheme' && target.protocol !== url.protocol)) return reply;
      if (refusesDowngrade && url.protocol === 'https:' && target.protocol === 'http:') return reply;
      for await (const _ of reply.body);
      url = target;
      if (reply.status === 307 || reply.status === 308) continue;
      method = 'GET';
      body = undefined;
    }
  }

  return {
    async send({ purpose, method, url, body, headers, limits }) {
      let status: number | null = null;
      let text = '';
      let isInjected = false;
      using watch = createStopwatch(limits.wholeMs);
      try {
        const payload = body === undefined ? undefined : JSON.stringify(body);
        const { silenceMs } = limits;
        const reply = await exchange({ purpose, method, url, headers, body: payload, silenceMs }, 'any', watch);
        status = reply.status;
        isInjected = reply.isInjected;
        text = await readText(reply.body, watch);
        return { status, text, headers: reply.headers };
      } finally {
        requests.push({
          method,
          url,
          status,
          ...(body === undefined ? {} : { request: body }),
          response: text.slice(0, KEPT_TEXT),
          ...(isInjected ? { isInjected } : {}),
        });
      }
    },
    async download({ purpose, url, intoPath, rangeStart, headers, limits, placeAt, onProgress, redirects }) {
      let status: number | null = null;
      let isInjected = false;
      let bytes = 0;
      using watch = createStopwatch(limits.wholeMs);
      const asked = rangeStart > 0 ? { ...headers, range: `bytes=${rangeStart}-` } : headers;
      try {
        const reply = await exchange(
          { purpose, method: 'GET', url, headers: asked, body: undefined, silenceMs: limits.silenceMs },
          redirects,
          watch,
        );
        status = reply.status;
        isInjected = reply.isInjected;
        const head = { status: reply.status, contentRange: reply.headers['content-range'] };
        const position = placeAt(head);
        if (position === null) {
          for await (const _ of reply.body) watch.check();
          return { ...head, bytes, total: null, sha256: '' };
        }
        const isPacked = reply.headers['content-encoding'] === 'gzip';
        const length = Number(reply.headers['content-length'] ?? Number.NaN);
        const expected = Number.isSafeInteger(length) && !isPacked ? length : null;
        const total = expected === null ? null : position + expected;
        const hash = createHash('sha256');
        // Taken before there is a file to put it in: a transfer that breaks off meanwhile would take it along.
        const body = readAtOnce(isPacked ? unpacked(reply.body) : reply.body);
        await using file = await open(intoPath, position > 0 ? 'r+' : 'w', 0o600);
        await file.truncate(position);
        for await (const chunk of body) {
          watch.check();
          bytes += chunk.length;
          if (position + bytes > MAX_BUNDLE_BYTES) throw new Trouble(does('TOO_LARGE'));
          hash.update(chunk);
          await file.write(chunk, 0, chunk.length, position + bytes - chunk.length);
          onProgress(position + bytes, total);
        }
        if (expected !== null && bytes !== expected) throw new Trouble(does('BROKE_OFF'));
        return { ...head, bytes, total, sha256: hash.digest('hex') };
      } finally {
        requests.push({
          method: 'GET',
          url,
          status,
          ...(rangeStart > 0 ? { rangeStart } : {}),
          bytes,
          ...(isInjected ? { isInjected } : {}),
        });
      }
    },
  };
}

function redirectOf({ status, headers }: Exchange, from: URL): URL | null {
  const isRedirect = [301, 302, 303, 307, 308].includes(status);
  return isRedirect && headers.location !== undefined ? URL.parse(headers.location, from.href) : null;
}

/** Transparent decoding of the platform: clients.md §2.1. */
function unpacked(body: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  const gunzip = createGunzip();
  const feed = async (): Promise<void> => {
    for await (const chunk of body) gunzip.write(chunk);
    gunzip.end();
  };
  feed().catch((error: unknown) => gunzip.destroy(error instanceof Error ? error : new Error('unreadable')));
  return gunzip as Readable & AsyncIterable<Buffer>;
}

/** The same pieces, of which the first is asked for now and not when somebody wants it. */
function readAtOnce(body: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  const pieces = body[Symbol.asyncIterator]();
  let first: Promise<IteratorResult<Buffer>> | null = pieces.next();
  // Told to whoever reads it.
  first.catch(() => undefined);
  const reader: AsyncIterator<Buffer> = {
    next() {
      const next = first ?? pieces.next();
      first = null;
      return next;
    },
    return: () => pieces.return?.() ?? Promise.resolve({ done: true, value: undefined }),
  };
  return { [Symbol.asyncIterator]: () => reader };
}

async function readText(body: AsyncIterable<Buffer>, watch: Stopwatch): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    watch.check();
    length += chunk.length;
    if (length > MAX_REPLY_BYTES) throw new Error('the reply is too large');
    parts.push(chunk);
  }
  return Buffer.concat(parts).toString();
}

/** Ends an exchange that takes longer than the client waits, in time that passed and in time that was skipped. */
type Stopwatch = Disposable & {
  readonly signal: AbortSignal;
  readonly skip: (ms: number) => void;
  check(): void;
};

function createStopwatch(wholeMs: number | undefined): Stopwatch {
  const abort = new AbortController();
  const startedMs = performance.now();
  let skippedMs = 0;
  const timer =
    wholeMs === undefined ? undefined : setTimeout(() => abort.abort(new Error('it took too long')), wholeMs);
  return {
    signal: abort.signal,
    skip(ms) {
      skippedMs += ms;
    },
    check() {
      if (wholeMs === undefined || performance.now() - startedMs + skippedMs <= wholeMs) return;
      throw new Trouble(does('TOO_SLOW', { seconds: wholeMs / 1000 }));
    },
    [Symbol.dispose]: () => clearTimeout(timer),
  };
}
