import { Buffer, isUtf8 } from 'node:buffer';
import { open, type FileHandle } from 'node:fs/promises';
import { promisify } from 'node:util';
import { crc32, inflateRaw } from 'node:zlib';

import type { Entry } from 'yauzl';

import { throwIfAborted } from '../app-error.ts';
import { createCallFinder, pageHasCall } from '../builds/notify-app-ready.ts';
import { plainName } from '../bundles/name-rules.ts';
import { readZipDirectory } from '../bundles/zip-directory.ts';
import type { ClientPlatform } from './client-profile.ts';

/** What a client finds when it unpacks a bundle: clients.md §5. */
export type Unpacked =
  | {
      readonly kind: 'unpacked';
      readonly files: number;
      /** At the root, or at what flattening makes the root: without it the bundle is never set. */
      readonly hasIndexHtml: boolean;
      /** Whether a script calls notifyAppReady, by a search of the text. */
      readonly callsReady: boolean;
    }
  | { readonly kind: 'failed'; readonly action: UnpackFailure; readonly detail: string };

export type UnpackFailure = 'windows_path_fail' | 'canonical_path_fail' | 'unzip_fail';

const LOCAL_HEADER_BYTES = 30;
const FLAG_DATA_DESCRIPTOR = 0x0008;
const FLAG_ENCRYPTED = 0x0001;
/** Clients have no limits; the machine that plays one has. */
const MAX_ENTRY_BYTES = 512 * 1024 * 1024;
const MAX_TOTAL_BYTES = 4 * 1024 ** 3;

const inflate = promisify(inflateRaw);

/** Unpacks in memory, entry by entry, by the rules of the platform's client; nothing is written. */
export async function unpackBundle(
  zipPath: string,
  platform: ClientPlatform,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<Unpacked> {
  await using file = await open(zipPath, 'r');
  const names = new Set<string>();
  let callsReady = false;
  let totalBytes = 0;
  try {
    const { size } = await file.stat();
    for await (const entry of readZipDirectory(file.fd, size)) {
      throwIfAborted(signal);
      const name = nameOf(entry);
      const refusal = refuseName(name, platform);
      if (refusal) return { kind: 'failed', action: refusal, detail: `The name ${JSON.stringify(name)} is refused` };
      const path = plainName(name) ?? '';
      if (name.endsWith('/') || path === '') continue;
      totalBytes += entry.uncompressedSize;
      if (totalBytes > MAX_TOTAL_BYTES) throw new Error('it unpacks to more than a phone holds');
      const content = await contentOf(file, entry, platform);
      names.add(path);
      callsReady ||= hasReadyCall(path, content);
    }
  } catch (error) {
    throwIfAborted(signal);
    return { kind: 'failed', action: 'unzip_fail', detail: error instanceof Error ? error.message : 'unreadable' };
  }
  return { kind: 'unpacked', files: names.size, hasIndexHtml: hasIndexHtml([...names], platform), callsReady };
}

function nameOf({ fileNameRaw }: Entry): string {
  // Android's client dies of such a name (clients.md Appendix C, row 12).
  if (!isUtf8(fileNameRaw)) throw new Error('a name is not UTF-8');
  return fileNameRaw.toString();
}

function refuseName(name: string, platform: ClientPlatform): UnpackFailure | null {
  if (name.includes('\\')) return 'windows_path_fail';
  if (name.includes('\0')) return platform === 'ios' ? 'windows_path_fail' : 'canonical_path_fail';
  if (name.startsWith('/') || plainName(name) === null) return 'canonical_path_fail';
  return null;
}

async function contentOf(file: FileHandle, entry: Entry, platform: ClientPlatform): Promise<Buffer> {
  const { compressedSize, uncompressedSize, compressionMethod, relativeOffsetOfLocalHeader: offset } = entry;
  const isStored = compressionMethod === 0;
  if (!isStored && compressionMethod !== 8) throw new Error('a compression method is not known');
  if ((entry.generalPurposeBitFlag & FLAG_ENCRYPTED) !== 0) throw new Error('an entry is encrypted');
  if (Math.max(compressedSize, uncompressedSize) > MAX_ENTRY_BYTES) throw new Error('an entry is too large');
  const head = await readExactly(file, offset, LOCAL_HEADER_BYTES);
  if (head.readUInt32LE(0) !== 0x04_03_4b_50) throw new Error('a local header is missing');
  // Android reads the zip as a stream, where such an entry has no end.
  const hasNoEnd = isStored && (head.readUInt16LE(6) & FLAG_DATA_DESCRIPTOR) !== 0;
  if (platform === 'android' && hasNoEnd) throw new Error('only DEFLATED entries can have a data descriptor');
  const start = offset + LOCAL_HEADER_BYTES + head.readUInt16LE(26) + head.readUInt16LE(28);
  const packed = await readExactly(file, start, compressedSize);
  const content = isStored ? packed : await inflate(packed, { maxOutputLength: Math.max(1, uncompressedSize) });
  if (content.length !== uncompressedSize) throw new Error('an entry has another size than it says');
  // iOS does not look at it (clients.md §5).
  if (platform !== 'ios' && crc32(content) !== entry.crc32) throw new Error('an entry has a wrong CRC');
  return content;
}

async function readExactly(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, position);
  if (bytesRead !== length) throw new Error('the zip ends too early');
  return buffer;
}

function hasReadyCall(path: string, content: Buffer): boolean {
  if (/\.html?$/i.test(path)) return pageHasCall(content.toString());
  if (!/\.[cm]?js$/i.test(path)) return false;
  const finder = createCallFinder();
  return finder.feed(content) || finder.end();
}

/** Each client makes a single top folder the root in its own way, Electron does not (clients.md §5, §12.1). */
function hasIndexHtml(names: readonly string[], platform: ClientPlatform): boolean {
  if (names.includes('index.html')) return true;
  if (platform === 'electron') return false;
  const tops = new Set(names.map((name) => name.split('/', 1)[0] ?? ''));
  const counted = [...tops].filter((top) => platform === 'ios' || !(top.startsWith('.') || top === '__MACOSX'));
  const [only] = counted;
  return counted.length === 1 && only !== undefined && names.includes(`${only}/index.html`);
}
