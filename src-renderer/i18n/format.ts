const KIB = 1024;
const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;
const frenchUnits = ['o', 'Kio', 'Mio', 'Gio', 'Tio'] as const;

/** Bytes for people, three significant digits at most: `812 B`, `4.21 MiB`. Binary units, as the findings use. */
export function formatBytes(bytes: number, language: string): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= KIB;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${formatNumber(value, language, digits)} ${(language.startsWith('fr') ? frenchUnits : units)[unit]}`;
}

/** Making a formatter takes far longer than using it, and lists use the same few on every row. */
const numberFormats = new Map<string, Intl.NumberFormat>();
const exactTimeFormats = new Map<string, Intl.DateTimeFormat>();

function remembered<T>(known: Map<string, T>, key: string, make: () => T): T {
  const found = known.get(key) ?? make();
  known.set(key, found);
  return found;
}

export function formatNumber(value: number, language: string, fractionDigits = 0): string {
  const format = remembered(
    numberFormats,
    `${language} ${fractionDigits}`,
    () =>
      new Intl.NumberFormat(language, {
        minimumFractionDigits: fractionDigits,
        maximumFractionDigits: fractionDigits,
      }),
  );
  return format.format(value);
}

/** A share in basis points as percent, with as many digits as it needs: `10`, `2.5`, `0.01`. */
export function formatShare(basisPoints: number, language: string): string {
  const digits = basisPoints % 100 === 0 ? 0 : basisPoints % 10 === 0 ? 1 : 2;
  return formatNumber(basisPoints / 100, language, digits);
}

/** A duration in milliseconds: `84 ms`, `1.24 s`, `2 min 05 s`. */
export function formatDuration(durationMs: number, language: string): string {
  if (durationMs < 1000) return `${formatNumber(durationMs, language)} ms`;
  if (durationMs < 60_000) return `${formatNumber(durationMs / 1000, language, durationMs < 10_000 ? 2 : 1)} s`;
  const minutes = Math.floor(durationMs / 60_000);
  const seconds = Math.floor((durationMs % 60_000) / 1000);
  return `${formatNumber(minutes, language)} min ${String(seconds).padStart(2, '0')} s`;
}

/** Date and time to the second, in the person's zone. */
export function formatExactTime(timestamp: string, language: string): string {
  const format = remembered(
    exactTimeFormats,
    language,
    () => new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium' }),
  );
  return format.format(new Date(timestamp));
}

const steps: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
];

/** How long ago: `12 seconds ago`. Null within five seconds, for which a screen has its own word. */
export function formatRelativeTime(timestamp: string, nowMs: number, language: string): string | null {
  const seconds = (Date.parse(timestamp) - nowMs) / 1000;
  if (Math.abs(seconds) < 5) return null;
  const [unit, size] = steps.find(([, size]) => Math.abs(seconds) >= size) ?? ['second', 1];
  return new Intl.RelativeTimeFormat(language, { numeric: 'always', style: 'short' }).format(
    Math.trunc(seconds / size),
    unit,
  );
}

/** The start and the end of something long; what is short enough stays whole. */
export function shortenMiddle(text: string, keep = 20): string {
  if (text.length <= keep + 1) return text;
  const head = Math.ceil(keep / 2);
  return `${text.slice(0, head)}…${text.slice(text.length - (keep - head))}`;
}
