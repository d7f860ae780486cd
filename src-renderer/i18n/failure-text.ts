import { ApiError, type WireError } from '#contract/errors.ts';
import type { Finding } from '#contract/models/finding.ts';
import { describeError } from '#contract/texts/error-texts.ts';
import type { Sentences } from '#contract/texts/fill.ts';
import { describeFinding } from '#contract/texts/finding-texts.ts';

/** Whatever was thrown, as a failure of the contract. */
export function toWireError(error: unknown): WireError {
  if (error instanceof ApiError) {
    return {
      code: error.code,
      params: { ...error.params },
      ...(error.traceId === undefined ? {} : { traceId: error.traceId }),
    };
  }
  return { code: 'INTERNAL', params: {} };
}

/** What happened and what to do, in the person's language. */
export function errorSentences(error: WireError, _language: string): Sentences {
  return describeError(error);
}

export function findingSentences(finding: Finding, _language: string): { message: string; fix: string } {
  return describeFinding(finding);
}
