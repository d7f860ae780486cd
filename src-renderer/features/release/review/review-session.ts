import { createStore, type StoreApi } from 'zustand/vanilla';

import type { ApiClient } from '#contract/api.ts';
import { ApiError, type WireError } from '#contract/errors.ts';
import { inspectionSchema, type Inspection } from '#contract/models/finding.ts';
import type { BuildSource } from '#contract/models/release.ts';
import type { Transport } from '#renderer/api/transport.ts';
import { toWireError } from '#renderer/i18n/failure-text.ts';
import type { IntakeItem } from '#renderer/stores/intake-store.ts';
import { putJob, whenEnded } from '#renderer/stores/jobs-store.ts';

import { collectFiles } from '../intake/collect-files.ts';
import { uploadFiles, type UploadProgress } from '../intake/upload-files.ts';

/** How far a build came on its way to being looked at. */
export type ReviewPhase =
  /** The browser walks the folder. */
  | { readonly kind: 'reading'; readonly files: number }
  | ({ readonly kind: 'uploading' } & UploadProgress)
  | { readonly kind: 'checking'; readonly jobId: string | null }
  | { readonly kind: 'ready'; readonly inspection: Inspection; readonly tookMs: number; readonly startedMs: number }
  | { readonly kind: 'failed'; readonly error: WireError };

export type ReviewState = {
  readonly phase: ReviewPhase;
  /** What the core reads; null until the upload is whole. */
  readonly source: BuildSource | null;
  /** Folders that were left out of the upload. */
  readonly skipped: readonly string[];
};

export type ReviewSession = {
  readonly store: StoreApi<ReviewState>;
  /** Brings the build to the core and checks it. Again after a failure, or for a build that changed. */
  readonly check: () => Promise<void>;
  /** Stops what is going on and throws an upload away, unless a publish has taken it over. */
  readonly close: (options: { readonly keepsUpload: boolean }) => void;
};

type Deps = { readonly api: ApiClient; readonly transport: Transport; readonly item: IntakeItem };

/** One build from the drop to its findings. Its failures are in the store, it rejects nothing. */
export function createReviewSession({ api, transport, item }: Deps): ReviewSession {
  const { origin } = item;
  const store = createStore<ReviewState>(() => ({
    phase: origin.kind === 'path' ? { kind: 'checking', jobId: null } : { kind: 'reading', files: 0 },
    source: origin.kind === 'path' ? { kind: 'path', path: origin.path } : null,
    skipped: [],
  }));
  let run = new AbortController();
  const setPhase = (phase: ReviewPhase) => store.setState({ phase });

  const bring = async (signal: AbortSignal): Promise<BuildSource> => {
    if (origin.kind === 'path') return { kind: 'path', path: origin.path };
    const { upload } = transport;
    if (upload === null) throw new ApiError({ code: 'NOT_AVAILABLE_HERE', params: { what: 'upload' } });
    setPhase({ kind: 'reading', files: 0 });
    const { files, skipped } = await collectFiles(origin, {
      signal,
      onCount: (files) => setPhase({ kind: 'reading', files }),
    }).catch((error: unknown) => {
      if (signal.aborted) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw new ApiError({ code: 'SOURCE_UNREADABLE', params: { path: item.name, reason } });
    });
    store.setState({ skipped });
    const uploadId = await uploadFiles({
      api,
      upload,
      name: item.name,
      files,
      signal,
      onProgress: (progress) => setPhase({ kind: 'uploading', ...progress }),
    });
    return { kind: 'upload', uploadId };
  };

  const inspect = async (source: BuildSource, signal: AbortSignal): Promise<Inspection> => {
    setPhase({ kind: 'checking', jobId: null });
    const { jobId } = await api.builds.inspect({ source });
    // Nobody waits for a check whose sheet was closed.
    signal.addEventListener('abort', () => void api.jobs.cancel({ jobId }).catch(() => undefined), { once: true });
    if (signal.aborted) await api.jobs.cancel({ jobId });
    setPhase({ kind: 'checking', jobId });
    // The job may have ended before its first event came through.
    putJob(await api.jobs.get({ jobId }));
    const job = await whenEnded(jobId, signal);
    if (job.state !== 'succeeded') throw new ApiError(job.error ?? { code: 'CANCELLED', params: {} });
    return inspectionSchema.parse(job.result);
  };

  return {
    store,
    async check() {
      run.abort();
      run = new AbortController();
      const { signal } = run;
      try {
        const source = store.getState().source ?? (await bring(signal));
        store.setState({ source });
        const startedMs = performance.now();
        const inspection = await inspect(source, signal);
        setPhase({ kind: 'ready', inspection, tookMs: performance.now() - startedMs, startedMs });
      } catch (error) {
        if (signal.aborted) return;
        const wire = toWireError(error);
        // An upload that is gone can only be sent again.
        if (wire.code === 'UPLOAD_NOT_FOUND') store.setState({ source: null });
        setPhase({ kind: 'failed', error: wire });
      }
    },
    close({ keepsUpload }) {
      run.abort();
      const { source } = store.getState();
      if (source?.kind !== 'upload' || keepsUpload) return;
      // Left behind it expires by itself.
      api.uploads.discard({ uploadId: source.uploadId }).catch(() => undefined);
    },
  };
}
