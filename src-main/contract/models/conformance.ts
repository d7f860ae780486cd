import { z } from 'zod';

/** One row of "A server must" in protocol/clients.md §13, and whether a server does. */
export const conformanceCheckSchema = z.object({
  /** `13.1` to `13.31`. */
  id: z.string(),
  /** The rule in a few words. */
  title: z.string(),
  source: z.string(),
  status: z.enum(['ok', 'failed', 'skipped']),
  /** What was seen; for `skipped`, why, and what would be needed. */
  detail: z.string(),
});
export type ConformanceCheck = z.infer<typeof conformanceCheckSchema>;

/** Keys as in design/command-line.md §3, `conformance`. */
export const conformanceReportSchema = z.object({
  /** No check failed. */
  ok: z.boolean(),
  checks: z.array(conformanceCheckSchema),
  /** Requests that were made. */
  requests: z.number().int(),
  /** Ids under which the server saw them. */
  deviceIds: z.array(z.string()),
});
export type ConformanceReport = z.infer<typeof conformanceReportSchema>;
