/** How an entry's bytes are kept: the zip format's own numbers. */
export const METHOD_STORED = 0;
export const METHOD_DEFLATE = 8;
export type ZipMethod = typeof METHOD_STORED | typeof METHOD_DEFLATE;

/** What the headers of one entry say; every value is known before its header is written. */
export type ZipEntryHead = {
  /** `/`-separated relative name. */
  readonly path: string;
  readonly method: ZipMethod;
  readonly crc32: number;
  readonly compressedBytes: number;
  readonly sizeBytes: number;
};

export const LOCAL_HEADER_SIGNATURE = 0x04034b50;
export const LOCAL_HEADER_BYTES = 30;
const CENTRAL_HEADER_SIGNATURE = 0x02014b50;
const CENTRAL_HEADER_BYTES = 46;
const END_SIGNATURE = 0x06054b50;
const END_BYTES = 22;
const ZIP64_END_SIGNATURE = 0x06064b50;
const ZIP64_END_BYTES = 56;
const ZIP64_LOCATOR_SIGNATURE = 0x07064b50;
const ZIP64_LOCATOR_BYTES = 20;
const ZIP64_EXTRA_ID = 0x0001;

const UINT16_MAX = 0xffff;
const UINT32_MAX = 0xffffffff;

/** A name's length has 16 bits. */
const MAXIMUM_NAME_BYTES = UINT16_MAX;
/** With both sizes and the offset in a zip64 field. */
const LONGEST_RECORD_BYTES = CENTRAL_HEADER_BYTES + MAXIMUM_NAME_BYTES + 28;
const DIRECTORY_PIECE_BYTES = 512 * 1024;
const NOTHING: readonly number[] = [];

/** Names are UTF-8: bit 11 of the general purpose flags. */
const FLAG_UTF8 = 0x0800;
/** 1980-01-01 00:00:00, the earliest date of the format: equal content, equal bytes, in every time zone. */
const FIXED_DATE = (1 << 5) | 1;
const FIXED_TIME = 0;
const VERSION_STORED = 10;
const VERSION_DEFLATE = 20;
const VERSION_ZIP64 = 45;
const MADE_BY_UNIX = 3 << 8;
/** Regular file, rw-r--r--, in the upper half of the external attributes. */
const EXTERNAL_ATTRIBUTES = (0o100644 << 16) >>> 0;

/** How long `localHeader` is. */
export function localHeaderBytes({
  path,
  sizeBytes,
  compressedBytes,
}: Pick<ZipEntryHead, 'path' | 'sizeBytes' | 'compressedBytes'>): number {
  const needsZip64 = sizeBytes >= UINT32_MAX || compressedBytes >= UINT32_MAX;
  return LOCAL_HEADER_BYTES + Buffer.byteLength(path) + (needsZip64 ? 20 : 0);
}

/** The header before an entry's bytes. Zip64 fields appear only where a size does not fit 32 bits. */
export function localHeader(entry: ZipEntryHead): Buffer {
  const needsZip64 = entry.sizeBytes >= UINT32_MAX || entry.compressedBytes >= UINT32_MAX;
  const extraBytes = needsZip64 ? 20 : 0;
  const header = Buffer.alloc(localHeaderBytes(entry));
  const nameBytes = header.write(entry.path, LOCAL_HEADER_BYTES);
  header.writeUInt32LE(LOCAL_HEADER_SIGNATURE, 0);
  header.writeUInt16LE(versionNeeded(entry.method, needsZip64), 4);
  header.writeUInt16LE(FLAG_UTF8, 6);
  header.writeUInt16LE(entry.method, 8);
  header.writeUInt16LE(FIXED_TIME, 10);
  header.writeUInt16LE(FIXED_DATE, 12);
  header.writeUInt32LE(entry.crc32, 14);
  header.writeUInt32LE(needsZip64 ? UINT32_MAX : entry.compressedBytes, 18);
  header.writeUInt32LE(needsZip64 ? UINT32_MAX : entry.sizeBytes, 22);
  header.writeUInt16LE(nameBytes, 26);
  header.writeUInt16LE(extraBytes, 28);
  if (needsZip64) {
    // In a local header both sizes have to be there, whichever of them overflowed.
    const at = LOCAL_HEADER_BYTES + nameBytes;
    header.writeUInt16LE(ZIP64_EXTRA_ID, at);
    header.writeUInt16LE(16, at + 2);
    header.writeBigUInt64LE(BigInt(entry.sizeBytes), at + 4);
    header.writeBigUInt64LE(BigInt(entry.compressedBytes), at + 12);
  }
  return header;
}

/**
 * The directory of entries whose local headers begin at their `start`, in pieces that are good until the next is asked
 * for: tens of thousands of records, each in memory of its own, would cost more than the rest of packing a build again.
 */
export function* centralDirectory(
  entries: Iterable<ZipEntryHead & { readonly start: number }>,
): Generator<Uint8Array, void> {
  const piece = Buffer.alloc(DIRECTORY_PIECE_BYTES);
  let at = 0;
  for (const entry of entries) {
    if (at + LONGEST_RECORD_BYTES > piece.length) {
      yield piece.subarray(0, at);
      at = 0;
    }
    at = writeRecord(piece, at, entry, entry.start);
  }
  yield piece.subarray(0, at);
}

/** Returns where the record ends. */
function writeRecord(piece: Buffer, start: number, entry: ZipEntryHead, offset: number): number {
  const { path, method, sizeBytes, compressedBytes } = entry;
  const isWide = sizeBytes >= UINT32_MAX || compressedBytes >= UINT32_MAX || offset >= UINT32_MAX;
  const wide = isWide ? [sizeBytes, compressedBytes, offset].filter((value) => value >= UINT32_MAX) : NOTHING;
  const extraBytes = isWide ? 4 + 8 * wide.length : 0;
  const version = versionNeeded(method, isWide);
  const nameBytes = piece.write(path, start + CENTRAL_HEADER_BYTES, MAXIMUM_NAME_BYTES);
  piece.writeUInt32LE(CENTRAL_HEADER_SIGNATURE, start);
  piece.writeUInt16LE(MADE_BY_UNIX | version, start + 4);
  piece.writeUInt16LE(version, start + 6);
  piece.writeUInt16LE(FLAG_UTF8, start + 8);
  piece.writeUInt16LE(method, start + 10);
  piece.writeUInt16LE(FIXED_TIME, start + 12);
  piece.writeUInt16LE(FIXED_DATE, start + 14);
  piece.writeUInt32LE(entry.crc32, start + 16);
  piece.writeUInt32LE(Math.min(compressedBytes, UINT32_MAX), start + 20);
  piece.writeUInt32LE(Math.min(sizeBytes, UINT32_MAX), start + 24);
  piece.writeUInt16LE(nameBytes, start + 28);
  piece.writeUInt16LE(extraBytes, start + 30);
  // No comment, the only disk, no internal attributes.
  piece.fill(0, start + 32, start + 38);
  piece.writeUInt32LE(EXTERNAL_ATTRIBUTES, start + 38);
  piece.writeUInt32LE(Math.min(offset, UINT32_MAX), start + 42);
  let at = start + CENTRAL_HEADER_BYTES + nameBytes;
  if (!isWide) return at;
  piece.writeUInt16LE(ZIP64_EXTRA_ID, at);
  piece.writeUInt16LE(8 * wide.length, at + 2);
  at += 4;
  for (const value of wide) {
    piece.writeBigUInt64LE(BigInt(value), at);
    at += 8;
  }
  return at;
}

/** The records that close a zip; the zip64 ones only when a number does not fit the old ones. */
export function endOfCentralDirectory(directory: {
  readonly entries: number;
  readonly bytes: number;
  readonly offset: number;
}): Buffer {
  const { entries, bytes, offset } = directory;
  const needsZip64 = entries >= UINT16_MAX || bytes >= UINT32_MAX || offset >= UINT32_MAX;
  const end = Buffer.alloc(END_BYTES);
  end.writeUInt32LE(END_SIGNATURE, 0);
  end.writeUInt16LE(Math.min(entries, UINT16_MAX), 8);
  end.writeUInt16LE(Math.min(entries, UINT16_MAX), 10);
  end.writeUInt32LE(Math.min(bytes, UINT32_MAX), 12);
  end.writeUInt32LE(Math.min(offset, UINT32_MAX), 16);
  if (!needsZip64) return end;

  const zip64End = Buffer.alloc(ZIP64_END_BYTES);
  zip64End.writeUInt32LE(ZIP64_END_SIGNATURE, 0);
  zip64End.writeBigUInt64LE(BigInt(ZIP64_END_BYTES - 12), 4);
  zip64End.writeUInt16LE(MADE_BY_UNIX | VERSION_ZIP64, 12);
  zip64End.writeUInt16LE(VERSION_ZIP64, 14);
  zip64End.writeBigUInt64LE(BigInt(entries), 24);
  zip64End.writeBigUInt64LE(BigInt(entries), 32);
  zip64End.writeBigUInt64LE(BigInt(bytes), 40);
  zip64End.writeBigUInt64LE(BigInt(offset), 48);

  const locator = Buffer.alloc(ZIP64_LOCATOR_BYTES);
  locator.writeUInt32LE(ZIP64_LOCATOR_SIGNATURE, 0);
  locator.writeBigUInt64LE(BigInt(offset + bytes), 8);
  locator.writeUInt32LE(1, 16);
  return Buffer.concat([zip64End, locator, end]);
}

function versionNeeded(method: ZipMethod, needsZip64: boolean): number {
  if (needsZip64) return VERSION_ZIP64;
  return method === METHOD_STORED ? VERSION_STORED : VERSION_DEFLATE;
}
