import { brotliCompressSync } from 'node:zlib';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { decodeBrotli } from './brotli-body.ts';

const bytes = (...values: number[]): Buffer => Buffer.from(values);

describe('a body named .br (protocol/clients.md §6.2)', () => {
  it.each([
    ['nothing', bytes(), ''],
    ['the empty stream', bytes(0x1b, 0x00, 0x06), ''],
    [
      'raw bytes in the empty wrapper',
      Buffer.concat([bytes(0x1b, 0x00, 0x06), Buffer.from('raw'), bytes(0x03)]),
      'raw',
    ],
    [
      'raw bytes in the quality-0 wrapper',
      Buffer.concat([bytes(0x0b, 0x02, 0x80), Buffer.from('raw'), bytes(0x03)]),
      'raw',
    ],
    ['brotli', brotliCompressSync('text'), 'text'],
  ])('%s', async (_, body, expected) => {
    expect((await decodeBrotli(body)).toString()).toBe(expected);
  });

  it('that is none is refused', async () => {
    await expect(decodeBrotli(Buffer.from('plain text'))).rejects.toBeInstanceOf(Error);
  });

  it('comes back as it was, whatever was packed, but for the two wrappers', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 300 }), async (content) => {
        const packed = brotliCompressSync(content);
        const head = packed.subarray(0, 3).toString('hex');
        fc.pre(!(packed.at(-1) === 3 && (head === '1b0006' || head === '0b0280')));
        expect(await decodeBrotli(packed)).toEqual(Buffer.from(content));
      }),
      { numRuns: 200 },
    );
  });
});
