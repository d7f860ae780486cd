import type { ApiClient } from '#contract/api.ts';
import { ApiError } from '#contract/errors.ts';
import type { KeyRef, ZipRef } from '#contract/models/key.ts';
import type { Transport } from '#renderer/api/transport.ts';
import { pastedPath } from '#renderer/components/local-path.ts';
import type { DroppedFile } from '#renderer/stores/drop-claim-store.ts';
import { isKeyFileName } from '#renderer/stores/key-intake-store.ts';

/** A file by its path on the machine of the core, or one of a browser, whose place is not told. */
export type FileChoice =
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'file'; readonly file: File };

export const noFile: FileChoice = { kind: 'path', path: '' };

export function isChosen(choice: FileChoice): boolean {
  return choice.kind === 'file' || pastedPath(choice.path) !== '';
}

export function choiceOf({ file, path }: DroppedFile): FileChoice {
  return path === null ? { kind: 'file', file } : { kind: 'path', path };
}

/** What a drop on the page means: a key where the name says so, else the zip. The last of each counts. */
export function sortDropped(files: readonly DroppedFile[]): { readonly zip?: FileChoice; readonly key?: FileChoice } {
  const key = files.findLast(({ file }) => isKeyFileName(file.name));
  const zip = files.findLast(({ file }) => !isKeyFileName(file.name));
  return { ...(zip ? { zip: choiceOf(zip) } : {}), ...(key ? { key: choiceOf(key) } : {}) };
}

/** Far above any PEM; what is larger is not read to find out that it is none. */
const KEY_FILE_LIMIT_BYTES = 64 * 1024;

/** The key as the core takes it; a file of a browser is read only now, and handed on. */
export async function keyRefOf(choice: FileChoice): Promise<KeyRef> {
  if (choice.kind === 'path') return { kind: 'file', path: pastedPath(choice.path) };
  if (choice.file.size > KEY_FILE_LIMIT_BYTES) throw new ApiError({ code: 'KEY_FILE_TOO_LARGE', params: {} });
  return { kind: 'text', pem: await choice.file.text() };
}

/** The zip as the core takes it; one of a browser is sent first. Rejects with `CANCELLED` when the signal aborts. */
export async function zipRefOf(
  choice: FileChoice,
  {
    api,
    upload,
    signal,
    onProgress,
  }: {
    readonly api: ApiClient;
    readonly upload: Transport['upload'];
    readonly signal: AbortSignal;
    /** 0..1 of the bytes that were sent. */
    readonly onProgress: (sent: number) => void;
  },
): Promise<ZipRef> {
  if (choice.kind === 'path') return pastedPath(choice.path);
  const { file } = choice;
  if (upload === null) {
    throw new ApiError({ code: 'SOURCE_UNREADABLE', params: { path: file.name, reason: 'it lies nowhere' } });
  }
  const { uploadId } = await api.uploads.create({ name: file.name.slice(0, 255), files: 1, bytes: file.size });
  try {
    const reply = await upload(
      uploadId,
      { paths: [file.name], files: [file] },
      { signal, onProgress: (bytes) => onProgress(file.size === 0 ? 1 : Math.min(1, bytes / file.size)) },
    );
    if (!reply.ok) throw new ApiError(reply.error);
    await api.uploads.complete({ uploadId });
  } catch (error) {
    // It expires by itself when even this does not arrive; the first failure is the one to tell.
    await api.uploads.discard({ uploadId }).catch(() => undefined);
    throw error;
  }
  return { uploadId };
}
