import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

import packageJson from '../../../package.json' with { type: 'json' };

/** Version of this program, as in package.json; built in at build time. */
export const programVersion: string = packageJson.version;

/** Files that come with the program, wherever it was installed. */
export type ProgramFiles = {
  /** The built user interface; missing in a checkout that was never built. */
  readonly rendererDir: string;
  readonly sampleAppDir: string;
};

/**
 * Found from this file upwards, because sources, built files and an installed package lie at different depths.
 * Runs once, at start.
 */
export function locateProgramFiles(from: string = import.meta.dirname): ProgramFiles {
  let folder = from;
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder);
  return { rendererDir: join(folder, 'out', 'renderer'), sampleAppDir: join(folder, 'resources', 'sample-app') };
}
