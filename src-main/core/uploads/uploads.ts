import { type FileHandle, mkdir, open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { addAbortSignal, type Readable } from 'node:stream';

import { v7 as uuidv7 } from 'uuid';

import { AppError, asStorageError, systemErrorCode } from '../app-error.ts';
import { MAXIMUM_RAW_BYTES } from '../bundles/build-files.ts';
import type { Logger } from '../ports.ts';
import { uploadFilePath } from './upload-path.ts';

/** An upload that nobody adds to or publishes from is dropped after this. */
const IDLE_MS = 60 * 60 * 1000;
const NOT_DROPPED = 'an upload could not be dropped';

export type UploadDeclaration = { readonly name: string; readonly files: number; readonly bytes: number };

/** Files that a browser sends, in a staging folder until they are published. */
export type UploadService = AsyncDisposable & {
  /** Rejects with `BUILD_TOO_LARGE`. */
  create(declaration: UploadDeclaration): Promise<{ readonly uploadId: string }>;
  /**
   * Stores one file. Sent again under the same path it replaces itself; broken off it leaves nothing.
   * Rejects with `UPLOAD_NOT_FOUND`, `UPLOAD_PATH_INVALID`, `BUILD_TOO_LARGE`, `DISK_FULL`.
   */
  receive(uploadId: string, relativePath: string, content: Readable): Promise<{ readonly bytes: number }>;
  /** Throws `UPLOAD_NOT_FOUND`, `UPLOAD_INCOMPLETE`. */
  complete(uploadId: string): { readonly files: number; readonly bytes: number };
  /** Also for one that is not there. What reads it at that moment keeps its files until it is done. */
  discard(uploadId: string): Promise<void>;
  /**
   * The build that a complete upload holds: its folder, or the zip when it is a single one. It does not expire until
   * disposed. Throws `UPLOAD_NOT_FOUND`, `UPLOAD_INCOMPLETE`.
   */
  use(uploadId: string): Disposable & {
    readonly path: string;
    readonly name: string;
    /** The folder that everything of it is in. */
    readonly filesDir: string;
    /** The only file, whatever its name; null when there are more. */
    readonly file: string | null;
    /** Where a file made of it is written, for the browser to fetch; it goes with the upload. */
    readonly resultPath: string;
  };
  /** What was made of it. Held until disposed. Throws `UPLOAD_NOT_FOUND` also while there is nothing yet. */
  openResult(uploadId: string): Promise<AsyncDisposable & { readonly handle: FileHandle; readonly sizeBytes: number }>;
};

type Upload = {
  readonly declaration: UploadDeclaration;
  readonly dir: string;
  readonly sizes: Map<string, number>;
  readonly folders: Set<string>;
  readonly abort: AbortController;
  bytes: number;
  isComplete: boolean;
  users: number;
  /** Those of the users that read the whole build. */
  readers: number;
  idleTimer: NodeJS.Timeout | undefined;
};

export function createUploads({
  stagingDir,
  logger,
  idleMs = IDLE_MS,
  maximumBytes = MAXIMUM_RAW_BYTES,
}: {
  /** Emptied by whoever opens the data folder. */
  readonly stagingDir: string;
  readonly logger: Logger;
  readonly idleMs?: number;
  readonly maximumBytes?: number;
}): UploadService {
  const root = join(stagingDir, 'uploads');
  const uploads = new Map<string, Upload>();

  function find(uploadId: string): Upload {
    const upload = uploads.get(uploadId);
    if (!upload) throw new AppError('UPLOAD_NOT_FOUND', { uploadId: uploadId.slice(0, 64) });
    return upload;
  }

  async function discard(uploadId: string): Promise<void> {
    const upload = uploads.get(uploadId);
    if (!upload) return;
    uploads.delete(uploadId);
    clearTimeout(upload.idleTimer);
    upload.abort.abort();
    // A publish would find half a build, and say so; its last reader removes the folder.
    if (upload.readers === 0) await removeFolder(upload);
  }

  function release(uploadId: string, upload: Upload): void {
    upload.readers -= 1;
    if (upload.readers > 0 || uploads.has(uploadId)) return;
    removeFolder(upload).catch((error: unknown) => logger.error({ err: error, uploadId }, NOT_DROPPED));
  }

  function touch(uploadId: string, upload: Upload): void {
    clearTimeout(upload.idleTimer);
    if (upload.users > 0 || !uploads.has(uploadId)) return;
    upload.idleTimer = setTimeout(() => {
      logger.info({ uploadId }, 'an upload was left alone and is dropped');
      discard(uploadId).catch((error: unknown) => logger.error({ err: error, uploadId }, NOT_DROPPED));
    }, idleMs);
    upload.idleTimer.unref();
  }

  /** Counts a user in: the upload does not expire under it. */
  function hold(uploadId: string, upload: Upload): Disposable {
    upload.users += 1;
    clearTimeout(upload.idleTimer);
    let isHeld = true;
    return {
      [Symbol.dispose]() {
        if (!isHeld) return;
        isHeld = false;
        upload.users -= 1;
        touch(uploadId, upload);
      },
    };
  }

  return {
    async create(declaration) {
      if (declaration.bytes > maximumBytes) throw tooLarge(maximumBytes);
      const uploadId = uuidv7();
      const dir = join(root, uploadId);
      try {
        await mkdir(join(dir, 'files'), { recursive: true, mode: 0o700 });
      } catch (error) {
        throw asStorageError(error);
      }
      const upload: Upload = {
        declaration,
        dir,
        sizes: new Map(),
        folders: new Set(),
        abort: new AbortController(),
        bytes: 0,
        isComplete: false,
        users: 0,
        readers: 0,
        idleTimer: undefined,
      };
      uploads.set(uploadId, upload);
      touch(uploadId, upload);
      return { uploadId };
    },
    async receive(uploadId, relativePath, content) {
      // The browser may go away before the first read, which then rejects; until then nobody else listens.
      content.on('error', noop);
      const upload = find(uploadId);
      using scope = new DisposableStack();
      scope.use(hold(uploadId, upload));
      const path = uploadFilePath(join(upload.dir, 'files'), relativePath);
      const isNew = !upload.sizes.has(relativePath);
      if (upload.isComplete || (isNew && upload.sizes.size >= upload.declaration.files)) {
        throw new AppError('BAD_INPUT', { reason: 'the upload has more files than it declared' });
      }
      upload.bytes -= upload.sizes.get(relativePath) ?? 0;
      // Taken before the first byte, so that two parts sent at once cannot share the last place.
      upload.sizes.set(relativePath, 0);
      let bytes = 0;
      try {
        await makeFolder(dirname(path), upload);
        // A file of our own rather than a stream: it is open before a byte is read and closed before a failure removes
        // it, where a stream may still be about to make it.
        await using file = await open(path, isNew ? 'wx' : 'w', 0o600);
        addAbortSignal(upload.abort.signal, content);
        // Whoever gave the content decides what becomes of the rest of it.
        for await (const chunk of content.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
          bytes += chunk.length;
          upload.bytes += chunk.length;
          if (upload.bytes > maximumBytes) throw tooLarge(maximumBytes);
          await file.writeFile(chunk);
        }
        upload.sizes.set(relativePath, bytes);
        return { bytes };
      } catch (error) {
        upload.bytes -= bytes;
        upload.sizes.delete(relativePath);
        // A name that another file of this upload has already (by case or as a folder) is not ours to remove.
        if (!isNameClash(error)) await rm(path, { force: true }).catch(() => undefined);
        // A folder that was being made for it may have come after the upload's own was removed.
        if (!uploads.has(uploadId) && upload.readers === 0) await removeFolder(upload).catch(() => undefined);
        throw describeFailure(error, relativePath, upload.abort.signal);
      }
    },
    complete(uploadId) {
      const upload = find(uploadId);
      assertWhole(upload);
      upload.isComplete = true;
      touch(uploadId, upload);
      return { files: upload.sizes.size, bytes: upload.bytes };
    },
    discard,
    use(uploadId) {
      const upload = find(uploadId);
      assertWhole(upload);
      using scope = new DisposableStack();
      scope.use(hold(uploadId, upload));
      upload.readers += 1;
      scope.defer(() => release(uploadId, upload));
      const [only] = upload.sizes.keys();
      const isZip = upload.sizes.size === 1 && only !== undefined && /\.zip$/i.test(only);
      const files = join(upload.dir, 'files');
      const path = isZip ? uploadFilePath(files, only) : files;
      const held = scope.move();
      const file = upload.sizes.size === 1 && only !== undefined ? uploadFilePath(files, only) : null;
      const { name } = upload.declaration;
      return {
        path,
        name,
        filesDir: files,
        file,
        resultPath: resultPath(upload),
        [Symbol.dispose]: () => held.dispose(),
      };
    },
    async openResult(uploadId) {
      const upload = find(uploadId);
      await using scope = new AsyncDisposableStack();
      scope.use(hold(uploadId, upload));
      let handle: FileHandle;
      try {
        handle = scope.use(await open(resultPath(upload), 'r'));
      } catch (error) {
        throw new AppError('UPLOAD_NOT_FOUND', { uploadId }, { cause: error });
      }
      const { size: sizeBytes } = await handle.stat();
      const held = scope.move();
      return { handle, sizeBytes, [Symbol.asyncDispose]: () => held.disposeAsync() };
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...uploads.keys()].map(discard));
    },
  };
}

function resultPath({ dir }: Upload): string {
  return join(dir, 'result');
}

function noop(): void {}

async function removeFolder({ dir }: Upload): Promise<void> {
  await rm(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
}

function assertWhole(upload: Upload): void {
  const { files: expected } = upload.declaration;
  const received = upload.sizes.size;
  if (received < expected) throw new AppError('UPLOAD_INCOMPLETE', { received, expected });
}

async function makeFolder(folder: string, upload: Upload): Promise<void> {
  if (upload.folders.has(folder)) return;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  upload.folders.add(folder);
}

function isNameClash(error: unknown): boolean {
  return ['EEXIST', 'ENOTDIR', 'EISDIR'].includes(systemErrorCode(error) ?? '');
}

function describeFailure(error: unknown, relativePath: string, signal: AbortSignal): unknown {
  if (error instanceof AppError) return error;
  if (signal.aborted) return new AppError('UPLOAD_NOT_FOUND', {}, { cause: error });
  if (isNameClash(error) || ['ENAMETOOLONG', 'EINVAL', 'EILSEQ'].includes(systemErrorCode(error) ?? '')) {
    return new AppError('UPLOAD_PATH_INVALID', { path: relativePath.slice(0, 200) }, { cause: error });
  }
  return asStorageError(error);
}

function tooLarge(maximumBytes: number): AppError {
  return new AppError('BUILD_TOO_LARGE', { reason: `> ${Math.floor(maximumBytes / 1024 ** 3)} GiB` });
}
