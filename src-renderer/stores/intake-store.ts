import { create } from 'zustand';

/** Where a build comes from before the core has seen it. */
export type IntakeOrigin =
  /** A path that the core reads in place. */
  | { readonly kind: 'path'; readonly path: string }
  /** A folder or file dropped on a browser's window: it still has to be walked. */
  | { readonly kind: 'entry'; readonly entry: FileSystemEntry }
  /** Files of a browser's file dialog. */
  | { readonly kind: 'files'; readonly name: string; readonly files: readonly IntakeFile[] };

/** `path` is below the chosen folder, `/`-separated. */
export type IntakeFile = { readonly path: string; readonly file: File };

export type IntakeItem = { readonly id: number; readonly name: string; readonly origin: IntakeOrigin };

type IntakeState = {
  /** Builds that wait for their review; the first one is on screen. */
  readonly queue: readonly IntakeItem[];
};

let lastId = 0;

export const useIntakeStore = create<IntakeState>(() => ({ queue: [] }));

/** Puts builds at the end of the queue for review. */
export function addToIntake(origins: readonly IntakeOrigin[]): void {
  const items = origins.map((origin) => {
    lastId += 1;
    return { id: lastId, name: nameOf(origin), origin };
  });
  useIntakeStore.setState(({ queue }) => ({ queue: [...queue, ...items] }));
}

export function removeFromIntake(id: number): void {
  useIntakeStore.setState(({ queue }) => ({ queue: queue.filter((item) => item.id !== id) }));
}

function nameOf(origin: IntakeOrigin): string {
  switch (origin.kind) {
    case 'path':
      return origin.path.split(/[\\/]/).findLast((part) => part !== '') ?? origin.path;
    case 'entry':
      return origin.entry.name;
    case 'files':
      return origin.name;
  }
}
