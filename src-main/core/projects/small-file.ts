import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** A text file as it stands on disk. */
export type TextFile = {
  /** Without the byte order mark. */
  readonly text: string;
  readonly hasBom: boolean;
  /** Lowercase hex SHA-256 of its bytes. */
  readonly hash: string;
  /** Permission bits. */
  readonly mode: number;
};

/** Why a file was not read, in words for a sentence; `missing` when there is none. */
export class SmallFileError extends Error {
  readonly isMissing: boolean;

  constructor(reason: string, options: { readonly isMissing?: boolean; readonly cause?: unknown } = {}) {
    super(reason, { cause: options.cause });
    this.name = 'SmallFileError';
    this.isMissing = options.isMissing ?? false;
  }
}

/** Far above any real Capacitor config, package.json or manifest. */
export const smallFileLimitBytes = 512 * 1024;

/**
 * Reads a UTF-8 text file of somebody's project. Pipes, devices and huge files are refused before a byte of them
 * is read: the folder may come from anywhere, and a config may be a link to anything. Throws `SmallFileError`.
 */
export async function readSmallFile(path: string, limitBytes = smallFileLimitBytes): Promise<TextFile> {
  // O_NONBLOCK: opening a named pipe would otherwise wait for a writer for ever. Windows has no such flag.
  const flags = constants.O_RDONLY | ((constants.O_NONBLOCK as number | undefined) ?? 0);
  let bytes: Buffer;
  let mode: number;
  try {
    await using file = await open(path, flags);
    const stats = await file.stat();
    if (!stats.isFile()) throw new SmallFileError('it is not a file');
    if (stats.size > limitBytes) throw new SmallFileError(`it is larger than ${limitBytes / 1024} KiB`);
    bytes = Buffer.alloc(stats.size);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
    bytes = bytes.subarray(0, bytesRead);
    mode = stats.mode & 0o777;
  } catch (error) {
    throw asSmallFileError(error);
  }
  const hash = createHash('sha256').update(bytes).digest('hex');
  const text = decodeUtf8(bytes);
  const hasBom = text.startsWith('\uFEFF');
  return { text: hasBom ? text.slice(1) : text, hasBom, hash, mode };
}

function decodeUtf8(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new SmallFileError('it is not UTF-8 text', { cause: error });
  }
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'no permission',
  EPERM: 'no permission',
  EISDIR: 'it is a folder',
  ELOOP: 'it is a link that leads to itself',
  ENXIO: 'it is not a file',
};

function asSmallFileError(error: unknown): SmallFileError {
  if (error instanceof SmallFileError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  const isMissing = code === 'ENOENT' || code === 'ENOTDIR';
  return new SmallFileError(isMissing ? 'there is no such file' : (reasons[code] ?? code), { isMissing, cause: error });
}
