import type { Reply } from '#contract/errors.ts';
import type { EventMessage } from '#contract/events.ts';

import type { ConnectionState, Transport, UploadBatch, UploadOptions } from './transport.ts';

const unreachable: Reply = { ok: false, error: { code: 'HOST_UNREACHABLE', params: {} } };
const cancelled: Reply = { ok: false, error: { code: 'CANCELLED', params: {} } };

/** First pause before the event stream is opened anew; doubles up to `MAX_RETRY_MS`. */
const FIRST_RETRY_MS = 500;
const MAX_RETRY_MS = 5_000;

/** The browser's transport: `POST /api/:path`, `GET /api/events`, multipart to `/api/uploads/:id/files`. */
export function createHttpTransport(): Transport {
  const listeners = new Set<(message: EventMessage) => void>();
  const watchers = new Set<(state: ConnectionState) => void>();
  let state: ConnectionState = 'connecting';
  let source: EventSource | null = null;
  let retryMs = FIRST_RETRY_MS;
  let retryTimer: ReturnType<typeof setTimeout> | undefined;

  const setState = (next: ConnectionState) => {
    if (state === next) return;
    state = next;
    for (const watcher of watchers) watcher(next);
  };

  const open = () => {
    clearTimeout(retryTimer);
    source?.close();
    const opened = new EventSource('/api/events');
    source = opened;
    opened.addEventListener('open', () => {
      retryMs = FIRST_RETRY_MS;
      setState('open');
    });
    opened.addEventListener('message', (event: MessageEvent<string>) => {
      const message = JSON.parse(event.data) as EventMessage;
      for (const listener of listeners) listener(message);
    });
    opened.addEventListener('error', () => {
      // EventSource tries again by itself only after some failures; a refusal closes it for good. One way for both.
      opened.close();
      if (state !== 'signed-out') setState('lost');
      // It does not tell a refusal from silence; a call does.
      void call('server.status', {});
      retryTimer = setTimeout(open, retryMs);
      retryMs = Math.min(retryMs * 2, MAX_RETRY_MS);
    });
  };

  /** Opened by the first who listens: a page that only calls needs no stream. */
  const ensureOpen = () => {
    if (source === null) open();
  };

  const noteReply = (reply: Reply): Reply => {
    if (!reply.ok && reply.error.code === 'UNAUTHORIZED') setState('signed-out');
    return reply;
  };

  const call: Transport['call'] = async (path, input, options) => {
    try {
      const response = await fetch(`/api/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(input),
        // The contract knows a signal by its shape only; callers of the renderer pass real ones.
        ...(options?.signal ? { signal: options.signal as AbortSignal } : {}),
      });
      return noteReply(asReply(await response.json()));
    } catch (error) {
      return error instanceof DOMException && error.name === 'AbortError' ? cancelled : unreachable;
    }
  };

  return {
    kind: 'http',
    call,
    subscribe(listener) {
      listeners.add(listener);
      ensureOpen();
      return () => void listeners.delete(listener);
    },
    watchConnection(watcher) {
      watchers.add(watcher);
      watcher(state);
      ensureOpen();
      return () => void watchers.delete(watcher);
    },
    async upload(uploadId, batch, options) {
      return noteReply(await sendBatch(uploadId, batch, options));
    },
    pathForFile: null,
    pickFolder: null,
  };
}

/** XMLHttpRequest and not fetch: only it tells how many bytes of a request have left. */
function sendBatch(uploadId: string, batch: UploadBatch, { signal, onProgress }: UploadOptions): Promise<Reply> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve(cancelled);
      return;
    }
    const form = new FormData();
    // Paths go apart from the parts: a part's file name loses its folders on the way.
    form.append('paths', JSON.stringify(batch.paths));
    batch.files.forEach((file, index) => form.append(String(index), file, String(index)));

    const request = new XMLHttpRequest();
    const abort = () => request.abort();
    const end = (reply: Reply) => {
      signal.removeEventListener('abort', abort);
      resolve(reply);
    };
    signal.addEventListener('abort', abort);
    request.upload.addEventListener('progress', (event) => onProgress(event.loaded));
    request.addEventListener('load', () => {
      try {
        end(asReply(JSON.parse(request.responseText)));
      } catch {
        end(unreachable);
      }
    });
    request.addEventListener('error', () => end(unreachable));
    request.addEventListener('abort', () => end(cancelled));
    request.open('POST', `/api/uploads/${encodeURIComponent(uploadId)}/files`);
    request.send(form);
  });
}

/** Anything that is no reply (a proxy's page, an old program) counts as not reachable. */
function asReply(value: unknown): Reply {
  return typeof value === 'object' && value !== null && 'ok' in value ? (value as Reply) : unreachable;
}
