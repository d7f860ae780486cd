import { randomBytes } from 'node:crypto';
import { link, open, readFile, rename, rm, stat } from 'node:fs/promises';

import { AppError, asStorageError, reasonOf, systemErrorCode } from '#core/app-error.ts';
import { assertPassphrase, openWithPassphrase, sealWithPassphrase } from '#core/crypto/passphrase-box.ts';

const KEY_BYTES = 32;

export type StoreKeyOptions = {
  /** The key in the clear, mode 0600. */
  readonly keyPath: string;
  /** The same key sealed with a passphrase; where it is there, it counts. */
  readonly boxPath: string;
  readonly dataDir: string;
  /** Gives the passphrase when it is needed, null when there is none to be had. `isNew`: nothing is sealed yet. */
  readonly passphrase?: (need: { readonly isNew: boolean }) => Promise<string | null>;
  /** No key is made before somebody chose how to keep it. */
  readonly mustChoose?: boolean;
};

/** The key that everything in the store is sealed under, and the two ways it is kept. */
export type StoreKey = {
  /** `undecided`: there is none yet, and somebody has to choose first. */
  kind(): Promise<'file' | 'passphrase' | 'undecided'>;
  isLocked(): Promise<boolean>;
  /** Throws `VAULT_LOCKED`, `VAULT_UNDECIDED`, `PASSPHRASE_WRONG`, `DATA_FOLDER_UNUSABLE`. */
  loadOrMake(): Promise<Buffer>;
  /** As `loadOrMake`, for what was sealed before: without a key there is nothing that could open it. */
  load(): Promise<Buffer>;
  /** Throws `PASSPHRASE_WRONG`, `VAULT_NOT_PROTECTED`. */
  unlock(passphrase: string): Promise<void>;
  forget(): void;
  /** Puts the key under a passphrase, also under another one. Throws `VAULT_LOCKED`, `PASSPHRASE_TOO_SHORT`. */
  protect(passphrase: string): Promise<void>;
  /** Keeps the key in the clear. Throws `VAULT_LOCKED`. */
  unprotect(): Promise<void>;
};

export function createStoreKey({ keyPath, boxPath, dataDir, passphrase, mustChoose }: StoreKeyOptions): StoreKey {
  let opened: Buffer | undefined;
  let loading: Promise<Buffer> | undefined;

  async function read(): Promise<Buffer | null> {
    const box = await readIfThere(boxPath);
    if (box) {
      const given = await passphrase?.({ isNew: false });
      if (given === null || given === undefined) throw new AppError('VAULT_LOCKED');
      return openBox(box, given);
    }
    const key = await readIfThere(keyPath);
    return key && checked(key, dataDir);
  }

  async function make(): Promise<Buffer> {
    const given = await passphrase?.({ isNew: true });
    const fresh = randomBytes(KEY_BYTES);
    if (given !== null && given !== undefined) {
      assertPassphrase(given);
      await writeWhole(boxPath, await sealWithPassphrase(fresh, given), { mayReplace: false });
      // Another store of the same folder may have been first: its key counts.
      return openBox(await readFile(boxPath), given);
    }
    if (mustChoose) throw new AppError('VAULT_UNDECIDED');
    await writeWhole(keyPath, fresh, { mayReplace: false });
    return checked(await readFile(keyPath), dataDir);
  }

  async function openBox(box: Buffer, given: string): Promise<Buffer> {
    const key = checked(await openWithPassphrase(box, given), dataDir);
    // Left behind when the program ended between the two steps of `protect` or `unprotect`.
    await rm(keyPath, { force: true });
    return key;
  }

  function loadOrMake(): Promise<Buffer> {
    if (opened) return Promise.resolve(opened);
    loading ??= read()
      .then((key) => key ?? make())
      .then((key) => (opened = key))
      .finally(() => (loading = undefined));
    return loading;
  }

  /** The key in the clear, or a fresh one where there is none: for whoever chose how to keep it. */
  async function loadForChange(): Promise<Buffer> {
    if (opened !== undefined || (await isThere(boxPath)) || (await isThere(keyPath))) return loadOrMake();
    return randomBytes(KEY_BYTES);
  }

  async function kind(): ReturnType<StoreKey['kind']> {
    if (await isThere(boxPath)) return 'passphrase';
    return mustChoose && !(await isThere(keyPath)) ? 'undecided' : 'file';
  }

  return {
    kind,
    isLocked: async () => opened === undefined && (await isThere(boxPath)),
    loadOrMake,
    async load() {
      const key = opened ?? (await read());
      if (!key) throw new Error('the key of the store is gone');
      opened = key;
      return key;
    },
    async unlock(given) {
      const box = await readIfThere(boxPath);
      if (!box) throw new AppError('VAULT_NOT_PROTECTED');
      opened = await openBox(box, given);
    },
    forget() {
      opened?.fill(0);
      opened = undefined;
    },
    async protect(given) {
      assertPassphrase(given);
      const key = await loadForChange();
      await writeWhole(boxPath, await sealWithPassphrase(key, given), { mayReplace: true });
      await rm(keyPath, { force: true });
      opened = key;
    },
    async unprotect() {
      const key = await loadForChange();
      await writeWhole(keyPath, key, { mayReplace: true });
      await rm(boxPath, { force: true });
      opened = key;
    },
  };
}

async function readIfThere(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path);
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
}

/** Also where the data folder is none: whoever opens it says so. */
function isAbsent(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(systemErrorCode(error) ?? '');
}

/** Written whole beside its place, for the user alone; without `mayReplace` never over another one. */
async function writeWhole(
  path: string,
  content: Uint8Array,
  { mayReplace }: { readonly mayReplace: boolean },
): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    {
      await using file = await open(temporary, 'wx', 0o600);
      await file.writeFile(content);
      await file.sync();
    }
    if (mayReplace) await rename(temporary, path);
    else {
      await link(temporary, path).catch((error: unknown) => {
        if (systemErrorCode(error) !== 'EEXIST') throw error;
      });
    }
  } catch (error) {
    throw asStorageError(error);
  } finally {
    await rm(temporary, { force: true });
  }
}

function checked(key: Buffer, dataDir: string): Buffer {
  if (key.length === KEY_BYTES) return key;
  throw new AppError('DATA_FOLDER_UNUSABLE', { dataDir, reason: reasonOf(new Error('secrets.key is damaged')) });
}
