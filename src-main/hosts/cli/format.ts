import type { Finding } from '#contract/models/finding.ts';
import { describeFinding } from '#contract/texts/finding-texts.ts';
import { englishUnits, formatBytes } from '#contract/texts/units.ts';

/** A finding as scripts get it: with its sentences. */
export type DescribedFinding = Finding & { readonly message: string; readonly fix: string };

export function described(findings: readonly Finding[]): DescribedFinding[] {
  return findings.map((finding) => ({ ...finding, ...describeFinding(finding) }));
}

/** Findings for people, one of two lines each. */
export function findingLines(findings: readonly DescribedFinding[]): string[] {
  return findings.flatMap(({ severity, path, message, fix }) => [
    `${severity.padEnd(7)}  ${path === undefined ? '' : `${printable(path)}: `}${message}`,
    `         ${fix}`,
  ]);
}

/** The units of the window: a size is the same number in both. */
export const bytesText = formatBytes;

/** A number with its noun: `1 file`, `12,480 files`. */
export function counted(count: number, noun: string): string {
  return `${englishUnits.count(count)} ${noun}${englishUnits.isOne(count) ? '' : 's'}`;
}

/** Rows in aligned columns under their titles; empty cells are a dash. */
export function table(titles: readonly string[], rows: readonly (readonly (string | number | null)[])[]): string {
  const cells = [titles, ...rows.map((row) => row.map((cell) => printable(String(cell ?? '–')) || '–'))];
  const widths = titles.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  return cells
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Names and values under each other. */
export function keyValues(entries: readonly (readonly [string, string | number | null])[]): string {
  const width = Math.max(...entries.map(([name]) => name.length));
  return entries.map(([name, value]) => `${name.padEnd(width)}  ${printable(String(value ?? '–'))}`).join('\n');
}

/** What phones and file names bring must not move the cursor or colour the terminal. */
export function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  return text.replaceAll(/[\u0000-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/g, '�');
}
