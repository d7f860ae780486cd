import { z } from 'zod';

import { timestampSchema } from './common.ts';

/** Where a device reaches an app, for one address of this machine. */
export const endpointSchema = z.object({
  /** Adapter name as the operating system shows it: `en0`, `Wi-Fi`, `eth0`. */
  interface: z.string(),
  /** IP address, without brackets. */
  address: z.string(),
  updateUrl: z.string(),
  statsUrl: z.string(),
  channelUrl: z.string(),
});
export type Endpoint = z.infer<typeof endpointSchema>;

export const appSchema = z.object({
  appId: z.string(),
  /** For people; the app id until somebody names it. */
  name: z.string(),
  /** Pairing token in every device URL: 128 random bits, base64url, 22 characters. */
  token: z.string(),
  /** Device paths below the listener's origin. */
  paths: z.object({ update: z.string(), stats: z.string(), channel: z.string() }),
  /** Best address first; empty while the device listener is down. */
  endpoints: z.array(endpointSchema),
  defaultChannel: z.string(),
  /** Key of the vault that the last release was encrypted with; null after a plain one. */
  keyName: z.string().nullable(),
  createdAt: timestampSchema,
  releaseCount: z.number().int(),
  deviceCount: z.number().int(),
});
export type App = z.infer<typeof appSchema>;
