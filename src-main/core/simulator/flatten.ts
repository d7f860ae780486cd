import type { ClientPlatform } from './client-profile.ts';

type Placed = { readonly path: string };

/** Each client makes a single top entry the root in its own way, Electron does not: clients.md §5, §12.1. */
export function flatten<F extends Placed>(files: readonly F[], platform: ClientPlatform): readonly F[] {
  if (platform === 'electron') return files;
  const tops = new Set(files.map(({ path }) => topOf(path)));
  const counted = [...tops].filter((top) => platform === 'ios' || !isHidden(top));
  const [only] = counted;
  if (counted.length !== 1 || only === undefined) return files;
  const isFolder = files.some(({ path }) => path.startsWith(`${only}/`));
  // A single file becomes the root itself on Android, which no app survives.
  if (!isFolder) return only === 'index.html' || platform === 'ios' ? files : [];
  return files
    .filter(({ path }) => path.startsWith(`${only}/`))
    .map((file) => withPath(file, file.path.slice(only.length + 1)));
}

export function hasIndexHtml(files: readonly Placed[]): boolean {
  return files.some(({ path }) => path === 'index.html');
}

function withPath<F extends Placed>(file: F, path: string): F {
  return { ...file, path };
}

function topOf(path: string): string {
  return path.split('/', 1)[0] ?? '';
}

function isHidden(name: string): boolean {
  return name.startsWith('.') || name === '__MACOSX';
}
