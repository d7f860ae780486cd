import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createApiClient } from '#contract/client.ts';
import { ApiError } from '#contract/errors.ts';
import { createFakeTransport, type FakeTransport } from '#renderer/testing/fake-transport.ts';

import { batchesOf, uploadFiles, type UploadProgress } from './upload-files.ts';

/** A file of a claimed size; its bytes are never read here. */
function fileOf(path: string, size: number) {
  const file = new File([], path);
  Object.defineProperty(file, 'size', { value: size });
  return { path, file };
}

const answers = {
  'uploads.create': () => ({ uploadId: 'u1' }),
  'uploads.complete': () => ({ files: 0, bytes: 0 }),
  'uploads.discard': () => ({}),
};

function uploadOf({ upload }: FakeTransport): NonNullable<FakeTransport['upload']> {
  if (upload === null) throw new Error('this transport reads paths in place');
  return upload;
}

describe('batchesOf', () => {
  it('keeps every file once, in order, and every request within 200 files and 8 MiB unless one file is larger', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 12 * 1024 * 1024 }), { maxLength: 600 }), (sizes) => {
        const files = sizes.map((size, index) => fileOf(`f${index}`, size));
        const batches = batchesOf(files);
        expect(batches.flat()).toEqual(files);
        for (const batch of batches) {
          const bytes = batch.reduce((sum, { file }) => sum + file.size, 0);
          expect(batch.length).toBeGreaterThan(0);
          expect(batch.length).toBeLessThanOrEqual(200);
          expect(bytes <= 8 * 1024 * 1024 || batch.length === 1).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('uploadFiles', () => {
  it('sends all files, tells the bytes, and declares the upload whole', async () => {
    const transport = createFakeTransport({ answers });
    const progress: UploadProgress[] = [];
    const files = Array.from({ length: 401 }, (_, index) => fileOf(`a/${index}.js`, 10));
    const uploadId = await uploadFiles({
      api: createApiClient(transport.call),
      upload: uploadOf(transport),
      name: 'dist',
      files,
      signal: new AbortController().signal,
      onProgress: (step) => progress.push(step),
    });
    expect(uploadId).toBe('u1');
    expect(transport.uploads.map(({ paths }) => paths.length).toSorted((a, b) => a - b)).toEqual([1, 200, 200]);
    expect(progress.at(-1)).toEqual({ doneBytes: 4010, totalBytes: 4010, files: 401 });
    expect(transport.calls.map(({ path }) => path)).toEqual(['uploads.create', 'uploads.complete']);
  });

  it('discards what was sent when a request fails, and rejects with its reason', async () => {
    const transport = createFakeTransport({
      answers,
      upload: async () => ({ ok: false, error: { code: 'DISK_FULL', params: {} } }),
    });
    const upload = uploadFiles({
      api: createApiClient(transport.call),
      upload: uploadOf(transport),
      name: 'dist',
      files: [fileOf('index.html', 10)],
      signal: new AbortController().signal,
      onProgress: () => undefined,
    });
    await expect(upload).rejects.toMatchObject({ code: 'DISK_FULL' });
    expect(transport.calls.map(({ path }) => path)).toEqual(['uploads.create', 'uploads.discard']);
  });

  it('rejects with CANCELLED and discards when it is stopped', async () => {
    const stop = new AbortController();
    const transport = createFakeTransport({
      answers,
      upload: async (_uploadId, _batch, { signal }) => {
        stop.abort();
        return signal.aborted
          ? { ok: false, error: { code: 'CANCELLED', params: {} } }
          : { ok: true, value: { received: 1 } };
      },
    });
    const upload = uploadFiles({
      api: createApiClient(transport.call),
      upload: uploadOf(transport),
      name: 'dist',
      files: [fileOf('index.html', 10)],
      signal: stop.signal,
      onProgress: () => undefined,
    });
    await expect(upload).rejects.toEqual(new ApiError({ code: 'CANCELLED', params: {} }));
    expect(transport.calls.at(-1)?.path).toBe('uploads.discard');
  });
});
