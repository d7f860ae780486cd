import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { counted } from './format.ts';

it.each([
  [0, '0 files'],
  [1, '1 file'],
  [12_480, '12,480 files'],
])('counts %i', (count, text) => {
  expect(counted(count, 'file')).toBe(text);
});

it('nothing that a command says leaves the plural to the reader', async () => {
  const found: string[] = [];
  for await (const path of glob('**/*.ts', { cwd: import.meta.dirname })) {
    const text = path.endsWith('.test.ts') ? '' : await readFile(join(import.meta.dirname, path), 'utf8');
    if (/[a-z]\((s|es)\)[ .,;:`']/.test(text)) found.push(path);
  }
  expect(found).toEqual([]);
});
