import { open } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';

import { systemErrorCode } from '#core/app-error.ts';
import type { DownloadTicket } from '#core/device-gateway.ts';

/** Measured: 64 KiB reads gave 187 MB/s where these gave 1,379 MB/s. */
const READ_BYTES = 1024 * 1024;
/** Read buffers of all transfers together: a desk full of phones asks for 64 files each (protocol/clients.md §6.4). */
const BUFFERS_BYTES = 64 * 1024 * 1024;
const SMALLEST_READ_BYTES = 64 * 1024;
/** Handed to the socket in pieces, so that progress on a slow network moves. */
const WRITE_BYTES = 256 * 1024;

/** Transfers under way. */
let transfers = 0;

export type SendOutcome = 'sent' | 'broken' | 'gone';

/**
 * Sends bytes `start` to `end` of a file; `writeHead` is called once the file is open.
 * `gone`: the file is not there any more, and nothing was written. Never throws; the socket's end is the file's end.
 */
export async function sendBytes({
  ticket,
  start,
  end,
  response,
  writeHead,
}: {
  readonly ticket: DownloadTicket;
  readonly start: number;
  readonly end: number;
  readonly response: ServerResponse;
  readonly writeHead: () => void;
}): Promise<SendOutcome> {
  let file;
  try {
    file = await open(ticket.filePath, 'r');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return 'gone';
    throw error;
  }
  await using opened = file;
  const closed = new AbortController();
  const onClose = (): void => closed.abort();
  response.once('close', onClose);
  transfers += 1;
  try {
    writeHead();
    ticket.begin({ start, end });
    let sent = 0;
    const total = end - start + 1;
    const share = Math.max(SMALLEST_READ_BYTES, Math.floor(BUFFERS_BYTES / transfers / 2));
    const length = Math.min(READ_BYTES, share, total);
    // For the whole transfer: one is read into while the other leaves it.
    const buffers = [Buffer.allocUnsafeSlow(length), Buffer.allocUnsafeSlow(length < total ? length : 0)] as const;
    let turn: 0 | 1 = 0;
    let asked = 0;
    const readNext = () => {
      const wanted = Math.min(length, total - asked);
      const reading = opened.read(buffers[turn], 0, wanted, ticket.offset + start + asked);
      // Awaited after what is being written; until then a failure is not to count as unhandled.
      reading.catch(() => undefined);
      return reading;
    };
    let reading = readNext();
    while (sent < total) {
      const { bytesRead } = await reading;
      if (bytesRead === 0) return cut(response);
      const content = buffers[turn].subarray(0, bytesRead);
      asked += bytesRead;
      turn = turn === 0 ? 1 : 0;
      if (asked < total) reading = readNext();
      for (let offset = 0; offset < bytesRead; offset += WRITE_BYTES) {
        const piece = content.subarray(offset, Math.min(offset + WRITE_BYTES, bytesRead));
        if (!(await write(response, piece, closed.signal))) return 'broken';
        sent += piece.length;
        ticket.progress(sent);
      }
    }
    return (await finish(response, closed.signal)) ? 'sent' : 'broken';
  } catch {
    return cut(response);
  } finally {
    transfers -= 1;
    response.off('close', onClose);
  }
}

/** Resolves once the system has the bytes; false when the connection is gone. */
function write(response: ServerResponse, piece: Buffer, closed: AbortSignal): Promise<boolean> {
  return settle(response, closed, (done) => void response.write(piece, done));
}

/** True once everything was handed over, and the answer is complete. */
async function finish(response: ServerResponse, closed: AbortSignal): Promise<boolean> {
  const isEnded = await settle(response, closed, (done) => void response.end(done));
  return isEnded || response.writableFinished;
}

function settle(
  response: ServerResponse,
  closed: AbortSignal,
  act: (done: (error?: Error | null) => void) => void,
): Promise<boolean> {
  if (closed.aborted || response.destroyed) return Promise.resolve(false);
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const gone = (): void => resolve(false);
  closed.addEventListener('abort', gone, { once: true });
  act((error) => {
    closed.removeEventListener('abort', gone);
    resolve(!error);
  });
  return promise;
}

/** The length was promised: only a broken connection tells the client that the rest does not come. */
function cut(response: ServerResponse): SendOutcome {
  response.destroy();
  return 'broken';
}
