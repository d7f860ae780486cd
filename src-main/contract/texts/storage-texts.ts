import type { StorageFinding, StorageFindingCode } from '../models/storage.ts';
import { fill } from './fill.ts';

/** English sentences of what a check of the store finds: what is wrong, then how to mend it. */
export const storageTexts = {
  DATABASE_DAMAGED: {
    message: 'The database is damaged: {reason}.',
    fix: 'Restore a backup. Until then publish nothing new.',
  },
  FILE_MISSING: {
    message: 'A file of {versions} is missing.',
    fix: 'Restore a backup, or publish the build again under a new version and delete {versions}. Phones are refused until then.',
  },
  FILE_DAMAGED: {
    message: 'A file of {versions} holds other bytes than were published.',
    fix: 'Restore a backup, or publish the build again under a new version and delete {versions}. Phones refuse it by its checksum.',
  },
  FILE_UNREADABLE: {
    message: 'A file of {versions} cannot be read: {reason}.',
    fix: 'Check its permissions and the disk; if it stays unreadable, publish the build again under a new version.',
  },
  FILE_FOREIGN: {
    message: 'This file is none of Slipway’s.',
    fix: 'Move it elsewhere if you need it: the clean-up removes it.',
  },
  FILE_UNUSED: { message: 'No release needs this file any more.', fix: 'The clean-up (`slipway gc`) frees its space.' },
} as const satisfies Record<StorageFindingCode, { readonly message: string; readonly fix: string }>;

/** The English sentences of a finding, its values filled in. */
export function describeStorageFinding({ code, params, releases }: StorageFinding): { message: string; fix: string } {
  const { message, fix } = storageTexts[code];
  const values = { ...params, versions: versionsText(releases) };
  return { message: fill(message, values), fix: fill(fix, values) };
}

/** `1.0.7, 1.0.6 (com.example.app)`, the first few. */
export function versionsText(releases: StorageFinding['releases']): string {
  const byApp = Map.groupBy(releases, ({ appId }) => appId);
  return [...byApp]
    .map(([appId, own]) => {
      const versions = own.slice(0, 3).map(({ version }) => version);
      return `${versions.join(', ')}${own.length > 3 ? ', …' : ''} (${appId})`;
    })
    .join(', ');
}
