/** How an entry's bytes are kept: the zip format's own numbers. */
export const METHOD_STORED = 0;
export const METHOD_DEFLATE = 8;
export type ZipMethod = typeof METHOD_STORED | typeof METHOD_DEFLATE;

/** What the headers of one entry say; every value is known before its header is written. */
export type ZipEntryHead = {
  /** UTF-8 bytes of the `/`-separated relative name. */
  readonly name: Uint8Array;
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
}: Pick<ZipEntryHead, 'sizeBytes' | 'compressedBytes'> & { readonly path: string }): number {
  const needsZip64 = sizeBytes >= UINT32_MAX || compressedBytes >= UINT32_MAX;
  return LOCAL_HEADER_BYTES + Buffer.byteLength(path) + (needsZip64 ? 20 : 0);
}

/** The header before an entry's bytes. Zip64 fields appear only where a size does not fit 32 bits. */
export function localHeader(entry: ZipEntryHead): Buffer {
  const needsZip64 = entry.sizeBytes >= UINT32_MAX || entry.compressedBytes >= UINT32_MAX;
  const extraBytes = needsZip64 ? 20 : 0;
  const header = Buffer.alloc(LOCAL_HEADER_BYTES + entry.name.length + extraBytes);
  header.writeUInt32LE(LOCAL_HEADER_SIGNATURE, 0);
  header.writeUInt16LE(versionNeeded(entry.method, needsZip64), 4);
  header.writeUInt16LE(FLAG_UTF8, 6);
  header.writeUInt16LE(entry.method, 8);
  header.writeUInt16LE(FIXED_TIME, 10);
  header.writeUInt16LE(FIXED_DATE, 12);
  header.writeUInt32LE(entry.crc32, 14);
  header.writeUInt32LE(needsZip64 ? UINT32_MAX : entry.compressedBytes, 18);
  header.writeUInt32LE(needsZip64 ? UINT32_MAX : entry.sizeBytes, 22);
  header.writeUInt16LE(entry.name.length, 26);
  header.writeUInt16LE(extraBytes, 28);
  header.set(entry.name, LOCAL_HEADER_BYTES);
  if (needsZip64) {
    // In a local header both sizes have to be there, whichever of them overflowed.
    const at = LOCAL_HEADER_BYTES + entry.name.length;
    header.writeUInt16LE(ZIP64_EXTRA_ID, at);
    header.writeUInt16LE(16, at + 2);
    header.writeBigUInt64LE(BigInt(entry.sizeBytes), at + 4);
    header.writeBigUInt64LE(BigInt(entry.compressedBytes), at + 12);
  }
  return header;
}

/** The directory record of an entry whose local header starts at `offset`. */
export function centralHeader(entry: ZipEntryHead, offset: number): Buffer {
  const wide = [entry.sizeBytes, entry.compressedBytes, offset].filter((value) => value >= UINT32_MAX);
  const extraBytes = wide.length > 0 ? 4 + 8 * wide.length : 0;
  const header = Buffer.alloc(CENTRAL_HEADER_BYTES + entry.name.length + extraBytes);
  const version = versionNeeded(entry.method, wide.length > 0);
  header.writeUInt32LE(CENTRAL_HEADER_SIGNATURE, 0);
  header.writeUInt16LE(MADE_BY_UNIX | version, 4);
  header.writeUInt16LE(version, 6);
  header.writeUInt16LE(FLAG_UTF8, 8);
  header.writeUInt16LE(entry.method, 10);
  header.writeUInt16LE(FIXED_TIME, 12);
  header.writeUInt16LE(FIXED_DATE, 14);
  header.writeUInt32LE(entry.crc32, 16);
  header.writeUInt32LE(Math.min(entry.compressedBytes, UINT32_MAX), 20);
  header.writeUInt32LE(Math.min(entry.sizeBytes, UINT32_MAX), 24);
  header.writeUInt16LE(entry.name.length, 28);
  header.writeUInt16LE(extraBytes, 30);
  header.writeUInt32LE(EXTERNAL_ATTRIBUTES, 38);
  header.writeUInt32LE(Math.min(offset, UINT32_MAX), 42);
  header.set(entry.name, CENTRAL_HEADER_BYTES);
  if (wide.length > 0) {
    let at = CENTRAL_HEADER_BYTES + entry.name.length;
    header.writeUInt16LE(ZIP64_EXTRA_ID, at);
    header.writeUInt16LE(8 * wide.length, at + 2);
    at += 4;
    for (const value of wide) {
      header.writeBigUInt64LE(BigInt(value), at);
      at += 8;
    }
  }
  return header;
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
