import { createDecipheriv, createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { temporaryFolder, writeTree, type Tree } from '#test/helpers/trees.ts';

import { encryptBody } from '../crypto/envelope.ts';
import { BROTLI_STEP_BYTES, brotliInSteps } from './brotli-steps.ts';
import { openBuild } from './build-files.ts';
import { createDeflatePool, type DeflatePool } from './deflate-pool.ts';
import type { BodySealing, StoredBrotli } from './deflate-protocol.ts';
import { packDelta, type PackedDelta } from './pack-delta.ts';

let pool: DeflatePool;
beforeAll(() => {
  pool = createDeflatePool({ size: 2 });
});
afterAll(() => pool.close());

/** Script-like text that brotli shrinks to about a third, as it does real ones. */
function script(length: number, seed = 1): string {
  let state = seed;
  let text = '';
  while (text.length < length) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    text += `function f${(state >>> 8).toString(36)}(a,b){return a.${(state % 977).toString(36)}(b)+${state % 31}}`;
  }
  return text.slice(0, length);
}

async function* pieces(content: Uint8Array): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  for (let at = 0; at < content.length; at += BROTLI_STEP_BYTES) yield content.subarray(at, at + BROTLI_STEP_BYTES);
}

async function gather(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}

describe('brotli in steps', () => {
  it('unpacks to what was packed, at every quality', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(5 as const, 9 as const, 10 as const),
        fc.oneof(
          fc.uint8Array({ maxLength: 2000 }),
          fc.nat({ max: 300_000 }).map((length) => Buffer.from(script(length))),
        ),
        async (quality, content) => {
          const packed = await gather(brotliInSteps(pieces(content), quality, content.length));
          expect(brotliDecompressSync(packed).equals(content)).toBe(true);
        },
      ),
      { numRuns: 20 },
    );
  });

  it('costs a phone at most 5 % more than the best there is', async () => {
    const content = Buffer.from(script(300_000));
    const packed = await gather(brotliInSteps(pieces(content), 10, content.length));
    expect(packed.length).toBeLessThanOrEqual(1.05 * brotliCompressSync(content).length);
  });

  it('ends with its source', async () => {
    let given = 0;
    async function* failing(): AsyncGenerator<Uint8Array> {
      for await (const piece of pieces(Buffer.from(script(400_000)))) {
        given += 1;
        if (given === 3) throw new Error('called off');
        yield piece;
      }
    }
    await expect(gather(brotliInSteps(failing(), 10, 400_000))).rejects.toThrow('called off');
    expect(given).toBe(3);
  });
});

type Options = {
  readonly sealing?: BodySealing | null;
  readonly stored?: Readonly<Record<string, StoredBrotli>>;
  readonly signal?: AbortSignal;
};

async function pack(folder: string, out: string, options: Options = {}): Promise<PackedDelta> {
  await using build = await openBuild(folder);
  const orders = await Promise.all(
    build.files.map(async (file) => ({
      file,
      sha256: createHash('sha256')
        .update(await readFile(`${folder}/${file.path}`))
        .digest('hex'),
      isCompressible: !file.path.endsWith('.bin'),
      hasSeal: false,
      stored: options.stored?.[file.path] ?? null,
    })),
  );
  const { sealing = null, signal } = options;
  return await packDelta(orders, out, { pool, sealing, isRebuild: true, signal });
}

/** The content of each file, made of its body as a phone does. */
async function opened(
  delta: PackedDelta,
  out: string,
  sealing: BodySealing | null = null,
): Promise<Map<string, Buffer>> {
  const bytes = await readFile(out);
  return new Map(
    delta.bodies.map(({ path, isBrotli, offset, sizeBytes }) => {
      let body = bytes.subarray(offset, offset + sizeBytes);
      if (sealing) {
        const decipher = createDecipheriv('aes-128-cbc', sealing.key, sealing.iv);
        body = Buffer.concat([decipher.update(body), decipher.final()]);
      }
      return [path, isBrotli ? brotliDecompressSync(body) : body];
    }),
  );
}

function newSealing(): BodySealing {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { iv: randomBytes(16), key: randomBytes(16), privateKey, format: 'v3' };
}

const tree: Tree = {
  'index.html': '<!doctype html>',
  'small.js': script(20_000),
  'middle.js': script(100_000, 2),
  'noise.bin': randomBytes(200_000),
};

/** Paths whose content is not that of the tree. */
function differences(found: ReadonlyMap<string, Buffer>, expected: Tree = tree): string[] {
  return Object.keys(expected).filter((path) => !found.get(path)?.equals(Buffer.from(expected[path] ?? '')));
}

describe('the bodies of a delta update', () => {
  it.each([['plain', null] as const, ['encrypted', newSealing()] as const])(
    'become the files again, of every size (%s)',
    async (_, sealing) => {
      await using temp = await temporaryFolder();
      const whole = { ...tree, 'large.js': script(4_500_000, 3) };
      const folder = await writeTree(temp.at('build'), whole);
      const delta = await pack(folder, temp.at('pack'), { sealing });
      expect(differences(await opened(delta, temp.at('pack'), sealing), whole)).toEqual([]);
      expect(delta.bodies.every(({ sealedHash }) => (sealedHash === null) === (sealing === null))).toBe(true);
      expect(
        delta.bodies
          .filter(({ isBrotli }) => isBrotli)
          .map(({ path }) => path)
          .toSorted(),
      ).toEqual(['large.js', 'middle.js', 'small.js']);
    },
  );

  it('are taken from an earlier release, whatever that was encrypted with', async () => {
    await using temp = await temporaryFolder();
    const folder = await writeTree(temp.at('build'), tree);
    // A quality that is never chosen, to tell them from newly made ones.
    const brotli = (path: string) =>
      brotliCompressSync(tree[path] ?? '', { params: { [constants.BROTLI_PARAM_QUALITY]: 2 } });
    const before = newSealing();
    const held = { 'middle.js': encryptBody(brotli('middle.js'), before), 'small.js': brotli('small.js') };
    await writeFile(temp.at('holder'), Buffer.concat([Buffer.from('x'), ...Object.values(held)]));
    const stored = (body: Buffer, offset: number, session: BodySealing | null): StoredBrotli => ({
      holderPath: temp.at('holder'),
      offset,
      sizeBytes: body.length,
      sha256: createHash('sha256').update(body).digest('hex'),
      session,
    });
    const middle = stored(held['middle.js'], 1, before);
    const small = stored(held['small.js'], 1 + middle.sizeBytes, null);
    const sealing = newSealing();
    const delta = await pack(folder, temp.at('pack'), {
      sealing,
      stored: { 'middle.js': { ...middle, session: { iv: before.iv, key: before.key } }, 'small.js': small },
    });
    expect(differences(await opened(delta, temp.at('pack'), sealing))).toEqual([]);
    const sizeOf = (path: string) => delta.bodies.find((body) => body.path === path)?.sizeBytes;
    expect(sizeOf('middle.js')).toBe(middle.sizeBytes);
    expect(sizeOf('small.js')).toBe(encryptBody(held['small.js'], sealing).length);
  });

  it.each([
    ['has rotted', (bytes: Buffer) => bytes.fill(0, 10, 20)],
    ['is cut off', (bytes: Buffer) => bytes.subarray(0, 50)],
    ['is gone', () => null],
  ])('are made anew where the earlier one %s', async (_, damage) => {
    await using temp = await temporaryFolder();
    const folder = await writeTree(temp.at('build'), tree);
    const body = brotliCompressSync(tree['small.js'] ?? '');
    const sha256 = createHash('sha256').update(body).digest('hex');
    const damaged = damage(Buffer.from(body));
    if (damaged) await writeFile(temp.at('holder'), damaged);
    const known = { holderPath: temp.at('holder'), offset: 0, sizeBytes: body.length, sha256, session: null };
    const delta = await pack(folder, temp.at('pack'), { stored: { 'small.js': known } });
    expect(differences(await opened(delta, temp.at('pack')))).toEqual([]);
  });

  it('are nobody’s when it is called off in the middle of a large file, and leave nothing', async () => {
    await using temp = await temporaryFolder();
    const folder = await writeTree(temp.at('build'), { 'slow.js': script(2_000_000) });
    const controller = new AbortController();
    const packing = pack(folder, temp.at('pack'), { signal: controller.signal });
    setTimeout(() => controller.abort(), 150);
    await expect(packing).rejects.toMatchObject({ code: 'CANCELLED' });
    await expect(readFile(temp.at('pack'))).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(readFile(temp.at('pack.0.part'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
