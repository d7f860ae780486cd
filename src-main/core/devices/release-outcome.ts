import type { DeviceState } from '#contract/models/device.ts';

/** What a release did on a device. */
export type ReleaseOutcome = 'offered' | 'downloaded' | 'set' | 'updated' | 'failed' | 'rolled_back';

const order: readonly ReleaseOutcome[] = ['offered', 'downloaded', 'set', 'updated'];

/** The version that a state speaks of, and what happened with it. */
export function outcomeOf(state: DeviceState): { readonly version: string; readonly outcome: ReleaseOutcome } | null {
  switch (state.kind) {
    case 'offered':
    case 'downloading':
    case 'interrupted':
      return { version: state.version, outcome: 'offered' };
    case 'downloaded':
    case 'waiting_for_background':
      return { version: state.version, outcome: 'downloaded' };
    case 'waiting_for_ready':
      return { version: state.version, outcome: 'set' };
    case 'ready':
    case 'up_to_date':
      return { version: state.version, outcome: 'updated' };
    case 'failed':
      return state.version === null ? null : { version: state.version, outcome: 'failed' };
    case 'rolled_back':
      return { version: state.version, outcome: 'rolled_back' };
    case 'refused':
    case 'seen':
      return null;
  }
}

/** The furthest of two: a retry that gets on replaces a failure, only success replaces a roll back. */
export function furthestOutcome(before: ReleaseOutcome | null, next: ReleaseOutcome): ReleaseOutcome {
  if (before === null || next === 'rolled_back' || next === 'updated') return next;
  if (before === 'rolled_back') return before;
  if (next === 'failed') return before === 'updated' ? before : next;
  if (before === 'failed') return next === 'offered' ? before : next;
  return order.indexOf(next) > order.indexOf(before) ? next : before;
}
