import { z } from 'zod';

import { timestampSchema } from './common.ts';

/** Time that figures look back over, up to now. */
export const figureRangeSchema = z.enum(['1h', '24h', '7d', '30d']);
export type FigureRange = z.infer<typeof figureRangeSchema>;

/**
 * Updates by how far they got; an update is one release on one device. Each of the first four counts what got at least
 * so far, so that none is greater than the one before it.
 */
export const funnelSchema = z.object({
  offered: z.number().int(),
  downloaded: z.number().int(),
  /** Made the current bundle. */
  set: z.number().int(),
  /** Called notifyAppReady, or runs on after the time for it. */
  ready: z.number().int(),
  /** Ended with a failure, and nothing got on since. */
  failed: z.number().int(),
  rolledBack: z.number().int(),
});
export type Funnel = z.infer<typeof funnelSchema>;

/** The cause of failures whose bytes stopped on the way; all others are stat actions. */
export const TRANSFER_BROKEN = 'transfer_broken';

const failureCauseSchema = z.object({
  /** The stat action that says most, or `TRANSFER_BROKEN`. */
  cause: z.string(),
  devices: z.number().int(),
  /** Releases it happened with; 0 when none was under way. */
  releases: z.number().int(),
  lastAt: timestampSchema,
});

/** Updates in which something happened within the range. */
export const updateFiguresSchema = z.object({
  fromAt: timestampSchema,
  toAt: timestampSchema,
  total: funnelSchema,
  /** Last touched first. */
  byRelease: z.array(funnelSchema.extend({ version: z.string() })),
  /** `channel` is null where none decided. */
  byChannel: z.array(funnelSchema.extend({ channel: z.string().nullable() })),
  /** Most devices first. */
  failures: z.array(failureCauseSchema),
});
export type UpdateFigures = z.infer<typeof updateFiguresSchema>;

/** Devices by the bundle they run, over time. */
export const adoptionSchema = z.object({
  /** Ends of the steps of the range, oldest first. */
  at: z.array(timestampSchema),
  series: z.array(
    z.object({
      /** Null: a device that never said. */
      version: z.string().nullable(),
      isOnBuiltin: z.boolean(),
      /** Devices at the end of each step. */
      devices: z.array(z.number().int()),
    }),
  ),
});
export type Adoption = z.infer<typeof adoptionSchema>;
