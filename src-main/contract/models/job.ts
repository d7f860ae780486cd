import { z } from 'zod';

import { wireErrorSchema } from '../errors.ts';
import { timestampSchema } from './common.ts';

export const jobKindSchema = z.enum([
  'inspect',
  'cost',
  'publish',
  'zip',
  'sample',
  'encrypt',
  'decrypt',
  'simulate',
  'collect',
  'verify',
  'backup',
  'restore',
  'export',
]);
export type JobKind = z.infer<typeof jobKindSchema>;

const jobStateSchema = z.enum(['running', 'succeeded', 'failed', 'cancelled', 'interrupted']);

export const jobStepSchema = z.object({
  /** Stable name: `inspect`, `pack`, `encrypt`, `delta`, `store`, `verify`, `publish`. */
  name: z.string(),
  state: z.enum(['waiting', 'running', 'done']),
  /** 0..1 within the step. */
  value: z.number().min(0).max(1),
  /** What is counted, when known. */
  done: z.number().optional(),
  total: z.number().optional(),
  unit: z.enum(['bytes', 'files', 'devices']).optional(),
  durationMs: z.number().optional(),
});
export type JobStep = z.infer<typeof jobStepSchema>;

export const jobSchema = z.object({
  jobId: z.string(),
  kind: jobKindSchema,
  /** What it is about, for the job tray: a path or a version. */
  title: z.string(),
  appId: z.string().nullable(),
  state: jobStateSchema,
  /** 0..1 over all weighted steps; never goes back. */
  progress: z.number().min(0).max(1),
  steps: z.array(jobStepSchema),
  error: wireErrorSchema.nullable(),
  /**
   * By kind: Inspection, Cost, PublishResult, ZipResult, SampleResult, SimulationReport. Null until it succeeded,
   * except that a publish or zip refused for its findings holds the Inspection.
   */
  result: z.unknown(),
  startedAt: timestampSchema,
  endedAt: timestampSchema.nullable(),
});
export type Job = z.infer<typeof jobSchema>;

/** What the sample run (`demo`) tells. */
export const sampleResultSchema = z.object({
  ok: z.literal(true),
  appId: z.string(),
  version: z.string(),
  deviceId: z.string(),
  steps: z.array(z.object({ step: z.string(), detail: z.string(), ms: z.number() })),
});
export type SampleResult = z.infer<typeof sampleResultSchema>;
