import type { WireError } from '#contract/errors.ts';
import type { Finding, FindingCode } from '#contract/models/finding.ts';

import { AppError, asStorageError } from '../app-error.ts';
import { inspectOpenBuild } from '../builds/inspect-build.ts';
import { treeDigest } from '../builds/tree-digest.ts';
import type { BuildFile } from '../bundles/build-file.ts';
import { openBuild } from '../bundles/build-files.ts';
import type { DeflatePool } from '../bundles/deflate-pool.ts';
import type { PackCache } from '../bundles/pack-cache.ts';
import type { Verdict } from './settle.ts';

/** What a watch makes of a build that is quiet. */
export type Judgement =
  | { readonly kind: 'incomplete' }
  /** Being written again: nothing is said about it. */
  | { readonly kind: 'changed' }
  | { readonly kind: 'refused'; readonly error: WireError; readonly findings: readonly Finding[] }
  | { readonly kind: 'fit'; readonly treeSha256: string };

/** What a build lacks that is not written to its end yet, as well as one that is simply wrong. */
const incompleteCodes: ReadonlySet<FindingCode> = new Set([
  'BUILD_EMPTY',
  'INDEX_HTML_MISSING',
  'REFERENCED_FILE_MISSING',
]);
const NAMED_FINDINGS = 10;

export type JudgeOptions = {
  readonly allowWarnings: boolean;
  readonly isLastChance: boolean;
  readonly pool: DeflatePool;
  /** Knows the contents of the files that are as they were when the build was packed last. */
  readonly packCache: Pick<PackCache, 'load'>;
  readonly signal: AbortSignal;
};

/** Reads a build and says whether a watch may publish it. Rejects with `CANCELLED`, and with what is not about the build. */
export async function judgeBuild(folder: string, options: JudgeOptions): Promise<Judgement> {
  const { allowWarnings, isLastChance, pool, packCache, signal } = options;
  await using opened = new AsyncDisposableStack();
  // Read while the folder is listed.
  const loading = packCache.load(folder);
  opened.defer(async () => (await loading)?.[Symbol.asyncDispose]());
  try {
    const build = opened.use(await openBuild(folder, { signal, pool }));
    const { findings } = await inspectOpenBuild(build, { signal });
    if (!isLastChance && findings.some(({ code }) => incompleteCodes.has(code))) return { kind: 'incomplete' };
    const refusal = refusalOf(findings, allowWarnings);
    if (refusal) return { kind: 'refused', error: refusal, findings: findings.slice(0, NAMED_FINDINGS) };
    const packed = await loading;
    const known = (file: BuildFile): string | undefined => packed?.find(file)?.sha256;
    return { kind: 'fit', treeSha256: await treeDigest(build.files, { pool, known, signal }) };
  } catch (error) {
    const known = asStorageError(error);
    if (!(known instanceof AppError) || known.code === 'CANCELLED') throw error;
    if (isPassing(known.code)) return { kind: 'changed' };
    return { kind: 'refused', error: known.toWire(), findings: [] };
  }
}

function refusalOf(findings: readonly Finding[], allowWarnings: boolean): WireError | null {
  const count = (severity: Finding['severity']) => findings.filter((finding) => finding.severity === severity).length;
  const errors = count('error');
  const warnings = count('warning');
  if (errors > 0) return { code: 'BUILD_HAS_ERRORS', params: { count: errors } };
  if (warnings > 0 && !allowWarnings) return { code: 'BUILD_HAS_WARNINGS', params: { count: warnings } };
  return null;
}

/** What became of the publish of a build that was fit a moment ago. */
export function verdictOfFailure({ code }: Pick<WireError, 'code'>): Verdict {
  // It was fit, so these say that it is being written again.
  if (isPassing(code) || code === 'BUILD_HAS_ERRORS' || code === 'BUILD_HAS_WARNINGS') return 'changed';
  return code === 'DEVICE_LISTENER_DOWN' || code === 'DISK_FULL' ? 'retry' : 'done';
}

function isPassing(code: WireError['code']): boolean {
  return code === 'SOURCE_CHANGED' || code === 'SOURCE_NOT_FOUND';
}
