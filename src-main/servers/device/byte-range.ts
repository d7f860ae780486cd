/** What a Range header asks of a file of `sizeBytes` bytes. `end` is the last byte, not the one after it. */
export type ByteRange =
  | { readonly kind: 'whole' }
  | { readonly kind: 'part'; readonly start: number; readonly end: number }
  | { readonly kind: 'unsatisfiable' };

/** Beyond this many digits a number is no position in a file. */
const DIGITS = 15;

/**
 * Reads a Range header (RFC 9110 §14). What is not understood is ignored, as that text says.
 * Several ranges are refused: no client asks for them, and answering with the whole file instead is what Android would
 * append to the part it has (protocol/clients.md §2.1).
 */
export function readByteRange(header: string | undefined, sizeBytes: number): ByteRange {
  const list = /^\s*bytes\s*=(.*)$/i.exec(header ?? '')?.[1];
  if (list === undefined) return { kind: 'whole' };
  const ranges = list
    .split(',')
    .map((range) => range.trim())
    .filter((range) => range !== '');
  const parts = ranges.map((range) => /^(\d*)\s*-\s*(\d*)$/.exec(range));
  if (parts.length === 0 || parts.some((part) => part === null || part[0] === '-')) return { kind: 'whole' };
  if (parts.length > 1) return { kind: 'unsatisfiable' };

  const first = parts[0]?.[1] ?? '';
  const last = parts[0]?.[2] ?? '';
  if (first === '') return suffix(position(last), sizeBytes);
  const start = position(first);
  const wanted = last === '' ? Number.POSITIVE_INFINITY : position(last);
  if (wanted < start) return { kind: 'whole' };
  if (start >= sizeBytes) return { kind: 'unsatisfiable' };
  return { kind: 'part', start, end: Math.min(wanted, sizeBytes - 1) };
}

function suffix(length: number, sizeBytes: number): ByteRange {
  if (length === 0 || sizeBytes === 0) return { kind: 'unsatisfiable' };
  return { kind: 'part', start: Math.max(0, sizeBytes - length), end: sizeBytes - 1 };
}

function position(digits: string): number {
  const significant = digits.replace(/^0+(?=\d)/, '');
  return significant.length > DIGITS ? Number.POSITIVE_INFINITY : Number(significant);
}
