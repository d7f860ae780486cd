import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';

const unpackBrotli = promisify(brotliDecompress);

const startsWith = (body: Uint8Array, first: number, second: number, third: number): boolean =>
  body[0] === first && body[1] === second && body[2] === third;

/**
 * Unpacks a body whose name ends in `.br` as the clients do: besides brotli they take no bytes, or the three of an empty
 * stream, for an empty file, and two wrappings of plain content (protocol/clients.md §6.2).
 * Rejects for what is no brotli, or unpacks to more than `limitBytes`.
 */
export async function openBrotliBody(body: Uint8Array, limitBytes: number): Promise<Uint8Array> {
  const isEmptyStream = startsWith(body, 0x1b, 0x00, 0x06);
  if (body.length === 0 || (isEmptyStream && body.length === 3)) return new Uint8Array(0);
  const isWrapped = isEmptyStream || startsWith(body, 0x0b, 0x02, 0x80);
  if (isWrapped && body.length > 3 && body.at(-1) === 0x03) return body.subarray(3, -1);
  return unpackBrotli(body, { maxOutputLength: Math.max(1, limitBytes) });
}
