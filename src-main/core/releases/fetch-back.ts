import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { request, type IncomingMessage } from 'node:http';

import { AppError, asStorageError, reasonOf, throwIfAborted } from '../app-error.ts';
import type { DeflatePool } from '../bundles/deflate-pool.ts';
import { verifyBundleZip } from '../bundles/read-zip.ts';
import { decryptBundle } from '../crypto/envelope.ts';
import type { PublicKeyMaterial } from '../crypto/key-material.ts';
import type { ReportProgress } from '../jobs/progress.ts';
import { FETCH_BACK_HEADER, type FetchBackSecret } from './fetch-back-secret.ts';

export type FetchBackInput = {
  /** The file's address on the device listener. */
  readonly url: string;
  /** Of the file that was stored. */
  readonly sha256: string;
  readonly sizeBytes: number;
  /** Where it is stored. */
  readonly storedPath: string;
  readonly secret: FetchBackSecret;
  readonly signal: AbortSignal;
  readonly report: ReportProgress;
};

/** Silence on the socket after which the check gives up. */
const SILENCE_MS = 15_000;
const RANGE_BYTES = 64 * 1024;

/**
 * Downloads a release from the device listener as a phone would: size first, the whole file, then a piece of it
 * (Android resumes with ranges, protocol/clients.md §2). What comes back is what was stored, or this rejects with
 * `VERIFY_FAILED`; or `CANCELLED`.
 */
export function fetchBack(input: FetchBackInput): Promise<void> {
  return asVerification(input.signal, async () => {
    await checkHead(input);
    await checkWhole(input);
    await checkRange(input);
  });
}

export type StoredBundle = {
  /** Of the stored file. */
  readonly path: string;
  /** Where it is decrypted to; removed by the caller. */
  readonly openedPath: string;
  /** How an app would open it; null for a plain one. */
  readonly opening: {
    readonly key: PublicKeyMaterial;
    readonly sessionKey: string;
    readonly checksum: string;
  } | null;
  readonly files: number;
  /** Threads to unpack in. */
  readonly pool: DeflatePool;
  readonly signal: AbortSignal;
};

/**
 * Unpacks a stored bundle by the clients' rules, beside `fetchBack`, which compares what devices get with it.
 * Rejects with `BUNDLE_DAMAGED`, `VERIFY_FAILED`, `DISK_FULL`, `CANCELLED`.
 */
export function checkStored({ path, openedPath, opening, files, pool, signal }: StoredBundle): Promise<void> {
  return asVerification(signal, async () => {
    // With the public part alone, as the app has it; the checksum is compared on the way.
    if (opening) await decryptBundle({ path, out: openedPath, ...opening, signal });
    const found = await verifyBundleZip(opening ? openedPath : path, { signal, pool });
    expectEqual('files', String(found.files), String(files));
    if (!found.hasIndexHtml) throw new AppError('VERIFY_FAILED', { reason: 'index.html did not come back' });
  });
}

async function asVerification(signal: AbortSignal, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throwIfAborted(signal);
    const known = asStorageError(error);
    if (!(known instanceof AppError)) {
      throw new AppError('VERIFY_FAILED', { reason: reasonOf(error) }, { cause: error });
    }
    if (known.code !== 'ZIP_INVALID' && known.code !== 'ZIP_UNSAFE') throw known;
    // Not the zip that somebody gave, if it was one: the one that was made of it.
    throw new AppError('BUNDLE_DAMAGED', { reason: String(known.params['reason']) }, { cause: error });
  }
}

async function checkHead(input: FetchBackInput): Promise<void> {
  const response = await send(input, 'HEAD', {});
  response.resume();
  expectStatus(response, 200);
  expectEqual('Content-Length', response.headers['content-length'], String(input.sizeBytes));
}

async function checkWhole(input: FetchBackInput): Promise<void> {
  const response = await send(input, 'GET', {});
  expectStatus(response, 200);
  expectEqual('Content-Length', response.headers['content-length'], String(input.sizeBytes));
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > input.sizeBytes) throw differs('bytes', String(bytes), String(input.sizeBytes));
    hash.update(chunk);
    input.report({ done: bytes, total: input.sizeBytes, unit: 'bytes' });
  }
  expectEqual('bytes', String(bytes), String(input.sizeBytes));
  expectEqual('SHA-256', hash.digest('hex'), input.sha256);
}

async function checkRange(input: FetchBackInput): Promise<void> {
  const start = Math.floor(input.sizeBytes / 3);
  const end = Math.min(start + RANGE_BYTES, input.sizeBytes) - 1;
  const response = await send(input, 'GET', { range: `bytes=${start}-${end}` });
  expectStatus(response, 206);
  expectEqual('Content-Range', response.headers['content-range'], `bytes ${start}-${end}/${input.sizeBytes}`);
  const parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > RANGE_BYTES) break;
    parts.push(chunk);
  }
  await using file = await open(input.storedPath, 'r');
  const expected = Buffer.alloc(end - start + 1);
  await file.read(expected, 0, expected.length, start);
  if (!Buffer.concat(parts).equals(expected)) throw new AppError('VERIFY_FAILED', { reason: 'a range differs' });
}

function send(
  { url, secret, signal }: FetchBackInput,
  method: 'GET' | 'HEAD',
  headers: Readonly<Record<string, string>>,
): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const outgoing = request(
    url,
    // A connection of its own: a kept one would hold up the listener's close.
    { method, agent: false, signal, timeout: SILENCE_MS, headers: { ...headers, [FETCH_BACK_HEADER]: secret.value } },
    resolve,
  );
  outgoing.on('timeout', () => outgoing.destroy(new Error('no answer')));
  outgoing.on('error', reject);
  outgoing.end();
  return promise;
}

function expectStatus(response: IncomingMessage, status: number): void {
  if (response.statusCode === status) return;
  response.resume();
  throw differs('status', String(response.statusCode), String(status));
}

function expectEqual(what: string, found: string | undefined, expected: string): void {
  if (found !== expected) throw differs(what, found ?? 'none', expected);
}

function differs(what: string, found: string, expected: string): AppError {
  return new AppError('VERIFY_FAILED', { reason: `${what} is ${found} instead of ${expected}` });
}
