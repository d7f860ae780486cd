import type { Device } from '#contract/models/device.ts';
import type { Tone } from '#renderer/components/StateWord.tsx';

/** What a release came to on one device; keys of the sentences in the catalogue. */
export type AdoptionState =
  | 'running'
  | 'offered'
  | 'downloading'
  | 'downloadingPercent'
  | 'interrupted'
  | 'downloaded'
  | 'waitsForBackground'
  | 'waitsForReady'
  | 'failed'
  | 'rolledBack';

export type Adoption = {
  readonly device: Device;
  readonly state: AdoptionState;
  readonly tone: Tone;
  /** 0..100, whole; while a download tells. */
  readonly percent: number | null;
  /** Stat action of a failure. */
  readonly action: string | null;
};

/** The devices a version has to do with, those that need eyes first. */
export function adoptionOf(version: string, devices: readonly Device[]): readonly Adoption[] {
  return devices
    .flatMap((device) => adoptionOn(version, device) ?? [])
    .toSorted((a, b) => rank[a.tone] - rank[b.tone] || b.device.lastSeenAt.localeCompare(a.device.lastSeenAt));
}

const rank: Readonly<Record<Tone, number>> = { danger: 0, warning: 1, running: 2, info: 3, success: 4, neutral: 5 };

function adoptionOn(version: string, device: Device): Adoption | null {
  const { state } = device;
  const isRunning = device.bundleVersion === version && !device.isOnBuiltin;
  const adoption = (state: AdoptionState, tone: Tone, more: Partial<Adoption> = {}): Adoption => ({
    device,
    state,
    tone,
    percent: null,
    action: null,
    ...more,
  });
  if (!('version' in state) || state.version !== version) return isRunning ? adoption('running', 'success') : null;
  switch (state.kind) {
    case 'ready':
    case 'up_to_date':
      return adoption('running', 'success');
    case 'offered':
      return adoption('offered', 'info');
    case 'downloading':
      return state.percent === null
        ? adoption('downloading', 'running')
        : adoption('downloadingPercent', 'running', { percent: Math.floor(state.percent) });
    case 'interrupted':
      return adoption('interrupted', 'warning', { percent: Math.floor(state.percent) });
    case 'downloaded':
      return adoption('downloaded', 'info');
    case 'waiting_for_background':
      return adoption('waitsForBackground', 'info');
    case 'waiting_for_ready':
      return adoption('waitsForReady', 'running');
    case 'failed':
      return adoption('failed', 'danger', { action: state.action });
    case 'rolled_back':
      return adoption('rolledBack', 'danger');
  }
}
