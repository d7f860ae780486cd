import { type Finding, type FindingCode, findingSeverity } from '#contract/models/finding.ts';

import { compareNames } from './name-rules.ts';

/** Gathers findings; a build with thousands of bad names must not make a list of thousands. */
export type FindingList = {
  add(code: FindingCode, path?: string, params?: Finding['params']): void;
  /** Errors first, then warnings, then notes; within a severity in the order of the codes, then of the paths. */
  all(): Finding[];
};

/** Findings of one code that are named, first paths first; the first of them counts them all in `params.count`. */
const NAMED_PER_CODE = 20;
const severityOrder = ['error', 'warning', 'info'] as const;
const codeOrder = Object.keys(findingSeverity);

export function createFindingList(first: readonly Finding[] = []): FindingList {
  const byCode = new Map<FindingCode, { named: Finding[]; count: number }>();
  const list: FindingList = {
    add(code, path, params = {}) {
      const known = byCode.get(code) ?? { named: [], count: 0 };
      byCode.set(code, known);
      known.count += 1;
      const about = path === undefined ? {} : { path: printable(path) };
      const last = known.named.at(-1);
      if (known.named.length >= NAMED_PER_CODE && last && comparePaths(about, last) >= 0) return;
      known.named.push({ code, severity: findingSeverity[code], ...about, params });
      known.named.sort(comparePaths);
      known.named.length = Math.min(known.named.length, NAMED_PER_CODE);
    },
    all() {
      const findings = [...byCode.values()].flatMap(({ named, count }) =>
        named.map((finding, index) =>
          index === 0 && count > NAMED_PER_CODE ? { ...finding, params: { ...finding.params, count } } : finding,
        ),
      );
      return findings.sort(
        (left, right) =>
          severityOrder.indexOf(left.severity) - severityOrder.indexOf(right.severity) ||
          codeOrder.indexOf(left.code) - codeOrder.indexOf(right.code),
      );
    },
  };
  for (const finding of first) list.add(finding.code, finding.path, finding.params);
  return list;
}

/** The same order for what is kept as for what is shown: else it would count which file was read first. */
function comparePaths(left: Pick<Finding, 'path'>, right: Pick<Finding, 'path'>): number {
  return compareNames(left.path ?? '', right.path ?? '');
}

/** Names come from strangers' zips: control characters would rewrite a terminal, half surrogates break JSON readers. */
function printable(path: string): string {
  return (
    path
      .toWellFormed()
      // oxlint-disable-next-line no-control-regex -- control characters are what is replaced
      .replaceAll(/[\u0000-\u001f]/g, (character) => String.fromCharCode(0x2400 + character.charCodeAt(0)))
      .replaceAll('\u007f', '\u2421')
  );
}
