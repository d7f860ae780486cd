import { z } from 'zod';

import { timestampSchema } from './common.ts';

/** Steps of changing an app's key, in their order. */
export const rotationSteps = ['config', 'native', 'devices', 'release'] as const;
export const rotationStepSchema = z.enum(rotationSteps);
export type RotationStep = z.infer<typeof rotationStepSchema>;

/** How a step is known to be done: seen by Slipway itself, or said by a person. Null while it is open. */
const doneSchema = z.enum(['seen', 'told']).nullable();

const rotationKeySchema = z.object({
  name: z.string(),
  keyId: z.string(),
});

/** An app's change from one key to another, as far as it has come. */
export const rotationSchema = z.object({
  appId: z.string(),
  oldKey: rotationKeySchema,
  newKey: rotationKeySchema,
  startedAt: timestampSchema,
  /** The Capacitor project that gets the new public key; null until a folder was given. */
  project: z
    .object({
      dir: z.string(),
      /** Null when there is no config to be read now. */
      configPath: z.string().nullable(),
      /** Id of the key in it; null for none, or when the config computes it. */
      keyId: z.string().nullable(),
    })
    .nullable(),
  done: z.record(rotationStepSchema, doneSchema),
  /** The first step that is open; null when only the old key is left to retire. */
  next: rotationStepSchema.nullable(),
  devices: z.object({
    withNew: z.number().int(),
    withOld: z.number().int(),
    /** Another key, none, or a plugin that does not tell. */
    others: z.number().int(),
  }),
  /** A release made with the new key that a channel offers now. */
  liveVersion: z.string().nullable(),
});
export type Rotation = z.infer<typeof rotationSchema>;

/** What became of the old key at the end. */
export const rotationEndSchema = z.object({
  appId: z.string(),
  oldKey: z.string(),
  isRetired: z.boolean(),
  /** Apps that still use the old key, which is why it is not retired. */
  otherApps: z.array(z.string()),
});
export type RotationEnd = z.infer<typeof rotationEndSchema>;
