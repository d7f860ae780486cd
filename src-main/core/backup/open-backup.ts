import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';

import { AppError, reasonOf, systemErrorCode, throwIfAborted } from '../app-error.ts';
import { readZipDirectory } from '../bundles/zip-directory.ts';
import { LOCAL_HEADER_BYTES, LOCAL_HEADER_SIGNATURE, METHOD_STORED } from '../bundles/zip-format.ts';
import { openWithPassphrase } from '../crypto/passphrase-box.ts';
import { latestDatabaseVersion } from '../storage/migrate.ts';
import {
  backupManifestSchema,
  BLOB_ENTRY,
  DATABASE_ENTRY,
  KEYS_ENTRY,
  MANIFEST_ENTRY,
  type BackupManifest,
} from './backup-format.ts';

const MANIFEST_LIMIT_BYTES = 256 * 1024 * 1024;
const KEYS_LIMIT_BYTES = 64 * 1024 * 1024;
const ENTRY_LIMIT = 1_000_010;
const CHUNK_BYTES = 1024 * 1024;

type Entry = { readonly offset: number; readonly bytes: number };
type Part = { readonly sha256: string; readonly bytes: number };

/** A backup that was looked through: nothing of it was written anywhere yet. */
export type OpenBackup = AsyncDisposable & {
  readonly manifest: BackupManifest;
  /** Writes an entry to a new file; it must hold exactly what the manifest says. Rejects with `BACKUP_DAMAGED`. */
  extract(
    name: string,
    part: Part,
    toPath: string,
    options: { readonly signal: AbortSignal; readonly onBytes: (bytes: number) => void },
  ): Promise<void>;
  /** The sealed keys; null without. */
  readKeys(): Promise<Buffer | null>;
};

/**
 * Opens a backup and refuses what none can be. No path ever comes from the file: its entries have to be exactly those
 * that its manifest names, by names that are fixed or digests.
 * Rejects with `SOURCE_NOT_FOUND`, `SOURCE_UNREADABLE`, `BACKUP_DAMAGED`, `BACKUP_TOO_NEW`.
 */
export async function openBackup(path: string): Promise<OpenBackup> {
  const file = await open(path, 'r').catch((error: unknown) => {
    if (systemErrorCode(error) === 'ENOENT') throw new AppError('SOURCE_NOT_FOUND', { path }, { cause: error });
    throw new AppError('SOURCE_UNREADABLE', { path, reason: reasonOf(error) }, { cause: error });
  });
  try {
    const entries = await listEntries(file);
    const manifest = await readManifest(file, entries);
    assertEntries(entries, manifest);
    return {
      manifest,
      async extract(name, { sha256, bytes }, toPath, { signal, onBytes }) {
        const entry = entries.get(name);
        if (!entry || entry.bytes !== bytes) throw damaged(`${name} has another size`);
        const start = await dataStart(file, entry, name);
        await using target = await open(toPath, 'wx', 0o600);
        const hash = createHash('sha256');
        const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
        for (let done = 0; done < bytes;) {
          throwIfAborted(signal);
          const { bytesRead } = await file.read(buffer, 0, Math.min(CHUNK_BYTES, bytes - done), start + done);
          if (bytesRead === 0) throw damaged(`${name} is cut off`);
          const chunk = buffer.subarray(0, bytesRead);
          hash.update(chunk);
          await target.writeFile(chunk);
          done += bytesRead;
          onBytes(bytesRead);
        }
        if (hash.digest('hex') !== sha256) throw damaged(`${name} holds other bytes than were saved`);
        await target.sync();
      },
      async readKeys() {
        if (manifest.keys === null) return null;
        const content = await readEntry(file, entries, KEYS_ENTRY, KEYS_LIMIT_BYTES);
        const sha256 = createHash('sha256').update(content).digest('hex');
        if (sha256 !== manifest.keys.sha256) throw damaged('the keys hold other bytes than were saved');
        return content;
      },
      [Symbol.asyncDispose]: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/**
 * Refuses what `stageRestore` would refuse of the file itself and of its passphrase, and writes nothing: for who has to
 * know before there is a data folder. Rejects with the codes of `openBackup`, `PASSPHRASE_WRONG`, `SEAL_DAMAGED`.
 */
export async function tryBackup(path: string, passphrase: string | null): Promise<void> {
  await using backup = await openBackup(path);
  const box = passphrase === null ? null : await backup.readKeys();
  if (passphrase !== null && box !== null) await openWithPassphrase(box, passphrase);
}

async function listEntries(file: FileHandle): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>();
  const { size } = await file.stat();
  try {
    for await (const entry of readZipDirectory(file.fd, size)) {
      const name = entry.fileNameRaw.toString();
      const { compressedSize, uncompressedSize, compressionMethod, relativeOffsetOfLocalHeader: offset } = entry;
      if (![MANIFEST_ENTRY, DATABASE_ENTRY, KEYS_ENTRY].includes(name) && !BLOB_ENTRY.test(name)) {
        throw damaged('it has an entry that belongs into no backup');
      }
      if (entries.has(name) || entries.size >= ENTRY_LIMIT) throw damaged('it has an entry twice');
      const isPlain = compressionMethod === METHOD_STORED && compressedSize === uncompressedSize;
      if (!isPlain || (entry.generalPurposeBitFlag & 1) !== 0) throw damaged(`${name} is packed`);
      if (offset + LOCAL_HEADER_BYTES + uncompressedSize > size) throw damaged(`${name} lies outside of the file`);
      entries.set(name, { offset, bytes: uncompressedSize });
    }
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('BACKUP_DAMAGED', { reason: reasonOf(error) }, { cause: error });
  }
  return entries;
}

async function readManifest(file: FileHandle, entries: ReadonlyMap<string, Entry>): Promise<BackupManifest> {
  const text = (await readEntry(file, entries, MANIFEST_ENTRY, MANIFEST_LIMIT_BYTES)).toString();
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new AppError('BACKUP_DAMAGED', { reason: 'its manifest is no JSON' }, { cause: error });
  }
  const found = typeof content === 'object' && content !== null ? (content as Record<string, unknown>) : {};
  const { databaseVersion, format } = found;
  // Looked at first: a later form of the manifest may be one that this program cannot read.
  const isLater = typeof format === 'string' && /^slipway-backup-\d+$/.test(format) && format !== 'slipway-backup-1';
  if (isLater || (typeof databaseVersion === 'number' && databaseVersion > latestDatabaseVersion)) {
    throw new AppError('BACKUP_TOO_NEW', { found: String(databaseVersion ?? format), known: latestDatabaseVersion });
  }
  const manifest = backupManifestSchema.safeParse(content);
  if (!manifest.success) throw damaged('its manifest cannot be read');
  return manifest.data;
}

/** Nothing missing, nothing more. */
function assertEntries(entries: ReadonlyMap<string, Entry>, { blobs, keys }: BackupManifest): void {
  const expected = new Set([
    MANIFEST_ENTRY,
    DATABASE_ENTRY,
    ...(keys === null ? [] : [KEYS_ENTRY]),
    ...blobs.map(({ sha256 }) => `blobs/${sha256}`),
  ]);
  const missing = [...expected].find((name) => !entries.has(name));
  if (missing !== undefined) throw damaged(`${missing} is missing`);
  if (entries.size !== expected.size) throw damaged('it has an entry that its manifest does not name');
}

async function readEntry(
  file: FileHandle,
  entries: ReadonlyMap<string, Entry>,
  name: string,
  limitBytes: number,
): Promise<Buffer> {
  const entry = entries.get(name);
  if (!entry || entry.bytes > limitBytes) throw damaged(`${name} is missing or too large`);
  const content = Buffer.alloc(entry.bytes);
  const start = await dataStart(file, entry, name);
  const { bytesRead } = await file.read(content, 0, content.length, start);
  if (bytesRead !== content.length) throw damaged(`${name} is cut off`);
  return content;
}

async function dataStart(file: FileHandle, { offset }: Entry, name: string): Promise<number> {
  const header = Buffer.alloc(LOCAL_HEADER_BYTES);
  const { bytesRead } = await file.read(header, 0, LOCAL_HEADER_BYTES, offset);
  if (bytesRead !== LOCAL_HEADER_BYTES || header.readUInt32LE(0) !== LOCAL_HEADER_SIGNATURE) {
    throw damaged(`${name} has no header`);
  }
  return offset + LOCAL_HEADER_BYTES + header.readUInt16LE(26) + header.readUInt16LE(28);
}

export function damaged(reason: string): AppError {
  return new AppError('BACKUP_DAMAGED', { reason });
}
