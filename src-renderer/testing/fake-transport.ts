import type { Api } from '#contract/api.ts';
import type { InputOf, OutputOf, Procedure } from '#contract/define.ts';
import { ApiError, type ErrorCode, type ErrorParams, type Reply } from '#contract/errors.ts';
import type { EventMessage } from '#contract/events.ts';
import type { ConnectionState, Transport, UploadBatch, UploadOptions } from '#renderer/api/transport.ts';

type PathOf<D extends keyof Api> = `${D}.${Extract<keyof Api[D], string>}`;
type ProcedureAt<Path> = Path extends `${infer D extends keyof Api}.${infer N}`
  ? N extends keyof Api[D]
    ? Extract<Api[D][N], Procedure>
    : never
  : never;

/** Answers by path, as far as a test needs them: `{ 'apps.list': () => [] }`. */
export type Answers = {
  [Path in { [D in keyof Api]: PathOf<D> }[keyof Api]]?: (
    input: InputOf<ProcedureAt<Path>>,
  ) => OutputOf<ProcedureAt<Path>> | Promise<OutputOf<ProcedureAt<Path>>>;
};

export type FakeTransport = Transport & {
  /** What was called, in order. */
  readonly calls: readonly { readonly path: string; readonly input: unknown }[];
  readonly uploads: readonly { readonly uploadId: string; readonly paths: readonly string[] }[];
  /** Replaces or adds an answer. */
  readonly answer: (answers: Answers) => void;
  readonly emit: (message: EventMessage) => void;
  readonly setConnection: (state: ConnectionState) => void;
};

type Options = {
  readonly kind?: Transport['kind'];
  readonly answers?: Answers;
  readonly pathForFile?: (file: File) => string;
  readonly pickFolder?: () => Promise<string | null>;
  readonly upload?: (uploadId: string, batch: UploadBatch, options: UploadOptions) => Promise<Reply>;
};

/** A core in memory for component tests: answers what it was told to, and fails loudly on anything else. */
export function createFakeTransport(options: Options = {}): FakeTransport {
  const calls: { path: string; input: unknown }[] = [];
  const uploads: { uploadId: string; paths: readonly string[] }[] = [];
  const listeners = new Set<(message: EventMessage) => void>();
  const watchers = new Set<(state: ConnectionState) => void>();
  const answers = new Map<string, (input: unknown) => unknown>();
  let connection: ConnectionState = 'open';
  const kind = options.kind ?? 'http';

  const answer = (more: Answers) => {
    for (const [path, reply] of Object.entries(more)) answers.set(path, reply as (input: unknown) => unknown);
  };
  answer(options.answers ?? {});

  return {
    kind,
    calls,
    uploads,
    answer,
    emit(message) {
      for (const listener of listeners) listener(message);
    },
    setConnection(state) {
      connection = state;
      for (const watcher of watchers) watcher(state);
    },
    async call(path, input) {
      calls.push({ path, input });
      const reply = answers.get(path);
      if (reply === undefined) return { ok: false, error: { code: 'UNKNOWN_PROCEDURE', params: { path } } };
      try {
        return { ok: true, value: await reply(input) };
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        return { ok: false, error: { code: error.code, params: { ...error.params } } };
      }
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    watchConnection(watcher) {
      watchers.add(watcher);
      watcher(connection);
      return () => void watchers.delete(watcher);
    },
    upload:
      kind === 'ipc'
        ? null
        : (options.upload ??
          (async (uploadId, batch, { onProgress }) => {
            uploads.push({ uploadId, paths: batch.paths });
            onProgress(batch.files.reduce((sum, file) => sum + file.size, 0));
            return { ok: true, value: { received: batch.files.length } };
          })),
    pathForFile: options.pathForFile ?? null,
    pickFolder: options.pickFolder ?? null,
  };
}

/** What an answer throws to fail as the core would. */
export function failure(code: ErrorCode, params: ErrorParams = {}): ApiError {
  return new ApiError({ code, params: { ...params } });
}
