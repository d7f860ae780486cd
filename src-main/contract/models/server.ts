import { z } from 'zod';

import { errorCodes, wireErrorSchema } from '../errors.ts';
import { doctorCodes } from '../texts/doctor-texts.ts';

export const networkAddressSchema = z.object({
  interface: z.string(),
  address: z.string(),
  family: z.enum(['IPv4', 'IPv6']),
  /** What the adapter's name and address range suggest. Phones reach `lan`; the rest are listed after it. */
  kind: z.enum(['lan', 'virtual', 'vpn', 'link-local', 'loopback', 'other']),
});
export type NetworkAddress = z.infer<typeof networkAddressSchema>;

export const deviceListenerSchema = z.object({
  state: z.enum(['running', 'stopped', 'failed']),
  host: z.string(),
  /** The port that is open, or the one that was wanted when it is not running. */
  port: z.number().int(),
  /** Origins that devices may use, best first. */
  urls: z.array(z.string()),
  error: wireErrorSchema.nullable(),
});
export type DeviceListener = z.infer<typeof deviceListenerSchema>;

export const serverStatusSchema = z.object({
  version: z.string(),
  hostKind: z.enum(['desktop', 'headless', 'cli']),
  dataDir: z.string(),
  device: deviceListenerSchema,
  /** Addresses of this machine, best for a phone first. */
  addresses: z.array(networkAddressSchema),
  /** What this host can do beyond the contract. */
  capabilities: z.array(z.enum(['pick-folder', 'reveal', 'real-paths'])),
  /** Devices seen in the last five minutes. */
  activeDevices: z.number().int(),
});
export type ServerStatus = z.infer<typeof serverStatusSchema>;

export const settingsSchema = z.object({
  device: z.object({
    /** Address to listen on; `0.0.0.0` is every one. */
    host: z.string().min(1).max(255),
    /** 0 takes any free port. */
    port: z.number().int().min(0).max(65_535),
  }),
  /** What is kept of the log; the oldest rows go first. */
  log: z.object({
    maxRows: z.number().int().min(1_000).max(1_000_000),
    maxDays: z.number().int().min(1).max(365),
  }),
  appearance: z.enum(['system', 'light', 'dark']),
  language: z.enum(['system', 'en', 'fr']),
});
export type Settings = z.infer<typeof settingsSchema>;

export const doctorCheckSchema = z.object({
  /** What was looked at; stable. */
  id: z.string(),
  status: z.enum(['ok', 'warning', 'error', 'skipped']),
  /** What was found, with the values that the sentences name; a failure that the check came upon has its own code. */
  code: z.enum([...doctorCodes, ...errorCodes]),
  params: wireErrorSchema.shape.params,
  /** English sentences. */
  message: z.string(),
  fix: z.string().optional(),
});
export type DoctorCheck = z.infer<typeof doctorCheckSchema>;
