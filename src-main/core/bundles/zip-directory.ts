import { read } from 'node:fs';
import { promisify } from 'node:util';

import { type Entry, fromRandomAccessReaderPromise, RandomAccessReader } from 'yauzl';

/** `PK\3\4`, or `PK\5\6` for a zip without entries. */
export async function startsLikeZip(fd: number): Promise<boolean> {
  const start = Buffer.alloc(4);
  const { bytesRead } = await readAt(fd, start, 0, 4, 0);
  return bytesRead === 4 && start[0] === 0x50 && start[1] === 0x4b && (start[2] === 3 || start[2] === 5);
}

/**
 * The central directory of a zip, entry by entry. The descriptor stays the caller's. Throws plain errors for what is
 * no readable zip; names are not judged.
 */
export async function* readZipDirectory(fd: number, fileBytes: number): AsyncGenerator<Entry> {
  const zip = await fromRandomAccessReaderPromise(new WindowReader(fd, fileBytes), fileBytes, {
    lazyEntries: true,
    autoClose: false,
    // Names are decoded by our own rules, and a wrong size is a finding about one entry, not the end of the reading.
    decodeStrings: false,
    validateEntrySizes: false,
  });
  yield* zip.eachEntry();
}

const readAt = promisify(read);
const WINDOW_BYTES = 256 * 1024;

/** yauzl reads each record of the directory by itself; a window makes one system call serve thousands of them. */
class WindowReader extends RandomAccessReader {
  readonly #fd: number;
  #window = Buffer.alloc(0);
  #windowStart = 0;
  readonly #fileBytes: number;

  constructor(fd: number, fileBytes: number) {
    super();
    this.#fd = fd;
    this.#fileBytes = fileBytes;
  }

  override read(
    target: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null, bytesRead?: number) => void,
  ): void {
    if (this.#copy(target, offset, length, position)) {
      process.nextTick(callback, null, length);
      return;
    }
    // Offsets come from the file and may be any 64-bit number.
    if (!(position >= 0 && position + length <= this.#fileBytes)) {
      process.nextTick(callback, new Error('a record lies outside of the file'));
      return;
    }
    const size = Math.min(Math.max(length, WINDOW_BYTES), this.#fileBytes - position);
    const window = Buffer.allocUnsafe(size);
    read(this.#fd, window, 0, size, position, (error, bytesRead) => {
      if (error) {
        callback(error);
        return;
      }
      this.#window = window.subarray(0, bytesRead);
      this.#windowStart = position;
      if (this.#copy(target, offset, length, position)) callback(null, length);
      else callback(new Error('unexpected end of the zip'));
    });
  }

  /** The directory needs no streams: content is read by its own rules. */
  override close(callback: (error: Error | null) => void): void {
    callback(null);
  }

  #copy(target: Buffer, offset: number, length: number, position: number): boolean {
    const from = position - this.#windowStart;
    if (from < 0 || from + length > this.#window.length) return false;
    this.#window.copy(target, offset, from, from + length);
    return true;
  }
}
