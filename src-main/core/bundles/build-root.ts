const INDEX = 'index.html';

/**
 * The folder of a source that becomes the bundle's root: `.`, or the folder reached by going down while there is
 * nothing but one folder, when that has the `index.html` (`my-app/`, Angular's `dist/my-app/browser/`).
 * Names starting with a dot at the levels above it do not count, as on Android (protocol/clients.md §5).
 */
export function chooseRoot(paths: readonly string[]): string {
  let root = '';
  for (;;) {
    if (paths.includes(root + INDEX)) return root === '' ? '.' : root.slice(0, -1);
    const tops = new Set<string>();
    for (const path of paths) {
      if (!path.startsWith(root)) continue;
      const rest = path.slice(root.length);
      const slash = rest.indexOf('/');
      const top = slash === -1 ? rest : rest.slice(0, slash + 1);
      if (!top.startsWith('.')) tops.add(top);
      if (tops.size > 1) return '.';
    }
    const [only] = tops;
    if (only === undefined || !only.endsWith('/')) return '.';
    root += only;
  }
}
