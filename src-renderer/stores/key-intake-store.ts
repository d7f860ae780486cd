import { create } from 'zustand';

/** Where a dropped key comes from. Only the place is kept: its text is read when it is imported, and handed on. */
export type KeyOrigin =
  | { readonly kind: 'path'; readonly name: string; readonly path: string }
  | { readonly kind: 'file'; readonly name: string; readonly file: File };

type KeyIntakeState = {
  readonly isImporting: boolean;
  /** Keys that wait for their import; the first one is in the dialog. */
  readonly queue: readonly KeyOrigin[];
};

export const useKeyIntakeStore = create<KeyIntakeState>(() => ({ isImporting: false, queue: [] }));

/** Opens the import, for what was dropped or for what is still to be given. */
export function openKeyImport(origins: readonly KeyOrigin[] = []): void {
  useKeyIntakeStore.setState(({ queue }) => ({ isImporting: true, queue: [...queue, ...origins] }));
}

/** Ends the import of the first one; the next one follows. */
export function closeKeyImport(): void {
  useKeyIntakeStore.setState(({ queue }) => ({ isImporting: queue.length > 1, queue: queue.slice(1) }));
}

/** PEM files, and the pair that the official command line keeps in a project: `.capgo_key_v2`, `.capgo_key_v2.pub`. */
export function isKeyFileName(name: string): boolean {
  return /\.(pem|key|pub)$|^\.capgo_key/i.test(name);
}

export function fileNameOf(path: string): string {
  return path.split(/[\\/]/).findLast((part) => part !== '') ?? path;
}
