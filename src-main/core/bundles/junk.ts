/** Files and folders that systems and tools leave behind and no phone needs, by the name of one path segment. */
const junkNames = new Set(['.ds_store', '__macosx', 'thumbs.db', 'desktop.ini', '.git', '.svn', '.hg', 'node_modules']);

/** The kind of junk that a path segment is (`.DS_Store`, `node_modules`, `._*`), or null. */
export function junkKind(segment: string): string | null {
  // AppleDouble files hold what another file system could not: `._index.html` beside `index.html`.
  if (segment.startsWith('._')) return '._*';
  // Windows and macOS treat these names alike in any case.
  return junkNames.has(segment.toLowerCase()) ? segment : null;
}

const NAMED_KINDS = 12;

/** Counts what was left out, by kind. */
export type LeftOut = {
  add(kind: string): void;
  readonly total: number;
  /** `.DS_Store (3), node_modules` */
  describe(): string;
};

export function createLeftOut(): LeftOut {
  const counts = new Map<string, number>();
  return {
    add(kind) {
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
    },
    get total() {
      return [...counts.values()].reduce((sum, count) => sum + count, 0);
    },
    describe() {
      const kinds = [...counts].sort(([left], [right]) => (left < right ? -1 : 1));
      const named = kinds.slice(0, NAMED_KINDS).map(([kind, count]) => (count === 1 ? kind : `${kind} (${count})`));
      return [...named, ...(kinds.length > NAMED_KINDS ? ['…'] : [])].join(', ');
    },
  };
}
