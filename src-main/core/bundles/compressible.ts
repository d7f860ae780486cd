import { deflateRawSync } from 'node:zlib';

/** Below this a file is compressed as a whole; above, samples decide first. */
const SAMPLED_ABOVE_BYTES = 4 * 1024;
const SAMPLE_POSITIONS = [0.25, 0.5, 0.75] as const;
/** Samples that shrink by less than 2 % are of compressed media, archives or fonts. */
const WORTHWHILE = 0.98;
/** Bits per byte below which content shrinks for certain; compressed media have above 7.7. */
const CERTAINLY_TEXT = 7;

/** Whether compressing pays, told by a sample rather than by the name. */
export function isCompressible(content: Uint8Array): boolean {
  const samples = samplePlan(content.length).map(({ start, end }) => content.subarray(start, end));
  return samples.length === 0 || isWorthwhile(samples);
}

/** Pieces from inside the content: the first and last bytes of media are headers and tell little. */
export function samplePlan(sizeBytes: number): { start: number; end: number }[] {
  if (sizeBytes <= SAMPLED_ABOVE_BYTES) return [];
  const length = Math.min(8192, Math.max(1024, Math.floor(sizeBytes / 16)));
  return SAMPLE_POSITIONS.map((position) => {
    const start = Math.floor(sizeBytes * position);
    return { start, end: Math.min(start + length, sizeBytes) };
  });
}

export function isWorthwhile(samples: readonly Uint8Array[]): boolean {
  if (samples.every((sample) => entropyOf(sample.subarray(0, 1024)) < CERTAINLY_TEXT)) return true;
  const joined = Buffer.concat(samples);
  return deflateRawSync(joined, { level: 1 }).length < joined.length * WORTHWHILE;
}

/** Bits per byte; costs a tenth of a trial compression. */
function entropyOf(sample: Uint8Array): number {
  const counts = new Uint16Array(256);
  for (const byte of sample) counts[byte] = (counts[byte] ?? 0) + 1;
  let bits = 0;
  for (const count of counts) if (count > 0) bits -= count * Math.log2(count / sample.length);
  return bits / sample.length;
}
