import { createDecipheriv, createHash, constants, publicDecrypt } from 'node:crypto';
import { brotliDecompressSync } from 'node:zlib';

import type { ManifestEntry } from '#contract/device-protocol.ts';

import { androidCheck } from './app-entry.ts';

export type DeltaOffer = {
  readonly version: string;
  readonly url: string;
  readonly checksum: string;
  readonly session_key?: string;
  readonly manifest?: readonly ManifestEntry[];
};

export type Download = {
  /** By the names on the device. */
  readonly files: ReadonlyMap<string, Buffer>;
  /** Bodies that came over the network. */
  readonly fetched: number;
  readonly bytes: number;
};

/** Sends an update check; `fields` are put over those of an Android phone on the store's bundle. */
export async function askForUpdate(updateUrl: string, fields: object = {}): Promise<DeltaOffer> {
  const reply = await fetch(updateUrl, { method: 'POST', body: JSON.stringify({ ...androidCheck, ...fields }) });
  return (await reply.json()) as DeltaOffer;
}

/**
 * Takes a manifest as the client of clients.md §6 does, written from that text and nothing else. `kept` is the client's
 * cache, which it finds files in by hash and last part of their names, and which it fills.
 */
export async function downloadManifest(
  offer: DeltaOffer,
  { publicPem, kept = new Map() }: { readonly publicPem?: string; readonly kept?: Map<string, Buffer> } = {},
): Promise<Download> {
  const files = new Map<string, Buffer>();
  let fetched = 0;
  let bytes = 0;
  const work = async ({ file_name: name, file_hash: sealed, download_url: url }: ManifestEntry): Promise<void> => {
    if (name === '' || sealed === '' || encodeURI(decodeURI(url)) !== url) throw new Error(`bad entry ${name}`);
    const hash = publicPem === undefined ? sealed : openHash(sealed, publicPem);
    const target = name.endsWith('.br') ? name.slice(0, -3) : name;
    if (files.has(target)) throw new Error(`two entries for ${target}`);
    const cacheName = `${hash}_${target.split('/').at(-1)}`;
    let content = kept.get(cacheName);
    if (!content) {
      const response = await fetch(url);
      const body = Buffer.from(await response.arrayBuffer());
      if (response.status !== 200) throw new Error(`${name}: ${response.status}`);
      fetched += 1;
      bytes += body.length;
      const opened = publicPem === undefined ? body : decrypt(body, offer.session_key ?? '', publicPem);
      content = name.endsWith('.br') ? unpack(opened) : opened;
      if (createHash('sha256').update(content).digest('hex') !== hash) throw new Error(`${name}: wrong hash`);
      kept.set(cacheName, content);
    }
    files.set(target, content);
  };
  const queue = (offer.manifest ?? []).values();
  await Promise.all(
    Array.from({ length: 16 }, async () => {
      for (const entry of queue) await work(entry);
    }),
  );
  return { files, fetched, bytes };
}

/** What counts as brotli: clients.md §6.2. */
function unpack(body: Buffer): Buffer {
  const start = body.subarray(0, 3).toString('hex');
  if (body.length === 0 || (body.length === 3 && start === '1b0006')) return Buffer.alloc(0);
  if ((start === '1b0006' || start === '0b0280') && body.at(-1) === 3) return body.subarray(3, -1);
  return brotliDecompressSync(body);
}

function decrypt(body: Buffer, sessionKey: string, publicPem: string): Buffer {
  const [iv = '', key = ''] = sessionKey.split(':');
  const aes = publicDecrypt({ key: publicPem, padding: constants.RSA_PKCS1_PADDING }, Buffer.from(key, 'base64'));
  const decipher = createDecipheriv('aes-128-cbc', aes, Buffer.from(iv, 'base64'));
  return Buffer.concat([decipher.update(body), decipher.final()]);
}

/** Hex of the digest from either form: clients.md §4.4. */
function openHash(sealed: string, publicPem: string): string {
  const isHex = /^[0-9a-f]+$/.test(sealed);
  const bytes = Buffer.from(sealed, isHex ? 'hex' : 'base64');
  const opened = publicDecrypt({ key: publicPem, padding: constants.RSA_PKCS1_PADDING }, bytes);
  return isHex ? opened.toString('hex') : opened.toString('base64');
}
