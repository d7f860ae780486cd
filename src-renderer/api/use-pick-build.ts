import { useTranslation } from 'react-i18next';

import { announce } from '#renderer/stores/announcer-store.ts';
import { addToIntake, type IntakeFile } from '#renderer/stores/intake-store.ts';

import { useTransport } from './api-context.tsx';

export type PickBuild = {
  readonly folder: () => void;
  /** Null where the folder dialog is the system's own and zips are dropped or given by path. */
  readonly zip: (() => void) | null;
};

/** Asks for a build with the dialogs that this host has, and puts it into the queue for review. */
export function usePickBuild(): PickBuild {
  const { t } = useTranslation('frame');
  const { pickFolder } = useTransport();
  if (pickFolder !== null) {
    return {
      folder: () => {
        pickFolder().then(
          (path) => {
            if (path !== null) addToIntake([{ kind: 'path', path }]);
          },
          () => announce(t('pick.folderFailed'), 'assertive'),
        );
      },
      zip: null,
    };
  }
  return {
    folder: () => {
      askForFiles({ isFolder: true }, (files) => {
        const [first] = files;
        if (first === undefined) return;
        const [name = ''] = first.path.split('/');
        addToIntake([{ kind: 'files', name, files: withoutTop(files) }]);
      });
    },
    zip: () => {
      askForFiles({ isFolder: false }, (files) =>
        addToIntake(files.map((file) => ({ kind: 'files', name: file.path, files: [file] }))),
      );
    },
  };
}

/** The file dialog of a browser opens only from an input element. */
function askForFiles({ isFolder }: { readonly isFolder: boolean }, then: (files: readonly IntakeFile[]) => void): void {
  const input = document.createElement('input');
  input.type = 'file';
  input.multiple = !isFolder;
  if (isFolder) input.webkitdirectory = true;
  else input.accept = '.zip,application/zip';
  input.addEventListener('change', () => {
    const files = [...(input.files ?? [])].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
    if (files.length > 0) then(files);
  });
  input.click();
}

function withoutTop(files: readonly IntakeFile[]): readonly IntakeFile[] {
  return files.map(({ path, file }) => ({ path: path.slice(path.indexOf('/') + 1), file }));
}
