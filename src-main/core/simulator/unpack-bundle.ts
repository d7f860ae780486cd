import { Buffer, isUtf8 } from 'node:buffer';
import { open, type FileHandle } from 'node:fs/promises';
import { promisify } from 'node:util';
import { crc32, inflateRaw } from 'node:zlib';

import type { Entry } from 'yauzl';

import { does, type SimulationSentence } from '#contract/texts/simulation-texts.ts';

import { throwIfAborted } from '../app-error.ts';
import { plainName } from '../bundles/name-rules.ts';
import { readZipDirectory } from '../bundles/zip-directory.ts';
import type { ClientPlatform } from './client-profile.ts';
import type { DeviceFile } from './device-files.ts';
import { flatten } from './flatten.ts';
import type { Session } from './session.ts';
import { Trouble, whyOf } from './trouble.ts';

/** What a client finds when it unpacks a bundle: clients.md §5. */
export type Unpacked =
  | {
      readonly kind: 'unpacked';
      /** After flattening. */
      readonly files: readonly DeviceFile[];
      /** Entries of the zip, folders included. */
      readonly entries: number;
    }
  | { readonly kind: 'failed'; readonly action: UnpackFailure; readonly sentence: SimulationSentence };

export type UnpackFailure = 'windows_path_fail' | 'canonical_path_fail' | 'unzip_fail';

const LOCAL_HEADER_BYTES = 30;
const FLAG_DATA_DESCRIPTOR = 0x0008;
const FLAG_ENCRYPTED = 0x0001;
/** Clients have no limits; the machine that plays one has. */
const MAX_ENTRY_BYTES = 512 * 1024 * 1024;
const MAX_TOTAL_BYTES = 4 * 1024 ** 3;

const inflate = promisify(inflateRaw);

/** Unpacks into the device's files, entry by entry, by the rules of its client. */
export async function unpackBundle(
  zipPath: string,
  {
    profile: { platform },
    dialect,
    files,
    signal,
    onEntry,
  }: Pick<Session, 'profile' | 'dialect' | 'files' | 'signal'> & {
    readonly onEntry: (done: number, total: number) => void;
  },
): Promise<Unpacked> {
  await using file = await open(zipPath, 'r');
  const found = new Map<string, DeviceFile>();
  const entries: Entry[] = [];
  try {
    const { size } = await file.stat();
    for await (const entry of readZipDirectory(file.fd, size)) entries.push(entry);
    let totalBytes = 0;
    for (const [index, entry] of entries.entries()) {
      throwIfAborted(signal);
      const name = nameOf(entry);
      const refusal = refuseName(name, platform, dialect);
      if (refusal) {
        return { kind: 'failed', action: refusal, sentence: does('NAME_REFUSED', { name: JSON.stringify(name) }) };
      }
      const path = plainName(name) ?? '';
      if (!name.endsWith('/') && path !== '') {
        totalBytes += entry.uncompressedSize;
        if (totalBytes > MAX_TOTAL_BYTES) throw new Trouble(does('ZIP_TOO_LARGE'));
        const content = await contentOf(file, entry, platform);
        found.set(path, { path, sha256: await files.put(content), bytes: content.length });
      }
      onEntry(index + 1, entries.length);
    }
  } catch (error) {
    throwIfAborted(signal);
    return { kind: 'failed', action: 'unzip_fail', sentence: unzipSentence(error) };
  }
  return { kind: 'unpacked', files: flatten([...found.values()], platform), entries: entries.length };
}

/** The words of the library for what a broken zip mostly lacks, in ours. */
function unzipSentence(error: unknown): SimulationSentence {
  return error instanceof Error && /^End of central directory/i.test(error.message)
    ? does('ZIP_WITHOUT_END')
    : whyOf(error);
}

function nameOf({ fileNameRaw }: Entry): string {
  // Android's client dies of such a name (clients.md Appendix C, row 12).
  if (!isUtf8(fileNameRaw)) throw new Trouble(does('ZIP_NAME'));
  return fileNameRaw.toString();
}

function refuseName(
  name: string,
  platform: ClientPlatform,
  { isStrict, isWary }: Pick<Session['dialect'], 'isStrict' | 'isWary'>,
): UnpackFailure | null {
  if (name.includes('\\')) return 'windows_path_fail';
  if (name.includes('\0')) return platform === 'ios' ? 'windows_path_fail' : 'canonical_path_fail';
  if (name.startsWith('/') || plainName(name) === null) return 'canonical_path_fail';
  const segments = name.split('/');
  return (isStrict && segments.includes('..')) || (isWary && segments.includes('.')) ? 'canonical_path_fail' : null;
}

async function contentOf(file: FileHandle, entry: Entry, platform: ClientPlatform): Promise<Buffer> {
  const { compressedSize, uncompressedSize, compressionMethod, relativeOffsetOfLocalHeader: offset } = entry;
  const isStored = compressionMethod === 0;
  if (!isStored && compressionMethod !== 8) throw new Trouble(does('ZIP_METHOD'));
  if ((entry.generalPurposeBitFlag & FLAG_ENCRYPTED) !== 0) throw new Trouble(does('ZIP_ENCRYPTED'));
  if (Math.max(compressedSize, uncompressedSize) > MAX_ENTRY_BYTES) throw new Trouble(does('ZIP_ENTRY_LARGE'));
  const head = await readExactly(file, offset, LOCAL_HEADER_BYTES);
  if (head.readUInt32LE(0) !== 0x04_03_4b_50) throw new Trouble(does('ZIP_HEADER'));
  // Android reads the zip as a stream, where such an entry has no end.
  const hasNoEnd = isStored && (head.readUInt16LE(6) & FLAG_DATA_DESCRIPTOR) !== 0;
  if (platform === 'android' && hasNoEnd) throw new Trouble(does('ZIP_DESCRIPTOR'));
  const start = offset + LOCAL_HEADER_BYTES + head.readUInt16LE(26) + head.readUInt16LE(28);
  const packed = await readExactly(file, start, compressedSize);
  const content = isStored ? packed : await inflate(packed, { maxOutputLength: Math.max(1, uncompressedSize) });
  if (content.length !== uncompressedSize) throw new Trouble(does('ZIP_SIZE'));
  // iOS does not look at it (clients.md §5).
  if (platform !== 'ios' && crc32(content) !== entry.crc32) throw new Trouble(does('ZIP_CRC'));
  return content;
}

async function readExactly(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, position);
  if (bytesRead !== length) throw new Trouble(does('ZIP_SHORT'));
  return buffer;
}
