import type { Readable, Writable } from 'node:stream';

export type DevtoolsEvent = {
  readonly method: string;
  readonly sessionId?: string;
  readonly params: Readonly<Record<string, unknown>>;
};

/** Chrome's DevTools protocol over the two pipes of `--remote-debugging-pipe`: JSON, each message ended by a zero. */
export type DevtoolsPipe = {
  /** Rejects with what the browser says, and when it is gone. */
  send(
    method: string,
    params?: Readonly<Record<string, unknown>>,
    sessionId?: string,
  ): Promise<Readonly<Record<string, unknown>>>;
};

type Message = {
  readonly id?: number;
  readonly method?: string;
  readonly sessionId?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
};

export function createDevtoolsPipe({
  input,
  output,
  onEvent,
}: {
  /** Of the browser: what is written here, it reads. */
  readonly input: Writable;
  readonly output: Readable;
  readonly onEvent: (event: DevtoolsEvent) => void;
}): DevtoolsPipe {
  const waiting = new Map<number, PromiseWithResolvers<Readonly<Record<string, unknown>>>>();
  let nextId = 1;
  let kept = Buffer.alloc(0);
  let isGone = false;

  function receive(text: string): void {
    const message = JSON.parse(text) as Message;
    if (message.id === undefined) {
      const { method = '', sessionId, params = {} } = message;
      onEvent({ method, params, ...(sessionId === undefined ? {} : { sessionId }) });
      return;
    }
    const call = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.error) call?.reject(new Error(message.error.message));
    else call?.resolve(message.result ?? {});
  }

  output.on('data', (chunk: Buffer) => {
    kept = Buffer.concat([kept, chunk]);
    for (let end = kept.indexOf(0); end !== -1; end = kept.indexOf(0)) {
      receive(kept.toString('utf8', 0, end));
      kept = kept.subarray(end + 1);
    }
  });
  const onGone = (): void => {
    isGone = true;
    for (const { reject } of waiting.values()) reject(new Error('the browser is gone'));
    waiting.clear();
  };
  output.on('close', onGone);
  output.on('error', onGone);
  input.on('error', onGone);

  return {
    send(method, params = {}, sessionId) {
      if (isGone) return Promise.reject(new Error('the browser is gone'));
      const id = nextId;
      nextId += 1;
      const call = Promise.withResolvers<Readonly<Record<string, unknown>>>();
      waiting.set(id, call);
      const session = sessionId === undefined ? {} : { sessionId };
      input.write(`${JSON.stringify({ id, method, params, ...session })}\0`);
      return call.promise;
    },
  };
}
