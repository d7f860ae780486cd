import { homedir, userInfo } from 'node:os';
import { isAbsolute } from 'node:path';

/**
 * The user's own folder, or null: services and containers run without `HOME`, with an empty one, or as users that nobody
 * has entered anywhere, for whom Node throws.
 */
export function homeFolder(): string | null {
  for (const source of [homedir, () => userInfo().homedir]) {
    try {
      const folder = source();
      if (isAbsolute(folder)) return folder;
    } catch {
      // No user of that number.
    }
  }
  return null;
}
