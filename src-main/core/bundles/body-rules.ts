/** The body that every client takes for an empty file: an empty brotli stream. Source: protocol/clients.md §6.2. */
export const EMPTY_BROTLI: Uint8Array = Uint8Array.of(0x1b, 0x00, 0x06);

/** Smaller files are sent as they are, as the official tool does: protocol/capgo-server-and-cli.md §4. */
const BROTLI_FROM_BYTES = 8192;
/** What brotli has to save for its body to be kept: the same source. */
const WORTH_BYTES = 10;

const SUFFIX = '.br';

/**
 * Name of a body in a manifest. Clients take `.br` for "brotli" and remove it once, so a file that is itself called
 * `x.br` arrives under its own name when it is sent as brotli, named `x.br.br`. Source: protocol/clients.md §6.2.
 */
export function bodyName(path: string, isBrotli: boolean): string {
  return isBrotli ? path + SUFFIX : path;
}

/** Whether only a brotli body can become this file: its own name ends in `.br`, or it is empty. */
export function needsBrotli({ path, sizeBytes }: { readonly path: string; readonly sizeBytes: number }): boolean {
  return sizeBytes === 0 || path.endsWith(SUFFIX);
}

/** Whether brotli is tried on a file that does not need it. */
export function mayUseBrotli(sizeBytes: number): boolean {
  return sizeBytes >= BROTLI_FROM_BYTES;
}

export function isBrotliWorth(bodyBytes: number, sizeBytes: number): boolean {
  return bodyBytes < sizeBytes - WORTH_BYTES;
}

/**
 * Whether clients unpack a brotli stream as brotli. They take two beginnings for a wrapping of their own, whose payload
 * is what stands between the third byte and the last: protocol/clients.md §6.2. A real stream with such a beginning is
 * right only if its payload happens to be the content.
 */
export function isReadAsBrotli(body: Uint8Array, content: Uint8Array): boolean {
  const [first, second, third] = body;
  const hasMark =
    (first === 0x1b && second === 0x00 && third === 0x06) || (first === 0x0b && second === 0x02 && third === 0x80);
  if (!hasMark || body.at(-1) !== 0x03 || body.length < 4) return true;
  return Buffer.compare(body.subarray(3, -1), content) === 0;
}

/** Up to this size a file gets the best there is: a tenth of a second of work at most. */
const BEST_BYTES = 32 * 1024;
/** Content that gets nearly the best: what a new build has of it costs one thread a second, a rebuild all of them two. */
const NEW_BUILD_GOOD_BYTES = 1024 * 1024;
const REBUILD_GOOD_BYTES = 4 * 1024 * 1024;
/** A file is worked on by one thread: for a larger one everybody would wait. */
const GOOD_FILE_BYTES = 3 * 1024 * 1024;
/** When more has changed, it is as good as a new build. */
const REBUILD_BYTES = 16 * 1024 * 1024;
const BEST = 11;
const GOOD = 10;
const FAIR = 9;
const FAST = 5;
export type BrotliQuality = typeof BEST | typeof GOOD | typeof FAIR | typeof FAST;

/**
 * Brotli quality for each of the files that have to be compressed anew, smallest files first. Measured on scripts of web
 * builds, at one core of a slow machine: 11 makes 0.4 MB/s, 10 makes 1 MB/s for 2 % more bytes, 9 makes 10 MB/s for 9 %
 * more, 5 makes 45 MB/s for 14 % more. What is saved in a rebuild of a few files is worth it to every phone that has the
 * rest; a whole new build has to be live soon.
 */
export function planQualities<File extends { readonly sizeBytes: number }>(
  files: readonly File[],
  { isRebuild }: { readonly isRebuild: boolean },
): Map<File, BrotliQuality> {
  const total = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const isSmall = isRebuild && total <= REBUILD_BYTES;
  const goodBytes = isSmall ? REBUILD_GOOD_BYTES : NEW_BUILD_GOOD_BYTES;
  const qualities = new Map<File, BrotliQuality>();
  let spent = 0;
  for (const file of files.toSorted((left, right) => left.sizeBytes - right.sizeBytes)) {
    const { sizeBytes } = file;
    const isGood = sizeBytes <= GOOD_FILE_BYTES && spent + sizeBytes <= goodBytes;
    if (isGood) spent += sizeBytes;
    if (isGood) qualities.set(file, sizeBytes <= BEST_BYTES ? BEST : GOOD);
    else qualities.set(file, isSmall ? FAIR : FAST);
  }
  return qualities;
}
