import { randomUUID } from 'node:crypto';

import { ApiError, type ErrorCode, type WireError } from '#contract/errors.ts';
import type { Finding } from '#contract/models/finding.ts';
import { describeError } from '#contract/texts/error-texts.ts';
import { AppError } from '#core/app-error.ts';

import { described, findingLines, printable, type DescribedFinding } from './format.ts';
import type { Output } from './output.ts';
import { UsageError } from './usage-error.ts';

/** A build that was refused for what its check found; the findings say why. */
export class RefusedBuild extends Error {
  readonly reason: WireError;
  readonly findings: readonly Finding[];

  constructor(reason: WireError, findings: readonly Finding[]) {
    super(reason.code);
    this.name = 'RefusedBuild';
    this.reason = reason;
    this.findings = findings;
  }
}

/** How a failed command ends: its exit code, and the document that `--json` prints. */
export type Failure = {
  readonly exitCode: 1 | 2;
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly hint: string;
    readonly details: Readonly<Record<string, unknown>>;
  };
  readonly findings: readonly DescribedFinding[];
  /** What nobody foresaw, for stderr: the log may not be open yet. */
  readonly stack?: string;
};

/** Failures that say that an argument was malformed: wrong usage, although only the core could tell. */
const USAGE_CODES: ReadonlySet<ErrorCode> = new Set([
  'APP_ID_INVALID',
  'VERSION_INVALID',
  'BAD_INPUT',
  'CHANNEL_NAME_INVALID',
  'KEY_NAME_INVALID',
  'NATIVE_VERSION_INVALID',
]);

export function failureOf(thrown: unknown): Failure {
  if (thrown instanceof UsageError) {
    const { message, hint, details } = thrown;
    return { exitCode: 2, error: { code: 'USAGE', message, hint, details }, findings: [] };
  }
  const findings = thrown instanceof RefusedBuild ? described(thrown.findings) : [];
  const known = wireErrorOf(thrown);
  const wire: WireError = known ?? { code: 'INTERNAL', params: {}, traceId: randomUUID() };
  const stack = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  return {
    exitCode: USAGE_CODES.has(wire.code) ? 2 : 1,
    error: {
      code: wire.code,
      ...describeError(wire),
      details: {
        ...wire.params,
        ...(wire.traceId === undefined ? {} : { traceId: wire.traceId }),
        ...(findings.length > 0 ? { findings } : {}),
      },
    },
    findings,
    ...(known ? {} : { stack: `${wire.traceId}: ${stack}` }),
  };
}

/** The error document on stdout with `--json`, sentences on stderr without. */
export function printFailure(output: Output, { error, findings, stack }: Failure): void {
  if (stack !== undefined) output.note(stack);
  if (output.isJson) {
    output.json({ error });
    return;
  }
  for (const line of findingLines(findings)) output.note(line);
  output.note(printable(error.message));
  output.note(printable(error.hint));
}

function wireErrorOf(thrown: unknown): WireError | null {
  if (thrown instanceof RefusedBuild) return thrown.reason;
  if (thrown instanceof AppError) return thrown.toWire();
  if (thrown instanceof ApiError) {
    const { code, params, traceId } = thrown;
    return { code, params: { ...params }, ...(traceId === undefined ? {} : { traceId }) };
  }
  return null;
}
