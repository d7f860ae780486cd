import { createHash } from 'node:crypto';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { BuildFile } from './build-file.ts';
import { decodePackIndex, encodePackIndex, type IndexedFile } from './pack-index.ts';
import { placeEntry } from './packed-entry.ts';

const name = fc
  .string({
    unit: fc.oneof(fc.constantFrom('a', 'b', '/', '.'), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 })),
    minLength: 1,
  })
  .filter((text) => !text.includes('\0') && text.isWellFormed());
const time = fc.double({ min: 0, max: 4e12, noNaN: true });
const files = fc.uniqueArray(
  fc.record({
    path: name,
    sizeBytes: fc.oneof(fc.nat(5), fc.nat(2 ** 40)),
    modifiedMs: time,
    changedMs: time,
    device: fc.nat(),
    fileNumber: fc.maxSafeNat(),
    method: fc.constantFrom(0 as const, 8 as const),
    crc32: fc.nat(0xffff_ffff),
    compressedBytes: fc.nat(1000),
  }),
  { selector: ({ path }) => path, maxLength: 20 },
);
type Drawn = ReturnType<typeof files.generate>['value'][number];

function toBuildFile({ path, sizeBytes, modifiedMs, changedMs, device, fileNumber }: Drawn): BuildFile {
  const source = { kind: 'file', absolutePath: `/build/${path}`, modifiedMs } as const;
  return { path, sizeBytes, source, identity: { changedMs, device, fileNumber } };
}

/** As they lie in a zip, one behind the other. */
function pack(drawn: readonly Drawn[]): IndexedFile[] {
  let start = 0;
  return drawn.map((file) => {
    const { path, method, crc32, compressedBytes, sizeBytes, modifiedMs, changedMs, device, fileNumber } = file;
    const sha256 = createHash('sha256').update(path).digest('hex');
    const entry = placeEntry({ path, method, crc32, sha256, sizeBytes, compressedBytes }, start);
    start = entry.end;
    return { entry, modifiedMs, identity: { changedMs, device, fileNumber } };
  });
}

describe('the index of a kept zip', () => {
  it('says of every file what was packed, in whatever order it is asked', async () => {
    await fc.assert(
      fc.asyncProperty(files, fc.nat(1e9), fc.infiniteStream(fc.nat()), async (drawn, zipBytes, order) => {
        const packed = pack(drawn);
        const index = decodePackIndex(await encodePackIndex(zipBytes, packed));
        expect(index.zipBytes).toBe(zipBytes);
        const asked = drawn.map((file, at) => ({ file, entry: packed[at]?.entry, rank: order.next().value }));
        const shuffled = asked.toSorted((left, right) => left.rank - right.rank);
        for (const { file, entry } of [...asked, ...shuffled]) {
          expect(index.find(toBuildFile(file))).toEqual(entry);
        }
        expect(index.find(toBuildFile({ ...sample, path: 'not\0there' }))).toBeUndefined();
      }),
    );
  });

  it.each<[string, Partial<Drawn>]>([
    ['size', { sizeBytes: 8 }],
    ['time', { modifiedMs: 1000.25 }],
    ['time of change', { changedMs: 2000.75 }],
    ['device', { device: 4 }],
    ['number', { fileNumber: 2 ** 53 - 1 }],
    ['name', { path: 'assets/App.js' }],
  ])('knows no file of another %s', async (_, difference) => {
    const index = decodePackIndex(await encodePackIndex(1, pack([sample])));
    expect(index.find(toBuildFile(sample))).toBeDefined();
    expect(index.find(toBuildFile({ ...sample, ...difference }))).toBeUndefined();
  });

  it('knows nothing of what comes out of a zip', async () => {
    const index = decodePackIndex(await encodePackIndex(1, pack([sample])));
    const source = { kind: 'zip-entry', fd: 3, localHeaderOffset: 0, method: 0, compressedBytes: 7, crc32: 1 } as const;
    expect(index.find({ path: sample.path, sizeBytes: sample.sizeBytes, source })).toBeUndefined();
  });

  it('is refused when a byte of it is another, or some are missing', async () => {
    const bytes = await encodePackIndex(1, pack([sample, { ...sample, path: 'b.css', device: 9 }]));
    for (let at = 0; at < bytes.length; at += 1) {
      const damaged = Uint8Array.from(bytes);
      damaged[at] = (damaged[at] ?? 0) ^ 0x10;
      expect(() => decodePackIndex(damaged), `byte ${at}`).toThrow(Error);
      expect(() => decodePackIndex(bytes.subarray(0, at)), `${at} bytes`).toThrow(Error);
    }
  });
});

const sample: Drawn = {
  path: 'assets/app.js',
  sizeBytes: 7,
  modifiedMs: 1000.5,
  changedMs: 2000.5,
  device: 3,
  fileNumber: 12,
  method: 8,
  crc32: 0xffff_fffe,
  compressedBytes: 5,
};
