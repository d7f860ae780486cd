import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { openWithPassphrase, sealWithPassphrase } from './passphrase-box.ts';

const plain = Buffer.from('a secret of some length');

describe('a box with a passphrase', () => {
  it('opens with the same passphrase, in any Unicode form of it', async () => {
    const sealed = await sealWithPassphrase(plain, 'Schlüssel');
    expect((await openWithPassphrase(sealed, 'Schlu\u0308ssel')).equals(plain)).toBe(true);
    expect(sealed.includes(plain)).toBe(false);
  });

  it('differs each time', async () => {
    expect((await sealWithPassphrase(plain, 'x')).equals(await sealWithPassphrase(plain, 'x'))).toBe(false);
  });

  it('refuses another passphrase', async () => {
    await expect(openWithPassphrase(await sealWithPassphrase(plain, 'x'), 'y')).rejects.toMatchObject({
      code: 'PASSPHRASE_WRONG',
    });
  });

  it('refuses any changed, cut or foreign bytes with an error of its own (property)', async () => {
    // Cheap to open: the cost is another byte to change.
    const sealed = await sealWithPassphrase(plain, 'x', 10);
    await fc.assert(
      fc.asyncProperty(fc.nat(sealed.length - 1), fc.integer({ min: 1, max: 255 }), async (position, mask) => {
        const changed = Buffer.from(sealed);
        changed[position] = (changed[position] ?? 0) ^ mask;
        await expect(openWithPassphrase(changed, 'x')).rejects.toMatchObject({
          code: expect.stringMatching(/^(SEAL_DAMAGED|PASSPHRASE_WRONG)$/),
        });
        await expect(openWithPassphrase(sealed.subarray(0, position), 'x')).rejects.toMatchObject({
          code: expect.stringMatching(/^(SEAL_DAMAGED|PASSPHRASE_WRONG)$/),
        });
      }),
      { numRuns: 30 },
    );
    await expect(openWithPassphrase(Buffer.from('SLIPBOX1'), 'x')).rejects.toMatchObject({ code: 'SEAL_DAMAGED' });
  });
});
