import fc from 'fast-check';

import { soundBuild, type Tree } from './trees.ts';

/** Names that tools have stumbled over: spaces, URL syntax, `.br` (clients.md §6.2), keys of every JavaScript object. */
const oddNames = [
  'a',
  'B',
  'x y',
  ' lead',
  'é',
  'ß',
  '日本',
  '😀',
  '👩‍👩‍👧',
  'a%20b',
  '%',
  '%zz',
  'q?v=1',
  '#',
  'a+b',
  '&amp;',
  "it's",
  '[id]',
  'x.br',
  '.br',
  'x.br.br',
  '.hidden',
  '__proto__',
  'constructor',
  'n'.repeat(120),
];

const names = fc.oneof(
  fc.constantFrom(...oddNames),
  fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 6 })
    .filter((name) => /^[^\p{C}\\/:]+$/u.test(name) && !/^\.+$/.test(name)),
);

/** Sizes on both sides of the limits: nothing, a few bytes, brotli from 8,192 bytes on, more than one piece. */
const lengths = fc.oneof(fc.constantFrom(0, 1, 8191, 8192, 8193), fc.nat(300), fc.nat(60_000));

const contents = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 50 }),
  fc.uint8Array({ maxLength: 2_000 }),
  lengths.map((length) => 'a'.repeat(length)),
  fc.tuple(lengths, fc.integer({ min: 1, max: 9 })).map(([length, seed]) => prose(length, seed)),
  fc.tuple(lengths, fc.integer({ min: 1, max: 9 })).map(([length, seed]) => noise(length, seed)),
);

/**
 * Builds as nobody would write them by hand: names in any script, folders in folders, empty files, files that are
 * equal, and `index.html`. Only what no system could unpack is left out: names that clash with one before.
 */
export const randomBuilds: fc.Arbitrary<Tree> = fc
  .tuple(
    fc.array(
      fc.record({
        // Mostly flat, now and then deeper than anybody goes.
        path: fc.oneof(
          { weight: 4, arbitrary: fc.array(names, { minLength: 1, maxLength: 3 }) },
          { weight: 1, arbitrary: fc.array(names, { minLength: 8, maxLength: 12 }) },
        ),
        content: contents,
        /** Takes the content of the first file in place of its own. */
        isTwin: fc.boolean(),
      }),
      { maxLength: 14 },
    ),
  )
  .map(([files]) => {
    const tree = new Map<string, string | Uint8Array>(Object.entries(soundBuild));
    const taken = new Set([...tree.keys()].map(fold));
    const folders = new Set<string>();
    for (const { path, content, isTwin } of files) {
      const name = path.join('/');
      const above = path.slice(1).map((_, index) => fold(path.slice(0, index + 1).join('/')));
      const isTooLong = Buffer.byteLength(name) > 800;
      if (isTooLong || taken.has(fold(name)) || folders.has(fold(name)) || above.some((folder) => taken.has(folder))) {
        continue;
      }
      taken.add(fold(name));
      for (const folder of above) folders.add(folder);
      tree.set(name, isTwin ? (files[0]?.content ?? content) : content);
    }
    return Object.fromEntries(tree);
  });

/** Names that some system takes for the same. */
function fold(path: string): string {
  return path.normalize('NFC').toUpperCase().toLowerCase();
}

/** Text that compresses, without being one long repetition. */
function prose(length: number, seed: number): string {
  let text = '';
  for (let line = 0; text.length < length; line += 1) text += `export const v${line * seed} = ${line ** 3 % 997};\n`;
  return text.slice(0, length);
}

/** Bytes that do not compress, the same for the same seed. */
function noise(length: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = seed;
  for (let index = 0; index < length; index += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[index] = state >>> 24;
  }
  return bytes;
}
