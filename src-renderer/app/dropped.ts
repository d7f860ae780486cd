import type { IntakeOrigin } from '#renderer/stores/intake-store.ts';
import { isKeyFileName, type KeyOrigin } from '#renderer/stores/key-intake-store.ts';

/**
 * What was dropped, one origin per folder or file. Has to run within the drop event: afterwards the transfer is empty.
 * With real paths the core reads in place; a browser hands out entries to walk.
 */
export function originsOf(
  transfer: DataTransfer,
  pathForFile: ((file: File) => string) | null,
): readonly IntakeOrigin[] {
  const items = fileItems(transfer).filter((item) => !isKeyItem(item));
  return items.flatMap((item): IntakeOrigin[] => {
    const file = item.getAsFile();
    const path = file === null || pathForFile === null ? '' : pathForFile(file);
    if (path !== '') return [{ kind: 'path', path }];
    if (pathForFile !== null) return [];
    const entry = item.webkitGetAsEntry();
    if (entry !== null) return [{ kind: 'entry', entry }];
    return file === null ? [] : [{ kind: 'files', name: file.name, files: [{ path: file.name, file }] }];
  });
}

/** Dropped key files, under the same condition. */
export function keyOriginsOf(
  transfer: DataTransfer,
  pathForFile: ((file: File) => string) | null,
): readonly KeyOrigin[] {
  return fileItems(transfer)
    .filter(isKeyItem)
    .flatMap((item): KeyOrigin[] => {
      const file = item.getAsFile();
      if (file === null) return [];
      const path = pathForFile === null ? '' : pathForFile(file);
      return [path === '' ? { kind: 'file', name: file.name, file } : { kind: 'path', name: file.name, path }];
    });
}

function fileItems(transfer: DataTransfer): readonly DataTransferItem[] {
  return [...transfer.items].filter(({ kind }) => kind === 'file');
}

function isKeyItem(item: DataTransferItem): boolean {
  if (!isKeyFileName(item.getAsFile()?.name ?? '')) return false;
  return item.webkitGetAsEntry()?.isDirectory !== true;
}
