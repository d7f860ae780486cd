import type { IntakeFile, IntakeOrigin } from '#renderer/stores/intake-store.ts';

export type CollectedFiles = {
  readonly files: readonly IntakeFile[];
  /** Folders that were not even walked, by their paths. */
  readonly skipped: readonly string[];
};

/** Never part of a build, and often a hundred thousand files: not worth their upload. */
const neverUploaded = new Set(['node_modules', '.git']);

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
  const walk = async (entry: FileSystemEntry, path: string): Promise<void> => {
    signal.throwIfAborted();
    if (isFile(entry)) {
      files.push({ path, file: await fileOf(entry) });
      onCount(files.length);
    } else if (isDirectory(entry)) {
      if (neverUploaded.has(entry.name)) {
        skipped.add(path);
        return;
      }
      const above = path === '' ? '' : `${path}/`;
      for (const child of await childrenOf(entry)) await walk(child, `${above}${child.name}`);
    }
  };
  // Paths start below the dropped folder; a single file keeps its name.
  await walk(origin.entry, origin.entry.isFile ? origin.entry.name : '');
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

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

async function childrenOf(directory: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = directory.createReader();
  const children: FileSystemEntry[] = [];
  for (;;) {
    // Browsers hand out at most a hundred at a time, and an empty list at the end.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return children;
    children.push(...some);
  }
}
