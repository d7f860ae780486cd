import type { CallOptions } from '#contract/define.ts';
import type { Reply } from '#contract/errors.ts';
import type { EventMessage } from '#contract/events.ts';

/** `signed-out`: the program answers, but does not take this page for its own (another start, another token). */
export type ConnectionState = 'connecting' | 'open' | 'lost' | 'signed-out';

/** One part of an upload: files with their paths below the dropped folder, `/`-separated. */
export type UploadBatch = { readonly paths: readonly string[]; readonly files: readonly Blob[] };

export type UploadOptions = {
  readonly signal: AbortSignal;
  /** Bytes of this batch handed to the network so far. */
  readonly onProgress: (sentBytes: number) => void;
};

/** The one road between the UI and the core: IPC in the desktop window, HTTP and server-sent events in a browser. */
export type Transport = {
  readonly kind: 'ipc' | 'http';
  readonly call: (path: string, input: unknown, options?: CallOptions) => Promise<Reply>;
  /** Returns its own undo. */
  readonly subscribe: (listener: (message: EventMessage) => void) => () => void;
  /** Tells the state at once and at every change. Returns its own undo. */
  readonly watchConnection: (listener: (state: ConnectionState) => void) => () => void;
  /** Sends files of a browser to a staging folder; null where paths are read in place. */
  readonly upload: ((uploadId: string, batch: UploadBatch, options: UploadOptions) => Promise<Reply>) | null;
  /** Where a dropped file lies on this machine; null in a browser, which does not tell. */
  readonly pathForFile: ((file: File) => string) | null;
  readonly pickFolder: (() => Promise<string | null>) | null;
};
