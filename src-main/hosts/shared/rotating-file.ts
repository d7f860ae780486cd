import { appendFile, mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

export type RotatingFileOptions = {
  readonly path: string;
  /** A file of this size is put aside as `path.1`, the one before as `path.2`, and so on. */
  readonly maxBytes: number;
  /** Files put aside that are kept. */
  readonly keep: number;
};

/** Appends lines in order without making the writer wait; what cannot be written is dropped, a log never stops work. */
export type RotatingFile = AsyncDisposable & {
  write(line: string): void;
};

/** Lines that wait at most: a disk that hangs must not eat the memory. */
const MAX_WAITING = 20_000;

export function openRotatingFile({ path, maxBytes, keep }: RotatingFileOptions): RotatingFile {
  let waiting: string[] = [];
  let dropped = 0;
  let writing: Promise<void> | undefined;
  let sizeBytes: number | undefined;

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      const text = waiting.join('');
      waiting = [];
      try {
        await append(text);
      } catch {
        // Read-only or full: the next lines try again.
      }
    }
  }

  async function append(text: string): Promise<void> {
    const bytes = Buffer.byteLength(text);
    if (sizeBytes === undefined) {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      sizeBytes = await stat(path).then(
        (found) => found.size,
        () => 0,
      );
    }
    if (sizeBytes > 0 && sizeBytes + bytes > maxBytes) {
      await rotate();
      sizeBytes = 0;
    }
    await appendFile(path, text, { mode: 0o600 });
    sizeBytes += bytes;
  }

  async function rotate(): Promise<void> {
    await rm(`${path}.${keep}`, { force: true });
    for (let number = keep - 1; number >= 0; number -= 1) {
      const from = number === 0 ? path : `${path}.${number}`;
      await rename(from, `${path}.${number + 1}`).catch(() => undefined);
    }
  }

  function start(): void {
    writing ??= drain().finally(() => {
      writing = undefined;
      if (waiting.length > 0) start();
    });
  }

  return {
    write(line) {
      if (waiting.length >= MAX_WAITING) {
        dropped += 1;
        return;
      }
      if (dropped > 0) {
        waiting.push(`{"level":40,"msg":"${dropped} lines of the log were dropped"}\n`);
        dropped = 0;
      }
      waiting.push(line);
      start();
    },
    async [Symbol.asyncDispose]() {
      // A line that is written while the last ones go out starts another turn.
      for (let current = writing; current; current = writing) await current;
    },
  };
}
