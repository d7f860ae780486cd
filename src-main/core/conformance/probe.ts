import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { reasonOf, throwIfAborted } from '../app-error.ts';
import { readZipDirectory } from '../bundles/zip-directory.ts';
import { ANDROID_ZIP_AGENT } from '../simulator/client-profile.ts';
import { parseObject } from '../simulator/reply-fields.ts';
import { createHttpTransport, type Exchange } from '../simulator/transport.ts';
import type { Exchanged, FileFacts } from './facts.ts';

/** Asks a server under test. Follows no redirect: that is one of the things to see (clients.md §13.31). */
export type Probe = Disposable & {
  readonly exchanged: readonly Exchanged[];
  /** Requests so far. */
  count(): number;
  ask(input: {
    readonly label: string;
    readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
    readonly url: string;
    readonly headers?: Readonly<Record<string, string>>;
    /** As it goes over the wire. */
    readonly body?: string;
  }): Promise<Exchanged>;
  /** Fetches a file whole, in part, and beyond its end. */
  file(url: string): Promise<FileFacts>;
  /** The digest of a file's body; rejects for anything but 200. */
  fetch(url: string): Promise<{ readonly body: Buffer }>;
};

const SILENCE_MS = 30_000;
const MAX_TEXT_BYTES = 16 * 1024 * 1024;
const MAX_FILE_BYTES = 1024 * 1024 * 1024;

export function createProbe(signal: AbortSignal | undefined): Probe {
  const transport = createHttpTransport();
  const exchanged: Exchanged[] = [];
  const never = new AbortController().signal;
  let requests = 0;

  function send(
    method: string,
    url: string,
    headers: Readonly<Record<string, string>>,
    body?: string,
  ): Promise<Exchange> {
    throwIfAborted(signal);
    requests += 1;
    return transport.exchange({
      purpose: 'check',
      method,
      url: new URL(url),
      headers,
      body,
      silenceMs: SILENCE_MS,
      signal: signal ?? never,
      skip: () => undefined,
    });
  }

  async function whole(url: string, path: string): Promise<FileFacts['whole']> {
    const startedMs = performance.now();
    const found = { status: null as number | null, contentLength: null as number | null, bytes: 0, sha256: '' };
    try {
      const reply = await send('GET', url, { 'user-agent': ANDROID_ZIP_AGENT });
      found.status = reply.status;
      const length = Number(reply.headers['content-length'] ?? Number.NaN);
      found.contentLength = Number.isSafeInteger(length) ? length : null;
      const hash = createHash('sha256');
      await using file = await open(path, 'w', 0o600);
      for await (const chunk of reply.body) {
        found.bytes += chunk.length;
        if (found.bytes > MAX_FILE_BYTES) throw new Error('the file is too large to look at');
        hash.update(chunk);
        await file.writeFile(chunk);
      }
      found.sha256 = hash.digest('hex');
      return { ...found, tookMs: performance.now() - startedMs, problem: null };
    } catch (error) {
      throwIfAborted(signal);
      return { ...found, tookMs: performance.now() - startedMs, problem: reasonOf(error) };
    }
  }

  async function part(url: string, path: string, start: number): Promise<FileFacts['part']> {
    try {
      const reply = await send('GET', url, { range: `bytes=${start}-` });
      const contentRange = reply.headers['content-range'] ?? null;
      const expected = createHash('sha256');
      await using file = await open(path, 'r');
      for await (const chunk of file.createReadStream({ start, autoClose: false }) as AsyncIterable<Buffer>) {
        expected.update(chunk);
      }
      const found = createHash('sha256');
      for await (const chunk of reply.body) found.update(chunk);
      return { status: reply.status, contentRange, isRight: found.digest('hex') === expected.digest('hex') };
    } catch {
      throwIfAborted(signal);
      return { status: null, contentRange: null, isRight: false };
    }
  }

  async function beyond(url: string, size: number): Promise<FileFacts['beyond']> {
    try {
      const reply = await send('GET', url, { range: `bytes=${size}-` });
      for await (const _ of reply.body);
      return { status: reply.status };
    } catch {
      throwIfAborted(signal);
      return { status: null };
    }
  }

  return {
    exchanged,
    count: () => requests,
    async ask({ label, method, url, headers = {}, body }) {
      let found: Exchanged;
      try {
        const reply = await send(method, url, headers, body);
        const text = await readText(reply);
        const replyHeaders = Object.fromEntries(
          Object.entries(reply.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
        );
        const object = parseObject(text);
        found = {
          label,
          status: reply.status,
          headers: replyHeaders,
          text,
          value: parse(text),
          body: object,
          problem: null,
        };
      } catch (error) {
        throwIfAborted(signal);
        found = { label, status: null, headers: {}, text: '', value: undefined, body: null, problem: reasonOf(error) };
      }
      exchanged.push(found);
      return found;
    },
    async file(url) {
      const folder = await mkdtemp(join(tmpdir(), 'slipway-conformance-'));
      try {
        const path = join(folder, randomBytes(4).toString('hex'));
        const found = await whole(url, path);
        const isThere = found.status === 200 && found.problem === null;
        const none = { status: null, contentRange: null, isRight: false };
        return {
          url,
          whole: found,
          part: isThere && found.bytes > 1 ? await part(url, path, Math.floor(found.bytes / 2)) : none,
          beyond: isThere ? await beyond(url, found.bytes) : { status: null },
          names: isThere ? await namesOf(path, found.bytes) : null,
        };
      } finally {
        await rm(folder, { recursive: true, force: true, maxRetries: 3 });
      }
    },
    async fetch(url) {
      const reply = await send('GET', url, {});
      const parts: Buffer[] = [];
      for await (const chunk of reply.body) parts.push(chunk);
      if (reply.status !== 200) throw new Error(`HTTP ${reply.status}`);
      return { body: Buffer.concat(parts) };
    },
    [Symbol.dispose]: () => transport[Symbol.dispose](),
  };
}

async function readText(reply: Exchange): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of reply.body) {
    length += chunk.length;
    if (length > MAX_TEXT_BYTES) throw new Error('the reply is too large');
    parts.push(chunk);
  }
  return Buffer.concat(parts).toString();
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

async function namesOf(path: string, bytes: number): Promise<string[] | null> {
  await using file = await open(path, 'r');
  try {
    const names: string[] = [];
    for await (const entry of readZipDirectory(file.fd, bytes)) names.push(entry.fileNameRaw.toString());
    return names;
  } catch {
    return null;
  }
}
