import type { Writable } from 'node:stream';

/** Where a command writes. Results go to stdout, everything else to stderr. */
export type Output = {
  readonly isJson: boolean;
  /** The one document of a command, or one line of many with `serve` and `events --follow`. */
  json(value: unknown): void;
  /** Text for people; nothing with `--json`. */
  text(text: string): void;
  /** A remark on stderr, with `--json` as well. */
  note(text: string): void;
  /**
   * Resolves when everything is handed to the system; also when nobody reads any more. To the error when stdout did not
   * take it: a result that is not there, or cut, on a full disk.
   */
  flush(): Promise<Error | null>;
};

export type Streams = {
  readonly stdout: Writable;
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number };
};

/**
 * `onReaderGone` is called once when stdout is a pipe whose reader went away (`… | head -1`): that ends a command, it
 * does not fail it.
 */
export function createOutput({ stdout, stderr }: Streams, isJson: boolean, onReaderGone: () => void): Output {
  let isGone = false;
  let lost: Error | null = null;
  const pending = new Set<Promise<void>>();

  const onError = (error: NodeJS.ErrnoException): void => {
    if (isGone) return;
    if (isBrokenPipe(error)) {
      isGone = true;
      onReaderGone();
    } else lost ??= error;
  };
  stdout.on('error', onError);
  // Without a reader of stderr a command still does its work.
  stderr.on('error', () => undefined);

  function write(stream: Writable, text: string): void {
    if (stream === stdout && isGone) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    pending.add(promise);
    stream.write(text, (error) => {
      if (stream === stdout && error) onError(error);
      pending.delete(promise);
      resolve();
    });
  }

  return {
    isJson,
    json(value) {
      if (isJson) write(stdout, `${JSON.stringify(value)}\n`);
    },
    text(text) {
      if (!isJson) write(stdout, `${text}\n`);
    },
    note(text) {
      write(stderr, `${text}\n`);
    },
    async flush() {
      await Promise.all(pending);
      return lost;
    },
  };
}

function isBrokenPipe(error: NodeJS.ErrnoException): boolean {
  return error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED';
}
