import { createHash, hash } from 'node:crypto';
import { crc32 } from 'node:zlib';

import { readPieces } from './content.ts';
import { type CancelFlag, type DeflateTask, LARGE_FILE_BYTES } from './deflate-protocol.ts';
import { assertWhole, CancelledError, readContent, TaskError, throwIfCancelled } from './worker-content.ts';

/** Lowercase hex SHA-256 of each content, in their order. Runs in the pool's threads. */
export async function digestContents(tasks: readonly DeflateTask[], cancel: CancelFlag): Promise<readonly string[]> {
  const digests: string[] = [];
  for (const task of tasks) {
    throwIfCancelled(cancel);
    try {
      digests.push(
        task.sizeBytes > LARGE_FILE_BYTES ? await digestPieces(task, cancel) : hash('sha256', readContent(task), 'hex'),
      );
    } catch (error) {
      throw error instanceof CancelledError ? error : new TaskError(task.path, error);
    }
  }
  return digests;
}

async function digestPieces(task: DeflateTask, cancel: CancelFlag): Promise<string> {
  const digest = createHash('sha256');
  let bytes = 0;
  let crc = 0;
  for await (const piece of readPieces(task.content, task.sizeBytes)) {
    throwIfCancelled(cancel);
    digest.update(piece);
    crc = crc32(piece, crc);
    bytes += piece.length;
  }
  assertWhole(task, bytes, crc);
  return digest.digest('hex');
}
