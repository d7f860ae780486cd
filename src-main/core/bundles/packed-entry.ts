import type { ZipMethod } from './zip-format.ts';

/** A file of a bundle zip. */
export type PackedEntry = {
  readonly path: string;
  readonly sizeBytes: number;
  /** Lowercase hex SHA-256 of the content. */
  readonly sha256: string;
  readonly compressedBytes: number;
  /** Where its content begins in the zip, when that has it uncompressed; else null. */
  readonly storedAt: number | null;
  readonly method: ZipMethod;
  readonly crc32: number;
  /** Where its local header begins in the zip, and where its bytes end. */
  readonly start: number;
  readonly end: number;
};
