import { watch, type FSWatcher } from 'node:fs';

import { systemErrorCode } from '../app-error.ts';

/**
 * Tells that something in a folder may have changed. Hints only: what changed is found by looking, and looking goes on
 * without hints as well, only less often. So nothing depends on what systems leave out: Node's own recursive watching on
 * Linux hears nothing any more of a folder that was deleted and made again, network and mounted folders send no events
 * at all, and inotify has a limit on watches (ENOSPC).
 */
export type FolderHints = Disposable & {
  /** Listens anew: to `root`, and to `folders` below it where the system cannot listen to a whole tree. */
  arm(root: string, folders: readonly string[]): void;
  /** Stops listening until armed again: open handles on a folder that is gone help nobody. */
  disarm(): void;
  /** Why no hints come: a code of the system; null while they do. */
  readonly failure: string | null;
};

/** Node's `watch`, in the one form that is used here. */
export type ListenTo = (
  folder: string,
  options: { readonly persistent: boolean; readonly recursive: boolean },
) => FSWatcher;

/** macOS and Windows listen to a whole tree with one handle. */
const LISTENS_TO_TREES = process.platform === 'darwin' || process.platform === 'win32';
/** Limits of the system: no use in trying at every look. Anything else passes, such as a folder that has just gone. */
const LIMITS: ReadonlySet<string | undefined> = new Set(['ENOSPC', 'EMFILE', 'ENFILE', 'ENOMEM']);

/** @param listenTo Node's own, except in tests of what the system refuses */
export function createFolderHints(onHint: () => void, listenTo: ListenTo = watch): FolderHints {
  let watchers: FSWatcher[] = [];
  let failure: string | null = null;

  function disarm(): void {
    for (const watcher of watchers) watcher.close();
    watchers = [];
  }

  function listen(folder: string): void {
    const watcher = listenTo(folder, { persistent: false, recursive: LISTENS_TO_TREES });
    watchers.push(watcher);
    watcher.on('change', onHint);
    watcher.on('error', (error) => {
      noteFailure(error);
      onHint();
    });
  }

  function noteFailure(error: unknown): void {
    const code = systemErrorCode(error);
    if (!LIMITS.has(code)) return;
    failure = code ?? null;
    // All or nothing: half a tree that is listened to would only hide that the rest is not.
    disarm();
  }

  return {
    get failure() {
      return failure;
    },
    arm(root, folders) {
      disarm();
      failure = null;
      for (const folder of LISTENS_TO_TREES ? [root] : new Set([root, ...folders])) {
        try {
          listen(folder);
        } catch (error) {
          noteFailure(error);
          if (failure !== null) return;
        }
      }
    },
    disarm,
    [Symbol.dispose]: disarm,
  };
}
