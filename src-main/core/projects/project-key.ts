import { keyIdOf } from '../crypto/key-material.ts';
import type { CapacitorProject } from './project.ts';

/**
 * Id of the key that an app of this project has; null for none.
 * Text that is no key counts as another key: the app would not even start with it (protocol/clients.md §4.3).
 */
export function projectKeyId({ publicKey }: Pick<CapacitorProject, 'publicKey'>): string | null {
  // Some configs have the line breaks written out.
  return publicKey === null ? null : keyIdOf(publicKey.replaceAll(String.raw`\n`, '\n'));
}
