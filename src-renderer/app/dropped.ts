import type { IntakeOrigin } from '#renderer/stores/intake-store.ts';

/**
 * What was dropped, one origin per folder or file. Has to run within the drop event: afterwards the transfer is empty.
 * With real paths the core reads in place; a browser hands out entries to walk.
 */
export function originsOf(
  transfer: DataTransfer,
  pathForFile: ((file: File) => string) | null,
): readonly IntakeOrigin[] {
  const items = [...transfer.items].filter(({ kind }) => kind === 'file');
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
