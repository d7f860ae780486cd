import { writeFile } from 'node:fs/promises';

import AdmZip from 'adm-zip';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { temporaryFolder } from '#test/helpers/trees.ts';
import { buildZip, type ZipPart } from '#test/helpers/zip-builder.ts';

import { AppError } from '../app-error.ts';
import { createDeflatePool, type DeflatePool } from './deflate-pool.ts';
import { verifyBundleZip } from './read-zip.ts';

const index: ZipPart = { name: 'index.html', content: '<!doctype html>' };

let pool: DeflatePool;
beforeAll(() => {
  pool = createDeflatePool({ size: 2 });
});
afterAll(() => pool.close());

/** In this thread; others have to come to the same end. */
async function verify(zip: Uint8Array) {
  await using temp = await temporaryFolder();
  await writeFile(temp.at('bundle.zip'), zip);
  const inThreads = await verifyBundleZip(temp.at('bundle.zip'), { pool }).catch(codeOf);
  const alone = verifyBundleZip(temp.at('bundle.zip'));
  expect(inThreads).toEqual(await alone.catch(codeOf));
  return await alone;
}

const codeOf = (error: unknown): unknown => (error instanceof AppError ? error.code : error);

describe('unpacking a bundle as clients do (protocol/clients.md §5)', () => {
  it('counts what is in it', async () => {
    expect(await verify(buildZip([index, { name: 'a/b', content: 'abc' }]))).toEqual({
      files: 2,
      rawBytes: 18,
      hasIndexHtml: true,
    });
  });

  it('tells when index.html is not at the root', async () => {
    expect(await verify(buildZip([{ name: 'a/index.html', content: 'x' }]))).toMatchObject({ hasIndexHtml: false });
    expect(await verify(buildZip([]))).toEqual({ files: 0, rawBytes: 0, hasIndexHtml: false });
  });

  it('takes zips of the official command line’s library', async () => {
    const zip = new AdmZip();
    zip.addFile('assets/', Buffer.alloc(0));
    zip.addFile('index.html', Buffer.from('x'.repeat(10_000)));
    expect(await verify(zip.toBuffer())).toEqual({ files: 1, rawBytes: 10_000, hasIndexHtml: true });
  });

  it('takes data descriptors after deflate, and refuses them after stored bytes, which Android cannot read', async () => {
    expect(await verify(buildZip([{ ...index, dataDescriptor: true }]))).toMatchObject({ files: 1 });
    await expect(verify(buildZip([{ ...index, method: 0, dataDescriptor: true }]))).rejects.toMatchObject({
      code: 'ZIP_UNSAFE',
    });
  });

  it.each<[string, ZipPart[], string]>([
    ['two headers that name different files', [{ ...index, localName: 'other.html' }], 'ZIP_UNSAFE'],
    ['two headers that name different methods', [{ ...index, localMethod: 0 }], 'ZIP_UNSAFE'],
    ['a name that climbs out', [index, { name: '../x', content: 'x' }], 'ZIP_UNSAFE'],
    ['a backslash', [index, { name: 'a\\x', content: 'x' }], 'ZIP_UNSAFE'],
    ['a link', [index, { name: 'x', content: 'y', mode: 0o120777 }], 'ZIP_UNSAFE'],
    ['names that differ by case', [index, { name: 'INDEX.html', content: 'x' }], 'ZIP_UNSAFE'],
    ['a wrong CRC', [{ ...index, crc: 1 }], 'ZIP_INVALID'],
    ['a wrong size', [{ ...index, sizeBytes: 1 }], 'ZIP_INVALID'],
    ['bytes that are no deflate', [{ ...index, packed: Buffer.from('nonsense') }], 'ZIP_INVALID'],
  ])('refuses %s', async (_, parts, code) => {
    await expect(verify(buildZip(parts))).rejects.toMatchObject({ code });
  });

  it('refuses a zip with two faults for the first of them, also where a thread finds the second one sooner', async () => {
    const large: ZipPart = { name: 'large.js', content: 'x'.repeat(4_000_000), crc: 1 };
    const zip = buildZip([index, large, { name: 'a.js', content: 'a', localName: 'b.js' }]);
    await expect(verify(zip)).rejects.toMatchObject({ code: 'ZIP_INVALID' });
  });

  it('refuses what is not there, and stops when it is told to', async () => {
    await expect(verifyBundleZip('/nowhere/at/all.zip')).rejects.toMatchObject({ code: 'SOURCE_NOT_FOUND' });
    await expect(verifyBundleZip('/nowhere', { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'CANCELLED',
    });
  });

  it('answers with a verdict or a clear refusal whatever bytes were changed', async () => {
    const zips = [
      buildZip([index, { name: 'a.txt', content: 'abc'.repeat(100) }, { name: 'b.bin', content: 'xyz', method: 0 }]),
      buildZip([
        { ...index, dataDescriptor: true },
        { name: 'ü/', content: '' },
        { name: 'ü/é.br', content: '' },
      ]),
      buildZip([{ ...index, extra: Buffer.from([1, 0, 4, 0, 1, 2, 3, 4]) }], { before: Buffer.from('MZ') }),
    ];
    // Mostly within the headers and the directory, where a byte says something.
    const damages = fc.array(fc.tuple(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), fc.nat(255)), {
      minLength: 1,
      maxLength: 4,
    });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...zips), damages, fc.nat(zips[0]?.length), async (zip, changes, length) => {
        const damaged = Buffer.from(zip.subarray(0, length % 3 === 0 ? length : zip.length));
        for (const [share, value] of changes) {
          const at = Math.floor(share * zip.length);
          if (at < damaged.length) damaged[at] = value;
        }
        const verdict = await verify(damaged).then(
          () => 'whole',
          (error: unknown) => (error instanceof AppError ? error.code : String(error)),
        );
        expect(verdict).toMatch(/^(whole|ZIP_INVALID|ZIP_UNSAFE|SOURCE_NOT_A_BUILD)$/);
      }),
      { numRuns: 300 },
    );
  });
});
