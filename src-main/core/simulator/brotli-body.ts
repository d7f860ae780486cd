import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';

const decompress = promisify(brotliDecompress);

const EMPTY = Buffer.from([0x1b, 0x00, 0x06]);
const QUALITY_ZERO = Buffer.from([0x0b, 0x02, 0x80]);
const LAST = 0x03;

/**
 * A body named `.br` as clients decode it: besides brotli they take an empty body, the three bytes of an empty stream,
 * and two wrappers around raw bytes (clients.md §6.2). Rejects what is none of these.
 */
export async function decodeBrotli(body: Buffer): Promise<Buffer> {
  if (body.length === 0 || body.equals(EMPTY)) return Buffer.alloc(0);
  const head = body.subarray(0, 3);
  const isWrapped = body.length > 3 && body.at(-1) === LAST && (head.equals(EMPTY) || head.equals(QUALITY_ZERO));
  return isWrapped ? body.subarray(3, -1) : decompress(body);
}
