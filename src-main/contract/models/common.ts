import { z } from 'zod';

/** ISO 8601 in UTC with milliseconds: `2026-11-24T02:57:58.123Z`. */
export const timestampSchema = z.iso.datetime({ precision: 3 });

/** The app id of capacitor.config: reverse domain, at least one dot. Source: protocol/capgo-server-and-cli.md §5.2. */
export const appIdPattern = /^[a-z0-9]+(\.[\w-]+)+$/i;

/** Lowercase hex SHA-256, 64 characters. */
export const sha256Pattern = /^[0-9a-f]{64}$/;
export const sha256Schema = z.string().regex(sha256Pattern);

export const platformSchema = z.enum(['android', 'ios', 'electron', 'unknown']);
export type Platform = z.infer<typeof platformSchema>;
