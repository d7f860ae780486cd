import { isUtf8 } from 'node:buffer';

import { createTwoFilesPatch } from 'diff';

import type { FileDiff } from '#contract/models/delta.ts';

/** Larger files are for tools that are made for it. */
export const DIFF_LIMIT_BYTES = 512 * 1024;
const PATCH_CHARACTERS = 256 * 1024;
/** Comparing minified scripts of one long line each, or of nothing in common, must not hold up anybody. */
const DIFF_MS = 300;
const SNIFFED_BYTES = 8192;

/** Content on both sides; null where the release does not have the file. */
export function diffFile(path: string, before: Uint8Array | null, after: Uint8Array | null): FileDiff {
  if (before === null && after === null) return { kind: 'absent' };
  if (before && after && Buffer.compare(before, after) === 0) return { kind: 'same' };
  const sides = [before ?? new Uint8Array(0), after ?? new Uint8Array(0)] as const;
  if (sides.some(({ length }) => length > DIFF_LIMIT_BYTES)) return { kind: 'too_large', limitBytes: DIFF_LIMIT_BYTES };
  if (!sides.every(isText)) return { kind: 'binary' };
  const [left, right] = sides.map((side) => Buffer.from(side).toString('utf8')) as [string, string];
  const names = [before ? `a/${path}` : '/dev/null', after ? `b/${path}` : '/dev/null'] as const;
  const patch =
    createTwoFilesPatch(...names, left, right, undefined, undefined, { context: 3, timeout: DIFF_MS }) ??
    wholePatch(...names, left, right);
  return { kind: 'text', patch: patch.slice(0, PATCH_CHARACTERS), isCut: patch.length > PATCH_CHARACTERS };
}

/** Text as editors see it: UTF-8 without NUL. */
function isText(content: Uint8Array): boolean {
  return isUtf8(content) && !content.subarray(0, SNIFFED_BYTES).includes(0);
}

/** Where comparing takes too long: everything goes, everything comes. */
function wholePatch(leftName: string, rightName: string, left: string, right: string): string {
  const [gone, come] = [linesOf('-', left), linesOf('+', right)];
  return `--- ${leftName}\n+++ ${rightName}\n@@ -${gone.range} +${come.range} @@\n${gone.lines}${come.lines}`;
}

/** One side of a hunk that is a whole file. */
function linesOf(sign: '-' | '+', text: string): { readonly range: string; readonly lines: string } {
  if (text === '') return { range: '0,0', lines: '' };
  const isEnded = text.endsWith('\n');
  const lines = (isEnded ? text.slice(0, -1) : text).split('\n');
  const end = isEnded ? '' : '\\ No newline at end of file\n';
  return { range: `1,${lines.length}`, lines: lines.map((line) => `${sign}${line}\n`).join('') + end };
}
