import type { SimulationReport, SimulationResult } from '#contract/models/virtual-device.ts';

import { createHttpTransport, type Transport } from './transport.ts';
import { runVirtualDevice, type VirtualDeviceOptions } from './virtual-device.ts';
import type { VirtualState } from './virtual-state.ts';

/** As many at a time as one machine can play without being what is measured. */
const PARALLEL_DEVICES = 16;
/** Steps of a good update, by which a single device's progress is counted. */
const USUAL_STEPS = 10;

export type ManyDevices = {
  /** What each device is; fetched when its turn comes. */
  readonly devices: readonly (() => Omit<VirtualDeviceOptions, 'transport' | 'signal'>)[];
  readonly signal?: AbortSignal | undefined;
  readonly report?: (progress: { readonly done: number; readonly total: number; readonly unit: 'devices' }) => void;
  /** Called as soon as a device has ended. */
  readonly onEnd?: (result: SimulationResult, state: VirtualState) => void;
};

/**
 * One cycle of each device, a bounded number at a time, over shared connections. Rejects with `CANCELLED`, and with the
 * codes of `runVirtualDevice`.
 */
export async function runManyDevices({ devices, signal, report, onEnd }: ManyDevices): Promise<SimulationReport> {
  using transport: Transport = createHttpTransport();
  const results: SimulationResult[] = [];
  const queue = [...devices.entries()];
  let done = 0;
  let steps = 0;

  function tell(): void {
    const total = devices.length;
    // One device alone moves by its steps.
    if (total === 1) report?.({ done: Math.min(0.95, steps / USUAL_STEPS), total, unit: 'devices' });
    else report?.({ done, total, unit: 'devices' });
  }

  async function work(): Promise<void> {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const [index, options] = next;
      const given = options();
      const { state, ...result } = await runVirtualDevice({
        ...given,
        transport,
        signal,
        onStep(step) {
          steps += 1;
          tell();
          given.onStep?.(step);
        },
      });
      results[index] = result;
      onEnd?.(result, state);
      done += 1;
      tell();
    }
  }

  await Promise.all(Array.from({ length: Math.min(PARALLEL_DEVICES, devices.length) }, work));
  return toReport(results);
}

function toReport(results: readonly SimulationResult[]): SimulationReport {
  const shown = results.find(({ outcome }) => outcome === 'failed') ?? results[0];
  if (!shown) throw new TypeError('no device');
  const outcomes = { updated: 0, up_to_date: 0, blocked: 0, failed: 0 };
  for (const { outcome } of results) outcomes[outcome] += 1;
  return {
    ...shown,
    bytes: sum(results.map(({ bytes }) => bytes)),
    reused: sum(results.map(({ reused }) => reused)),
    outcomes,
    devices: results.map(({ deviceId, platform, outcome, version, steps }) => ({
      deviceId,
      platform,
      outcome,
      version,
      detail: steps.at(-1)?.detail ?? '',
    })),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
