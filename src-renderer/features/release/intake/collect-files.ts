import type { IntakeFile, IntakeOrigin } from '#renderer/stores/intake-store.ts';

export type CollectedFiles = {
  readonly files: readonly IntakeFile[];
  /** Folders that were not even walked, by their paths. */
  readonly skipped: readonly string[];
};

/** Never part of a build, and often a hundred thousand files: not worth their upload. */
const neverUploaded = new Set(['node_modules', '.git']);

const SHOW_EVERY_MS = 80;

type Progress = { readonly signal: AbortSignal; readonly onCount: (files: number) => void };

/** All files below what was dropped or chosen, with paths relative to it. Rejects when one cannot be opened. */
export async function collectFiles(
  origin: Exclude<IntakeOrigin, { kind: 'path' }>,
  { signal, onCount }: Progress,
): Promise<CollectedFiles> {
  const skipped = new Set<string>();
  if (origin.kind === 'files') {
    const files = origin.files.filter(({ path }) => {
      const folder = skippedFolderOf(path);
      if (folder !== null) skipped.add(folder);
      return folder === null;
    });
    onCount(files.length);
    return { files, skipped: [...skipped] };
  }

  const files: IntakeFile[] = [];
  let shownMs = 0;
  const add = (more: readonly IntakeFile[]) => {
    files.push(...more);
    // A browser opens a few thousand files a second; a screen drawn for each of them would be the slower part.
    if (performance.now() - shownMs < SHOW_EVERY_MS) return;
    shownMs = performance.now();
    onCount(files.length);
  };
  const walk = async (directory: FileSystemDirectoryEntry, path: string): Promise<void> => {
    const reader = directory.createReader();
    for (;;) {
      signal.throwIfAborted();
      // At most a hundred at a time, and none at the end: what a browser hands out.
      const entries = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
      if (entries.length === 0) return;
      const pathOf = ({ name }: FileSystemEntry) => (path === '' ? name : `${path}/${name}`);
      add(await Promise.all(entries.filter(isFile).map((entry) => fileOf(entry, pathOf(entry)))));
      for (const entry of entries.filter(isDirectory)) {
        if (neverUploaded.has(entry.name)) skipped.add(pathOf(entry));
        else await walk(entry, pathOf(entry));
      }
    }
  };
  const { entry } = origin;
  // Paths start below the dropped folder; a single file keeps its name.
  if (isFile(entry)) add([await fileOf(entry, entry.name)]);
  else if (isDirectory(entry)) await walk(entry, '');
  onCount(files.length);
  return { files, skipped: [...skipped] };
}

function skippedFolderOf(path: string): string | null {
  const folders = path.split('/').slice(0, -1);
  const index = folders.findIndex((name) => neverUploaded.has(name));
  return index === -1 ? null : folders.slice(0, index + 1).join('/');
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isDirectory(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

function fileOf(entry: FileSystemFileEntry, path: string): Promise<IntakeFile> {
  return new Promise((resolve, reject) => entry.file((file) => resolve({ path, file }), reject));
}
