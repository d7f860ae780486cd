import { z } from 'zod';

import { timestampSchema } from './common.ts';

/** The channel that every app has from its beginning. Capgo's own name for it (capgo-server-and-cli.md §6, PUT). */
export const DEFAULT_CHANNEL = 'production';

/** What a channel offers: a release, the version in the store (`builtin`), or nothing yet. */
export const channelTargetSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('release'), releaseId: z.string(), version: z.string() }),
  z.object({ kind: z.literal('builtin') }),
  z.object({ kind: z.literal('none') }),
]);
export type ChannelTarget = z.infer<typeof channelTargetSchema>;

export const channelSchema = z.object({
  /** A JSON number: the clients' channel lists fail as a whole on strings. Source: protocol/clients.md §8.4. */
  id: z.number().int(),
  appId: z.string(),
  name: z.string(),
  isDefault: z.boolean(),
  target: channelTargetSchema,
  createdAt: timestampSchema,
  updatedAt: timestampSchema,
});
export type Channel = z.infer<typeof channelSchema>;
