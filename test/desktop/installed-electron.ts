import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The Electron program of this checkout, or null: since version 42 the package comes without one. */
export async function installedElectron(root: string): Promise<string | null> {
  try {
    const packageDir = join(root, 'node_modules', 'electron');
    const name = (await readFile(join(packageDir, 'path.txt'), 'utf8')).trim();
    const path = join(process.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? join(packageDir, 'dist'), name);
    await access(path);
    return path;
  } catch {
    return null;
  }
}
