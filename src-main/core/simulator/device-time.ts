import { setTimeout as delay } from 'node:timers/promises';

import { AppError } from '../app-error.ts';

/** Time as the device counts it: its waits of 10 to 30 s need not be sat out by whoever watches. */
export type DeviceTime = {
  /** Lets so much of the device's time pass. Resolves to what did not really pass. Rejects with `CANCELLED`. */
  pass(ms: number): Promise<number>;
};

/** `scale` 1 is real time; 0.02 lets a minute pass in 1.2 s. */
export function createDeviceTime(scale: number, signal: AbortSignal | undefined): DeviceTime {
  return {
    async pass(ms) {
      const realMs = ms * scale;
      try {
        await delay(realMs, undefined, { signal });
      } catch (error) {
        throw new AppError('CANCELLED', {}, { cause: error });
      }
      return ms - realMs;
    },
  };
}
