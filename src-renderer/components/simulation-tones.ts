import type { SimulationResult } from '#contract/models/virtual-device.ts';

import type { Tone } from './StateWord.tsx';

/** How a cycle of a virtual device ended. */
export const simulationTones = {
  updated: 'success',
  up_to_date: 'neutral',
  blocked: 'warning',
  failed: 'danger',
} as const satisfies Record<SimulationResult['outcome'], Tone>;
