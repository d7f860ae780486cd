import { randomUUID } from 'node:crypto';

import type { FastifyReply } from 'fastify';

import { errorStatus, type Reply, type WireError } from '#contract/errors.ts';
import { AppError } from '#core/app-error.ts';
import type { Logger } from '#core/ports.ts';

/** Sends a reply of the api with the status of its outcome. */
export function sendReply(reply: FastifyReply, outcome: Reply, status?: number): FastifyReply {
  return reply
    .code(status ?? (outcome.ok ? 200 : errorStatus[outcome.error.code]))
    .header('cache-control', 'no-store')
    .send(outcome);
}

/** Sends a failure as the api does. */
export function sendError(reply: FastifyReply, error: WireError, status?: number): FastifyReply {
  return sendReply(reply, { ok: false, error }, status);
}

/** Sends whatever was thrown; what was not foreseen is logged under the trace id that the answer carries. */
export function sendThrown(reply: FastifyReply, thrown: unknown, logger: Logger): FastifyReply {
  if (thrown instanceof AppError) return sendError(reply, thrown.toWire());
  const status = statusOf(thrown);
  if (status !== undefined && status < 500) {
    return sendError(reply, { code: 'BAD_INPUT', params: { reason: reasonOfStatus(status) } }, status);
  }
  const traceId = randomUUID();
  logger.error({ err: thrown, traceId }, 'a control request failed');
  return sendError(reply, { code: 'INTERNAL', params: {}, traceId });
}

/** Fastify's own refusals carry the status they stand for. */
function statusOf(thrown: unknown): number | undefined {
  if (!(thrown instanceof Error) || !('statusCode' in thrown)) return undefined;
  return typeof thrown.statusCode === 'number' && thrown.statusCode >= 400 ? thrown.statusCode : undefined;
}

function reasonOfStatus(status: number): string {
  if (status === 413) return 'it is too large';
  if (status === 415) return 'its content type is not supported';
  return 'it is not well-formed';
}
