import type { DeflatedEntry } from './deflate-protocol.ts';
import { localHeaderBytes, METHOD_STORED } from './zip-format.ts';

/** A file of a bundle zip. */
export type PackedEntry = DeflatedEntry & {
  /** Where its content begins in the zip, when that has it uncompressed; else null. */
  readonly storedAt: number | null;
  /** Where its local header begins in the zip, and where its bytes end. */
  readonly start: number;
  readonly end: number;
};

/** An entry in the zip in which its local header begins at `start`. */
export function placeEntry(entry: DeflatedEntry, start: number): PackedEntry {
  return withPlace(entry, start, start + localHeaderBytes(entry) + entry.compressedBytes);
}

/** The same entry in a zip in which it lies `shift` bytes further on. */
export function moveEntry(entry: PackedEntry, shift: number): PackedEntry {
  return withPlace(entry, entry.start + shift, entry.end + shift);
}

/** Written out, not spread: there are tens of thousands, and engines copy a known shape several times faster. */
export function withPlace(entry: DeflatedEntry, start: number, end: number): PackedEntry {
  const { path, method, crc32, sha256, sizeBytes, compressedBytes } = entry;
  const storedAt = method === METHOD_STORED ? end - compressedBytes : null;
  return { path, method, crc32, sha256, sizeBytes, compressedBytes, storedAt, start, end };
}
