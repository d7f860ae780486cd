import type { ServerResponse } from 'node:http';

import type { EventMessage } from '#contract/events.ts';

/** Keeps proxies and sleeping laptops from taking a quiet stream for a dead one. */
const HEARTBEAT_MS = 15_000;

/** A reader this far behind is cut: it reconnects and asks for the state, which is shorter than what it missed. */
const MAX_BEHIND_BYTES = 8 * 1024 * 1024;

export type Subscribe = (listener: (message: EventMessage) => void) => () => void;

/** All open event streams of a listener. */
export type EventStreams = Disposable & {
  /** Turns the response into a stream of server-sent events, one message each, until either side closes it. */
  open(response: ServerResponse, headers: Readonly<Record<string, string>>): void;
  readonly count: number;
};

export function createEventStreams(subscribe: Subscribe): EventStreams {
  const closers = new Set<() => void>();

  return {
    open(response, headers) {
      response.writeHead(200, {
        ...headers,
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      });
      const send = (text: string): void => {
        if (response.writableLength > MAX_BEHIND_BYTES) response.destroy();
        else if (!response.destroyed) response.write(text);
      };
      const unsubscribe = subscribe((message) => send(`data: ${JSON.stringify(message)}\n\n`));
      const heartbeat = setInterval(() => send(': still here\n\n'), HEARTBEAT_MS);
      const end = (): void => {
        clearInterval(heartbeat);
        unsubscribe();
        closers.delete(close);
      };
      const close = (): void => {
        end();
        response.end();
      };
      closers.add(close);
      response.on('close', end);
      response.on('error', end);
      // The headers go out at once, and a reader knows from then on that it misses nothing.
      send(': open\n\n');
    },
    get count() {
      return closers.size;
    },
    [Symbol.dispose]() {
      for (const close of closers) close();
    },
  };
}
