export type DiffLine = { readonly kind: 'added' | 'removed' | 'same' | 'place'; readonly text: string };

/** Lines of a unified diff without its file names. */
export function diffLines(diff: string): readonly DiffLine[] {
  const lines = diff.split(/\r?\n/);
  const first = lines.findIndex((line) => line.startsWith('@@'));
  if (first === -1) return [];
  return lines
    .slice(first)
    .filter((line) => line !== '' && !line.startsWith('\\'))
    .map((line) => ({ kind: kindOf(line), text: line }));
}

function kindOf(line: string): DiffLine['kind'] {
  if (line.startsWith('@@')) return 'place';
  if (line.startsWith('+')) return 'added';
  return line.startsWith('-') ? 'removed' : 'same';
}
