/** How a language writes the numbers of a sentence, and the words beside them. */
export type Units = {
  readonly bytes: (bytes: number) => string;
  readonly count: (count: number) => string;
  readonly decimal: (value: number) => string;
  /** Whether the word beside a number is in its singular: in French beside none, too. */
  readonly isOne: (count: number) => boolean;
};

const byteUnits = ['B', 'KiB', 'MiB', 'GiB'] as const;

/** Bytes in English. Binary units, as the findings and the interface use: a row's sentence stands beside its size. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < byteUnits.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${Number(value.toFixed(digits))} ${byteUnits[unit] ?? 'GiB'}`;
}

export const englishUnits: Units = {
  bytes: formatBytes,
  count: (count) => count.toLocaleString('en'),
  decimal: String,
  isOne: (count) => count === 1,
};
