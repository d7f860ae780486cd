import { describe, expect, it } from 'vitest';
import { fromBufferPromise } from 'yauzl';

import { centralDirectory, endOfCentralDirectory, localHeader, type ZipEntryHead } from './zip-format.ts';

const small: ZipEntryHead = { path: 'a.txt', method: 0, crc32: 7, compressedBytes: 1, sizeBytes: 1 };
const GIANT = 5 * 1024 ** 3;

function directoryOf(entries: readonly { head: ZipEntryHead; offset: number }[]): Buffer {
  const pieces = centralDirectory(entries.map(({ head, offset }) => ({ ...head, start: offset })));
  // Each piece is good until the next is asked for.
  return Buffer.concat(Array.from(pieces, (piece) => Buffer.from(piece)));
}

/** What another program reads from a directory of these entries. */
async function readBack(entries: readonly { head: ZipEntryHead; offset: number }[]) {
  const directory = directoryOf(entries);
  const end = endOfCentralDirectory({ entries: entries.length, bytes: directory.length, offset: 0 });
  const zip = await fromBufferPromise(Buffer.concat([directory, end]), {
    lazyEntries: true,
    validateEntrySizes: false,
  });
  const read: { name: string; size: number; compressed: number; offset: number }[] = [];
  for await (const entry of zip.eachEntry()) {
    read.push({
      name: entry.fileName,
      size: entry.uncompressedSize,
      compressed: entry.compressedSize,
      offset: entry.relativeOffsetOfLocalHeader,
    });
  }
  return { count: zip.entryCount, read };
}

describe('the records of a zip', () => {
  it('hold no zip64 fields where none are needed', () => {
    expect(localHeader(small)).toHaveLength(35);
    expect(directoryOf([{ head: small, offset: 0xfffffffe }])).toHaveLength(51);
    expect(endOfCentralDirectory({ entries: 0xfffe, bytes: 1, offset: 1 })).toHaveLength(22);
  });

  it.each<[string, ZipEntryHead, number]>([
    ['a giant size', { ...small, sizeBytes: GIANT }, 0],
    ['two giant sizes', { ...small, sizeBytes: GIANT, compressedBytes: GIANT - 1 }, 0],
    ['a far offset', small, GIANT],
    ['everything', { ...small, sizeBytes: GIANT, compressedBytes: GIANT - 1 }, GIANT + 1],
    ['the largest 32-bit number, which means zip64', { ...small, sizeBytes: 0xffffffff }, 0xffffffff],
  ])('are read back with %s', async (_, head, offset) => {
    const { read } = await readBack([
      { head: small, offset: 0 },
      { head, offset },
    ]);
    expect(read[1]).toEqual({ name: 'a.txt', size: head.sizeBytes, compressed: head.compressedBytes, offset });
  });

  it('hold both sizes in the local header of a giant', () => {
    const header = localHeader({ ...small, sizeBytes: GIANT, compressedBytes: 9 });
    expect(header.readUInt16LE(4)).toBe(45);
    expect(header.readUInt32LE(18)).toBe(0xffffffff);
    expect(header.readUInt32LE(22)).toBe(0xffffffff);
    expect(header.readUInt16LE(28)).toBe(20);
    expect(header.readBigUInt64LE(39)).toBe(BigInt(GIANT));
    expect(header.readBigUInt64LE(47)).toBe(9n);
  });

  it('count more entries than 16 bits hold', async () => {
    const { count } = await readBack(Array.from({ length: 70_000 }, () => ({ head: small, offset: 0 })));
    expect(count).toBe(70_000);
  });
});
