import { z } from 'zod';

import { command, query } from './define.ts';
import {
  faultSchema,
  simulationSentencesSchema,
  virtualDeviceSchema,
  virtualProfileSchema,
} from './models/virtual-device.ts';

const ofApp = z.object({ appId: z.string().min(1).max(255) });
const ofDevice = ofApp.extend({ deviceId: z.string().min(1).max(255) });
const started = z.object({ jobId: z.string() });
const nothing = z.object({});

const addInput = ofApp.extend({
  profile: virtualProfileSchema,
  count: z.number().int().min(1).max(100).default(1),
  /** The bundle that they run; without it the one of the store. */
  current: z.string().min(1).max(256).optional(),
});

/** Virtual devices: the domain `simulator` of the contract. */
export const simulatorProcedures = {
  /** Virtual devices that were added, oldest first. */
  list: query({ input: ofApp, output: z.array(virtualDeviceSchema) }),
  get: query({ input: ofDevice, output: virtualDeviceSchema }),
  add: command({ input: addInput, output: z.array(virtualDeviceSchema) }),
  /**
   * Adds them and lets each make a cycle; the job's result is a `SimulationReport`. Its step `builtin`, while the web
   * build of their app is read, adds nothing yet.
   */
  addAndRun: command({ input: addInput, output: started }),
  /** Removes it with its history. */
  remove: command({ input: ofDevice, output: nothing }),
  /** One cycle of each of these devices that were added; the job's result is a `SimulationReport`. */
  run: command({
    input: ofApp.extend({
      deviceIds: z.array(z.string().min(1).max(255)).min(1).max(1000),
      fault: faultSchema.optional(),
      /** The device's own waits of 10 to 40 s are sat out. */
      isRealTime: z.boolean().default(false),
    }),
    output: started,
  }),
  /** One cycle of devices that are gone at its end; the job's result is a `SimulationReport`. */
  simulate: command({
    input: ofApp.extend({
      profile: virtualProfileSchema,
      devices: z.number().int().min(1).max(1000).default(1),
      /** The bundle that they run. */
      current: z.string().min(1).max(256).optional(),
      /** Of a single device. */
      deviceId: z.string().min(1).max(255).optional(),
      fault: faultSchema.optional(),
      isRealTime: z.boolean().default(false),
    }),
    output: started,
  }),
  /** A call of the channel address by a device that was added. */
  channel: command({
    input: ofDevice.extend({
      call: z.discriminatedUnion('call', [
        z.object({ call: z.literal('set'), channel: z.string().trim().min(1).max(100) }),
        z.object({ call: z.literal('get') }),
        z.object({ call: z.literal('list') }),
        z.object({ call: z.literal('unset') }),
      ]),
    }),
    output: z.object({
      isDone: z.boolean(),
      /** English sentence, and the same for other languages. */
      detail: z.string(),
      sentences: simulationSentencesSchema,
      channels: z.array(z.string()).optional(),
    }),
  }),
} as const;
