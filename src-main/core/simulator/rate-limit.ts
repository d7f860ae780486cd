import { isRecord } from '../updates/parse-request.ts';
import type { RawReply } from './classify-reply.ts';
import type { Dialect } from './dialect.ts';
import { fieldOf, parseObject, textOf } from './reply-fields.ts';

/** The longest block that a client takes: clients.md §1.6. */
export const MAX_BLOCK_MS = 24 * 60 * 60 * 1000;

export type Block = { readonly error: string; readonly message: string; readonly untilMs: number };

/** What a 429 keeps a client from, in one process: clients.md §1.6. */
export type RateLimit = {
  /** Takes note of a reply; returns whether it was a 429. */
  note(reply: RawReply): boolean;
  /** The block that stands now. */
  current(): Block | null;
};

export function createRateLimit(dialect: Dialect, now: () => number): RateLimit {
  let block: Block | null = null;
  return {
    note(reply) {
      if (reply.status !== 429) return false;
      const lastsMs = blockMs(reply, dialect, now());
      if (lastsMs === null) return true;
      const body = parseObject(reply.text);
      const untilMs = now() + lastsMs;
      // Overlapping windows: the longest wins.
      if (block && block.untilMs >= untilMs) return true;
      block = {
        error: textOf(body, 'error') ?? 'too_many_requests',
        message: textOf(body, 'message') ?? 'Too many requests',
        untilMs,
      };
      return true;
    },
    current: () => (block && block.untilMs > now() ? block : null),
  };
}

/** Null: nothing is blocked. */
function blockMs(reply: RawReply, dialect: Dialect, nowMs: number): number | null {
  if (dialect.rateLimit === 'none') return null;
  if (dialect.rateLimit === 'sticky') return Number.POSITIVE_INFINITY;
  const found = hintedMs(reply, nowMs);
  return found === null || found <= 0 ? null : Math.min(found, MAX_BLOCK_MS);
}

/** Header in seconds, then body in seconds, then body as a moment; a date in the header is ignored. */
function hintedMs({ headers, text }: RawReply, nowMs: number): number | null {
  const header = headers['retry-after'];
  if (typeof header === 'string' && /^\s*\d+(\.\d+)?\s*$/.test(header)) return Number(header) * 1000;
  const body = parseObject(text);
  const info = fieldOf(body, 'moreInfo');
  const more = isRecord(info) ? info : null;
  const seconds = numberOf(fieldOf(more, 'retryAfterSeconds')) ?? numberOf(fieldOf(body, 'retryAfterSeconds'));
  if (seconds !== null) return seconds * 1000;
  const resetMs = numberOf(fieldOf(more, 'rateLimitResetAt')) ?? numberOf(fieldOf(body, 'rateLimitResetAt'));
  return resetMs === null ? null : resetMs - nowMs;
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
