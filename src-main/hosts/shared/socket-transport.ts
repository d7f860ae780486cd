import { Agent, request, type IncomingMessage, type RequestOptions } from 'node:http';

import type { ApiTransport } from '#api/transport.ts';
import { wireErrorSchema, type Reply } from '#contract/errors.ts';
import { eventNames, type EventMessage } from '#contract/events.ts';

export type SocketTransportDeps = {
  /** Unix socket path or pipe name. */
  readonly socket: string;
  readonly secret: string;
  /** A call that is silent for so long counts as not reachable: a host that was stopped keeps its socket. */
  readonly timeoutMs?: number;
};

type Base = Omit<RequestOptions, 'headers'> & { readonly headers: Readonly<Record<string, string>> };

const UNREACHABLE: Reply = { ok: false, error: { code: 'HOST_UNREACHABLE', params: {} } };
/** Calls answer at once, long work is a job; the slowest one, the doctor, gives up on each check after seconds. */
const DEFAULT_TIMEOUT_MS = 60_000;
const RECONNECT_MS = 250;

/** Every answer of the core fits easily; more is not from our host. */
const MAX_ANSWER_BYTES = 256 * 1024 * 1024;
const MAX_EVENT_CHARACTERS = 32 * 1024 * 1024;

/** Calls and events of a running host over its local socket. Calls never reject; a host that is gone is a reply. */
export function createSocketTransport({
  socket,
  secret,
  timeoutMs = DEFAULT_TIMEOUT_MS,
}: SocketTransportDeps): ApiTransport {
  const agent = new Agent({ keepAlive: true });
  const streams = new Set<() => void>();
  const base: Base = { socketPath: socket, agent, headers: { authorization: `Bearer ${secret}` } };

  return {
    call: (path, input) => post({ ...base, timeout: timeoutMs }, path, input),
    subscribe(listener) {
      const stop = followEvents(base, listener);
      streams.add(stop);
      return () => {
        streams.delete(stop);
        stop();
      };
    },
    [Symbol.asyncDispose]() {
      for (const stop of streams) stop();
      agent.destroy();
      return Promise.resolve();
    },
  };
}

function post(base: Base, path: string, input: unknown): Promise<Reply> {
  const body = Buffer.from(JSON.stringify(input ?? {}));
  const { promise, resolve } = Promise.withResolvers<Reply>();
  const call = request(
    {
      ...base,
      method: 'POST',
      path: `/api/${encodeURIComponent(path)}`,
      headers: { ...base.headers, 'content-type': 'application/json', 'content-length': body.length },
    },
    (response) => {
      readAll(response).then(
        (text) => resolve(parseReply(text)),
        () => resolve(UNREACHABLE),
      );
    },
  );
  call.on('error', () => resolve(UNREACHABLE));
  call.on('timeout', () => call.destroy(new Error('the host is silent')));
  call.end(body);
  return promise;
}

async function readAll(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) throw new Error('the answer is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseReply(text: string): Reply {
  try {
    const reply: unknown = JSON.parse(text);
    if (typeof reply !== 'object' || reply === null || !('ok' in reply)) return UNREACHABLE;
    if (reply.ok === true) return { ok: true, value: 'value' in reply ? reply.value : undefined };
    const error = wireErrorSchema.safeParse('error' in reply ? reply.error : undefined);
    return error.success ? { ok: false, error: error.data } : UNREACHABLE;
  } catch {
    return UNREACHABLE;
  }
}

/** Reads server-sent events until stopped; connects again when the stream breaks. Returns the stop. */
function followEvents(base: Base, listener: (message: EventMessage) => void): () => void {
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  let stopCurrent: () => void = () => undefined;

  function connect(): void {
    // A connection of its own: the stream never ends, so it must not occupy one that calls share.
    const stream = request({ ...base, agent: false, path: '/api/events' });
    stopCurrent = () => stream.destroy();
    const again = (): void => {
      if (!isStopped) timer ??= setTimeout(reconnect, RECONNECT_MS);
    };
    stream.on('response', (response) => {
      response.setEncoding('utf8');
      const read = createEventReader(listener, () => stream.destroy());
      if (response.statusCode === 200) response.on('data', read);
      else response.resume();
      response.on('error', again);
      response.on('close', again);
    });
    stream.on('error', again);
    stream.end();
  }

  function reconnect(): void {
    timer = undefined;
    connect();
  }

  connect();
  return () => {
    isStopped = true;
    clearTimeout(timer);
    stopCurrent();
  };
}

/** Takes text as it arrives and calls the listener for each whole `data:` block. */
export function createEventReader(
  listener: (message: EventMessage) => void,
  onOverflow: () => void = () => undefined,
): (text: string) => void {
  let pending = '';
  return (text) => {
    pending += text;
    for (let end = pending.indexOf('\n\n'); end >= 0; end = pending.indexOf('\n\n')) {
      const message = parseEvent(pending.slice(0, end));
      pending = pending.slice(end + 2);
      if (message) listener(message);
    }
    if (pending.length > MAX_EVENT_CHARACTERS) {
      pending = '';
      onOverflow();
    }
  };
}

function parseEvent(block: string): EventMessage | null {
  const data = block
    .split('\n')
    .filter((line) => line.startsWith('data:'))
    .map((line) => line.slice(5).trimStart())
    .join('\n');
  if (data === '') return null;
  try {
    const message: unknown = JSON.parse(data);
    const isKnown =
      typeof message === 'object' &&
      message !== null &&
      'name' in message &&
      'payload' in message &&
      (eventNames as readonly unknown[]).includes(message.name);
    return isKnown ? (message as EventMessage) : null;
  } catch {
    return null;
  }
}
