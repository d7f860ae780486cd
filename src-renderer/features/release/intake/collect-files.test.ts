import { describe, expect, it } from 'vitest';

import { collectFiles } from './collect-files.ts';

type Node = { readonly [name: string]: Node | string };

/** What a browser hands out for a dropped folder: entries in pieces of at most a hundred. */
function directory(name: string, content: Node): FileSystemDirectoryEntry {
  const children = Object.entries(content).map(([child, node]) =>
    typeof node === 'string' ? fileEntry(child, node) : directory(child, node),
  );
  return {
    name,
    isFile: false,
    isDirectory: true,
    createReader: () => {
      let given = 0;
      return {
        readEntries: (done: (entries: FileSystemEntry[]) => void) => {
          const some = children.slice(given, given + 100);
          given += some.length;
          done(some);
        },
      };
    },
  } as unknown as FileSystemDirectoryEntry;
}

function fileEntry(name: string, text: string): FileSystemFileEntry {
  return {
    name,
    isFile: true,
    isDirectory: false,
    file: (done: (file: File) => void) => done(new File([text], name)),
  } as unknown as FileSystemFileEntry;
}

const progress = { signal: new AbortController().signal, onCount: () => undefined };

describe('collectFiles', () => {
  it('walks a dropped folder to its last file, with paths below it', async () => {
    const icons = Object.fromEntries(Array.from({ length: 250 }, (_, index) => [`${index}.svg`, 'x']));
    const entry = directory('dist', { 'index.html': 'x', assets: { icons } });
    const { files } = await collectFiles({ kind: 'entry', entry }, progress);
    expect(files).toHaveLength(251);
    expect(files.map(({ path }) => path)).toContain('assets/icons/249.svg');
    expect(files.map(({ path }) => path)).toContain('index.html');
  });

  it('does not walk node_modules and .git, and says so', async () => {
    const entry = directory('shop', { www: { 'index.html': 'x' }, node_modules: { a: { 'i.js': 'x' } }, '.git': {} });
    const { files, skipped } = await collectFiles({ kind: 'entry', entry }, progress);
    expect(files.map(({ path }) => path)).toEqual(['www/index.html']);
    expect(skipped).toEqual(['node_modules', '.git']);
  });

  it('keeps the name of a single dropped file', async () => {
    const { files } = await collectFiles({ kind: 'entry', entry: fileEntry('build.zip', 'x') }, progress);
    expect(files.map(({ path }) => path)).toEqual(['build.zip']);
  });

  it('leaves out the same folders of a file dialog, which hands out everything', async () => {
    const file = new File(['x'], 'i.js');
    const origin = {
      kind: 'files',
      name: 'shop',
      files: [
        { path: 'packages/a/node_modules/b/i.js', file },
        { path: 'www/node_modules.js', file },
      ],
    } as const;
    const { files, skipped } = await collectFiles(origin, progress);
    expect(files.map(({ path }) => path)).toEqual(['www/node_modules.js']);
    expect(skipped).toEqual(['packages/a/node_modules']);
  });

  it('stops when it is told to', async () => {
    const stop = new AbortController();
    stop.abort(new Error('the sheet was closed'));
    const entry = directory('dist', { 'index.html': 'x' });
    await expect(collectFiles({ kind: 'entry', entry }, { ...progress, signal: stop.signal })).rejects.toThrow(
      'closed',
    );
  });
});
