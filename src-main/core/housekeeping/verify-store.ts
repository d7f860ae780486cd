import {
  storageFindingSeverity,
  type StorageFinding,
  type StorageFindingCode,
  type VerifyResult,
} from '#contract/models/storage.ts';

import { throwIfAborted } from '../app-error.ts';
import type { ReportProgress } from '../jobs/progress.ts';
import type { BlobStore, StoredBlob } from '../storage/blob-store.ts';
import { type BlobFault, checkBlob } from '../storage/check-blob.ts';
import type { FileUse } from '../storage/stored-files.ts';

const NAMED_FINDINGS = 1000;
const NAMED_RELEASES = 20;
const severities = ['error', 'warning', 'info'] as const;

export type VerifyInput = {
  readonly blobs: BlobStore;
  /** Asked when the reading is over as well: what a release stopped needing meanwhile is no finding. */
  readonly uses: () => readonly FileUse[];
  readonly databaseProblems: readonly string[];
  /** Only what this app needs; what nothing needs is then not looked for. */
  readonly appId?: string | undefined;
  readonly signal: AbortSignal;
  readonly report: ReportProgress;
};

/** Reads every stored file and compares it with its name, which is the SHA-256 of what was published. Changes nothing. */
export async function verifyStore(input: VerifyInput): Promise<VerifyResult> {
  const { blobs, uses, appId, signal, report } = input;
  const stored = new Map<string, StoredBlob>();
  const findings: StorageFinding[] = input.databaseProblems.map((reason) =>
    finding('DATABASE_DAMAGED', '', [], { reason }),
  );
  for (const file of await blobs.list()) {
    if (file.sha256 !== null) stored.set(file.sha256, file);
    else if (appId === undefined) findings.push(finding('FILE_FOREIGN', file.name, []));
  }
  const needed = Map.groupBy(uses(), ({ sha256 }) => sha256);
  const wanted = [...needed].filter(([, users]) => appId === undefined || users.some((use) => use.appId === appId));
  const total = wanted.reduce((sum, [sha256]) => sum + (stored.get(sha256)?.sizeBytes ?? 0), 0);
  let done = 0;
  const suspects: { readonly sha256: string; readonly code: StorageFindingCode; readonly reason: string }[] = [];
  for (const [sha256] of wanted) {
    throwIfAborted(signal);
    const before = done;
    const onBytes = (bytes: number): void => {
      done += bytes;
      report({ done: Math.min(done, total), total, unit: 'bytes' });
    };
    const fault = await checkBlob(blobs.path(sha256), sha256, { signal, onBytes });
    done = before + (stored.get(sha256)?.sizeBytes ?? 0);
    if (fault) suspects.push({ sha256, ...suspicionOf(fault) });
  }

  const stillNeeded = Map.groupBy(uses(), ({ sha256 }) => sha256);
  for (const { sha256, code, reason } of suspects) {
    const users = stillNeeded.get(sha256);
    if (users) findings.push(finding(code, nameOf(sha256), users, reason === '' ? {} : { reason }));
  }
  for (const [sha256, file] of stored) {
    if (appId !== undefined || needed.has(sha256) || stillNeeded.has(sha256)) continue;
    findings.push(finding('FILE_UNUSED', file.name, [], { bytes: file.sizeBytes }));
  }
  findings.sort((left, right) => severities.indexOf(left.severity) - severities.indexOf(right.severity));
  return {
    ok: findings.every(({ severity }) => severity !== 'error'),
    checked: wanted.length,
    bytes: done,
    findings: findings.slice(0, NAMED_FINDINGS),
  };
}

function suspicionOf(fault: BlobFault): { readonly code: StorageFindingCode; readonly reason: string } {
  switch (fault.kind) {
    case 'missing':
      return { code: 'FILE_MISSING', reason: '' };
    case 'damaged':
      return { code: 'FILE_DAMAGED', reason: '' };
    case 'unreadable':
      return { code: 'FILE_UNREADABLE', reason: fault.reason };
  }
}

function finding(
  code: StorageFindingCode,
  file: string,
  users: readonly FileUse[],
  params: StorageFinding['params'] = {},
): StorageFinding {
  const releases = users
    .slice(0, NAMED_RELEASES)
    .map(({ appId, releaseId, version }) => ({ appId, releaseId, version }));
  return { code, severity: storageFindingSeverity[code], file, releases, params };
}

function nameOf(sha256: string): string {
  return `${sha256.slice(0, 2)}/${sha256}`;
}
