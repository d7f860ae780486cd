import type { ErrorCode, ErrorParams, WireError } from '#contract/errors.ts';

/** A failure a person should hear of: a stable code and the values its sentence mentions. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly params: ErrorParams;

  constructor(code: ErrorCode, params: ErrorParams = {}, options?: { readonly cause?: unknown }) {
    super(code, options);
    this.name = 'AppError';
    this.code = code;
    this.params = params;
  }

  toWire(): WireError {
    return { code: this.code, params: { ...this.params } };
  }
}

/** Throws `CANCELLED` when the signal was aborted. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new AppError('CANCELLED', {}, { cause: signal.reason });
}

/** The `code` of a system error (`ENOENT`, `EADDRINUSE`), or undefined. */
export function systemErrorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Short reason to end a sentence with: the system's code or message without paths, stack or full stop. */
export function reasonOf(error: unknown): string {
  const code = systemErrorCode(error);
  // SQLite has one code for everything; its message says what it was.
  if (code && code !== SQLITE_CODE) return code;
  if (!(error instanceof Error)) return 'unknown';
  return error.message.replaceAll(/['"]?(?:\/|[A-Za-z]:\\)[^\s'"]+['"]?/g, '…').replace(/\.$/, '');
}

const SQLITE_CODE = 'ERR_SQLITE_ERROR';

/**
 * SQLITE_FULL, and SQLITE_IOERR_SHMSIZE: what opening a database in WAL mode says when the disk has no room for its
 * shared memory. Source: sqlite.org/rescode.html.
 */
const SQLITE_FULL_CODES: ReadonlySet<unknown> = new Set([13, 4874]);

/** Turns "no space left" into `DISK_FULL`; anything else comes back as it was. */
export function asStorageError(error: unknown): unknown {
  if (error instanceof AppError) return error;
  const code = systemErrorCode(error);
  const isFull = code === 'ENOSPC' || code === 'EDQUOT' || (code === SQLITE_CODE && isSqliteFull(error));
  return isFull ? new AppError('DISK_FULL', {}, { cause: error }) : error;
}

function isSqliteFull(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && SQLITE_FULL_CODES.has(error.errcode);
}
