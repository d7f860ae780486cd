import { expect, it } from 'vitest';

import { fill } from './fill.ts';
import { englishUnits, formatBytes } from './units.ts';

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '0.98 KiB'],
  [1024, '1 KiB'],
  [27_264, '26.6 KiB'],
  [1_048_575, '1 MiB'],
  [42_500_000, '40.5 MiB'],
  [3_200_000_000, '2.98 GiB'],
])('writes %i bytes as %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

it('writes the numbers of a sentence by what their names say they are', () => {
  const template = '{sentCount} of {allCount} files, {sentBytes}, port {port}, {afterSeconds} s';
  const params = { sentCount: 12, allCount: 4325, sentBytes: 348_160, port: 8787, afterSeconds: 1.5 };
  expect(fill(template, params)).toBe('12 of 4,325 files, 340 KiB, port 8787, 1.5 s');
  const shouting = { bytes: () => 'BYTES', count: () => 'COUNT', decimal: () => 'DECIMAL', isOne: () => false };
  expect(fill(template, params, shouting)).toBe('COUNT of COUNT files, BYTES, port 8787, DECIMAL s');
});

it.each([
  [0, '0 files are here'],
  [1, '1 file is here'],
  [2, '2 files are here'],
  [21_713, '21,713 files are here'],
])('chooses the words beside %i', (fileCount, text) => {
  expect(fill('{fileCount} {fileCount|file is|files are} here', { fileCount })).toBe(text);
});

it('asks the language which words they are', () => {
  const units = { ...englishUnits, isOne: (count: number) => count < 2 };
  expect(fill('{count} {count|fichier|fichiers}', { count: 0 }, units)).toBe('0 fichier');
});
