import type { ApiClient } from '#contract/api.ts';
import { ApiError } from '#contract/errors.ts';
import type { Transport } from '#renderer/api/transport.ts';
import type { IntakeFile } from '#renderer/stores/intake-store.ts';

const MAX_BATCH_FILES = 200;
const MAX_BATCH_BYTES = 8 * 1024 * 1024;
/** Requests under way at once: the next batch is read from disk while the last one is written on the other side. */
const PARALLEL = 2;

export type UploadProgress = { readonly doneBytes: number; readonly totalBytes: number; readonly files: number };

type Options = {
  readonly api: ApiClient;
  readonly upload: NonNullable<Transport['upload']>;
  readonly name: string;
  readonly files: readonly IntakeFile[];
  readonly signal: AbortSignal;
  readonly onProgress: (progress: UploadProgress) => void;
};

/**
 * Sends files of a browser to a staging folder of the core and declares it whole; resolves with its id.
 * Rejects with `ApiError`; `CANCELLED` when the signal aborts. What was sent until then is discarded.
 */
export async function uploadFiles({ api, upload, name, files, signal, onProgress }: Options): Promise<string> {
  const totalBytes = files.reduce((sum, { file }) => sum + file.size, 0);
  const { uploadId } = await api.uploads.create({ name: name.slice(0, 255), files: files.length, bytes: totalBytes });
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  try {
    const batches = batchesOf(files);
    const sent = batches.map(() => 0);
    const report = () => onProgress({ doneBytes: sum(sent), totalBytes, files: files.length });
    report();
    let next = 0;
    const worker = async () => {
      for (;;) {
        const index = next;
        const batch = batches[index];
        if (batch === undefined) return;
        next += 1;
        const bytes = sum(batch.map(({ file }) => file.size));
        const reply = await upload(
          uploadId,
          { paths: batch.map(({ path }) => path), files: batch.map(({ file }) => file) },
          {
            signal: either,
            // The form's own lines count for the network, not for the person.
            onProgress: (sentBytes) => {
              sent[index] = Math.min(sentBytes, bytes);
              report();
            },
          },
        );
        if (!reply.ok) throw new ApiError(reply.error);
        sent[index] = bytes;
        report();
      }
    };
    await Promise.all(Array.from({ length: PARALLEL }, worker));
    await api.uploads.complete({ uploadId });
    return uploadId;
  } catch (error) {
    stop.abort();
    // It expires by itself when even this does not arrive; the first failure is the one to tell.
    await api.uploads.discard({ uploadId }).catch(() => undefined);
    throw signal.aborted ? new ApiError({ code: 'CANCELLED', params: {} }) : error;
  }
}

/** Files in order, cut into requests of bounded length; a large file goes alone. */
export function batchesOf(files: readonly IntakeFile[]): readonly (readonly IntakeFile[])[] {
  const batches: IntakeFile[][] = [];
  let bytes = 0;
  for (const file of files) {
    const last = batches.at(-1);
    if (last === undefined || last.length >= MAX_BATCH_FILES || bytes + file.file.size > MAX_BATCH_BYTES) {
      batches.push([file]);
      bytes = file.file.size;
    } else {
      last.push(file);
      bytes += file.file.size;
    }
  }
  return batches;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
