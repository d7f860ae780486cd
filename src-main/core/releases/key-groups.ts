import type { FileKey } from '../storage/release-file-repository.ts';

export type KeyGroups = {
  add(keys: readonly FileKey[]): void;
  /** All of them in order, a group at a time. Call once. */
  inOrder(): Generator<readonly FileKey[]>;
};

/** Sorts many keys without holding anybody up: by their first digits when they come, within those when they go. */
export function createKeyGroups(): KeyGroups {
  const groups = new Map<string, FileKey[]>();
  return {
    add(keys) {
      for (const key of keys) {
        const start = key.shaKey.slice(0, 2);
        const group = groups.get(start);
        if (group) group.push(key);
        else groups.set(start, [key]);
      }
    },
    *inOrder() {
      for (const start of [...groups.keys()].sort()) {
        const group = groups.get(start) ?? [];
        yield group.sort((left, right) => (left.shaKey < right.shaKey ? -1 : 1));
      }
    },
  };
}
