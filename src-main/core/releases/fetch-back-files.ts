import { createDecipheriv, hash } from 'node:crypto';
import { Agent, request } from 'node:http';
import { buffer } from 'node:stream/consumers';

import { AppError, reasonOf, throwIfAborted } from '../app-error.ts';
import { openBrotliBody } from '../bundles/open-body.ts';
import type { PublicKeyMaterial } from '../crypto/key-material.ts';
import { openChecksum, type SessionKey } from '../crypto/sealed-values.ts';
import type { FileBody, ReleaseFile } from '../storage/release-file-repository.ts';
import { filePath } from '../updates/device-paths.ts';
import { visitInTurns } from '../visit-in-turns.ts';
import { FETCH_BACK_HEADER, type FetchBackSecret } from './fetch-back-secret.ts';

export type FetchBackFilesInput = {
  /** Scheme, host and port of the device listener. */
  readonly base: string;
  readonly token: string;
  readonly files: readonly ReleaseFile[];
  /** The stored file with the bodies that no release had before. */
  readonly newHolder: string | null;
  /** How an app opens the bodies; null for a plain release. */
  readonly session: SessionKey | null;
  readonly key: PublicKeyMaterial | null;
  readonly secret: FetchBackSecret;
  readonly signal: AbortSignal;
};

/** Bodies that are fetched; the pack as a whole was digested when it was written. */
const SAMPLE_FILES = 200;
/** Of those that earlier releases have: they were fetched when they came, and are served the same way. */
const SAMPLE_KNOWN_FILES = 40;
/** Larger ones are left to their pack's digest: this check holds what it fetches in memory. */
const SAMPLE_BYTES = 8 * 1024 * 1024;
const PARALLEL = 8;
const SILENCE_MS = 15_000;

type WithBody = ReleaseFile & { readonly body: FileBody };

/**
 * Fetches files of a release from the device listener and makes of each what a phone does: decrypt, unpack, compare
 * (protocol/clients.md §6). Of many files a sample, spread over the whole list, and the ones with unusual names or forms.
 * Rejects with `VERIFY_FAILED`, `CANCELLED`.
 */
export async function fetchBackFiles(input: FetchBackFilesInput): Promise<void> {
  const added: ReleaseFile[] = [];
  const known: ReleaseFile[] = [];
  await visitInTurns(input.files, (file) => {
    (file.body?.holderSha256 === input.newHolder ? added : known).push(file);
  });
  const queue = [...sampleOf(added, SAMPLE_FILES), ...sampleOf(known, SAMPLE_KNOWN_FILES)].values();
  const agent = new Agent({ keepAlive: true, maxSockets: PARALLEL });
  const work = async (): Promise<void> => {
    for (const file of queue) {
      throwIfAborted(input.signal);
      await checkFile(file, input, agent);
    }
  };
  try {
    await Promise.all(Array.from({ length: PARALLEL }, work));
  } finally {
    // A kept connection would hold up the listener's close.
    agent.destroy();
  }
}

/** Files of every kind: spread evenly, and all that are unlike the rest as far as there is room. */
function sampleOf(files: readonly ReleaseFile[], count: number): WithBody[] {
  const all = files.filter((file): file is WithBody => file.body !== null && file.body.sizeBytes <= SAMPLE_BYTES);
  if (all.length <= count) return all;
  const odd = all.filter(({ path, sizeBytes }) => sizeBytes === 0 || !/^[\w./-]+$/.test(path) || path.endsWith('.br'));
  const chosen = new Set(odd.slice(0, count / 2));
  const step = all.length / (count - chosen.size);
  for (let at = 0; at < all.length; at += step) {
    const file = all[Math.floor(at)];
    if (file) chosen.add(file);
  }
  return [...chosen];
}

async function checkFile(file: WithBody, input: FetchBackFilesInput, agent: Agent): Promise<void> {
  try {
    const { body } = file;
    const received = await fetchBody(body, input, agent);
    expectEqual('SHA-256 of the body', hash('sha256', received, 'hex'), body.sha256);
    const opened = input.session ? decrypt(received, input.session) : received;
    const content = body.isBrotli ? await openBrotliBody(opened, file.sizeBytes) : opened;
    expectEqual('SHA-256 of the file', hash('sha256', content, 'hex'), file.sha256);
    if (input.key) expectEqual('sealed hash', openChecksum(body.sealedHash ?? '', input.key).sha256, file.sha256);
  } catch (error) {
    throwIfAborted(input.signal);
    const reason = error instanceof AppError ? String(error.params['reason'] ?? error.code) : reasonOf(error);
    throw new AppError('VERIFY_FAILED', { reason: `${file.path}: ${reason}` }, { cause: error });
  }
}

async function fetchBody(
  body: FileBody,
  { base, token, secret, signal }: FetchBackFilesInput,
  agent: Agent,
): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const outgoing = request(
    base + filePath(token, body),
    { agent, signal, timeout: SILENCE_MS, headers: { [FETCH_BACK_HEADER]: secret.value } },
    (response) => {
      const length = response.headers['content-length'];
      if (response.statusCode === 200 && length === String(body.sizeBytes)) {
        buffer(response).then(resolve, reject);
        return;
      }
      response.resume();
      reject(new Error(`status is ${response.statusCode}, Content-Length ${length ?? 'none'}`));
    },
  );
  outgoing.on('timeout', () => outgoing.destroy(new Error('no answer')));
  outgoing.on('error', reject);
  outgoing.end();
  return promise;
}

function decrypt(body: Uint8Array, { key, iv }: SessionKey): Buffer {
  const decipher = createDecipheriv('aes-128-cbc', key, iv);
  return Buffer.concat([decipher.update(body), decipher.final()]);
}

function expectEqual(what: string, found: string, expected: string): void {
  if (found === expected) return;
  throw new AppError('VERIFY_FAILED', { reason: `${what} is ${found} instead of ${expected}` });
}
