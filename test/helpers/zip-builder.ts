import { crc32, deflateRawSync } from 'node:zlib';

/** One entry as it is to stand in the zip; what is not given is as a tool would write it. */
export type ZipPart = {
  readonly name: string | Uint8Array;
  readonly content?: string | Uint8Array;
  readonly method?: number;
  /** Bytes to store in place of the packed content. */
  readonly packed?: Uint8Array;
  readonly flags?: number;
  readonly crc?: number;
  /** What both headers claim. */
  readonly sizeBytes?: number;
  readonly compressedBytes?: number;
  /** Unix mode, with the file type. */
  readonly mode?: number;
  readonly extra?: Uint8Array;
  /** Sizes and CRC follow the content, and the local header holds zeros. */
  readonly dataDescriptor?: boolean;
  readonly localName?: string;
  readonly localMethod?: number;
  /** Points the directory at another place. */
  readonly offset?: number;
};

const UTF8 = 0x0800;
const DESCRIPTOR = 0x0008;

/** Writes a zip record by record, as hostile as asked. */
export function buildZip(
  parts: readonly ZipPart[],
  options: {
    readonly before?: Uint8Array;
    readonly after?: Uint8Array;
    readonly entries?: number;
    readonly directoryOffset?: number;
  } = {},
): Buffer {
  const chunks: Uint8Array[] = [options.before ?? Buffer.alloc(0)];
  let position = chunks[0]?.length ?? 0;
  const push = (chunk: Uint8Array): void => {
    chunks.push(chunk);
    position += chunk.length;
  };
  const directory: Buffer[] = [];
  for (const part of parts) {
    const name = Buffer.from(part.name);
    const content = Buffer.from(part.content ?? '');
    const method = part.method ?? (content.length > 0 ? 8 : 0);
    const packed = part.packed ?? (method === 8 ? deflateRawSync(content) : content);
    const flags = (part.flags ?? UTF8) | (part.dataDescriptor ? DESCRIPTOR : 0);
    const crc = part.crc ?? crc32(content);
    const sizeBytes = part.sizeBytes ?? content.length;
    const compressedBytes = part.compressedBytes ?? packed.length;
    const extra = part.extra ?? Buffer.alloc(0);
    const offset = part.offset ?? position;

    const localName = part.localName === undefined ? name : Buffer.from(part.localName);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(20, 4);
    local.writeUInt16LE(flags, 6);
    local.writeUInt16LE(part.localMethod ?? method, 8);
    local.writeUInt32LE(part.dataDescriptor ? 0 : crc, 14);
    local.writeUInt32LE(part.dataDescriptor ? 0 : compressedBytes, 18);
    local.writeUInt32LE(part.dataDescriptor ? 0 : sizeBytes, 22);
    local.writeUInt16LE(localName.length, 26);
    push(local);
    push(localName);
    push(packed);
    if (part.dataDescriptor) {
      const descriptor = Buffer.alloc(16);
      descriptor.writeUInt32LE(0x08074b50, 0);
      descriptor.writeUInt32LE(crc, 4);
      descriptor.writeUInt32LE(compressedBytes, 8);
      descriptor.writeUInt32LE(sizeBytes, 12);
      push(descriptor);
    }

    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE((3 << 8) | 20, 4);
    central.writeUInt16LE(20, 6);
    central.writeUInt16LE(flags, 8);
    central.writeUInt16LE(method, 10);
    central.writeUInt16LE((1 << 5) | 1, 14);
    central.writeUInt32LE(crc, 16);
    central.writeUInt32LE(compressedBytes, 20);
    central.writeUInt32LE(sizeBytes, 24);
    central.writeUInt16LE(name.length, 28);
    central.writeUInt16LE(extra.length, 30);
    central.writeUInt32LE(((part.mode ?? 0o100644) << 16) >>> 0, 38);
    central.writeUInt32LE(offset, 42);
    directory.push(Buffer.concat([central, name, extra]));
  }
  const start = position;
  for (const record of directory) push(record);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(options.entries ?? parts.length, 8);
  end.writeUInt16LE(options.entries ?? parts.length, 10);
  end.writeUInt32LE(position - start, 12);
  end.writeUInt32LE(options.directoryOffset ?? start, 16);
  push(end);
  if (options.after) push(options.after);
  return Buffer.concat(chunks);
}
