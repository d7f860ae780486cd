import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A folder of its own for one test, removed when the test's scope ends. */
export async function temporaryFolder(): Promise<
  AsyncDisposable & { readonly path: string; at(name: string): string }
> {
  const path = await mkdtemp(join(tmpdir(), 'slipway-test-'));
  return {
    path,
    at: (name) => join(path, name),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 3 }),
  };
}

/** Files by their `/`-separated path. */
export type Tree = Readonly<Record<string, string | Uint8Array>>;

/** Writes files below `folder`, making folders as needed. Returns `folder`. */
export async function writeTree(folder: string, tree: Tree): Promise<string> {
  await mkdir(folder, { recursive: true });
  for (const [path, content] of Object.entries(tree)) {
    const file = join(folder, ...path.split('/'));
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  }
  return folder;
}

/** Reads every file below `folder`. */
export async function readTree(folder: string): Promise<Map<string, Buffer>> {
  const tree = new Map<string, Buffer>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    tree.set(file.slice(folder.length + 1).replaceAll('\\', '/'), await readFile(file));
  }
  return tree;
}

/** A build with nothing to complain about. */
export const soundBuild: Tree = {
  'index.html': '<!doctype html><title>app</title><script type="module" src="/app.js"></script>',
  'app.js': 'globalThis.Capacitor?.Plugins?.CapacitorUpdater?.notifyAppReady();\n',
};
