import type { FileHandle } from 'node:fs/promises';

/** Where the last write ended; the system may take less than it is given. */
export async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    done += (await file.write(bytes, done, bytes.length - done, null)).bytesWritten;
  }
}
