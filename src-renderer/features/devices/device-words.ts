import type { TFunction } from 'i18next';

import type { DeviceState } from '#contract/models/device.ts';
import { isKnownFailure } from '#renderer/components/failure-code.ts';
import { isKnownRefusal } from '#renderer/components/refusal-code.ts';

import { viewState, type StateView } from './device-state-view.ts';

export type DevicesT = TFunction<['devices', 'common']>;

/** The sentence of a state in the person's language, without its numbers moving on. */
export function stateSentence(view: StateView, t: DevicesT): string {
  return t(`state.${view.sentence}`, {
    version: view.version,
    percent: view.percent ?? 0,
    seconds: view.secondsLeft ?? 0,
    reason: reasonOf(view, t),
  });
}

/** Words that a filter finds a device by, beside its facts. */
export function searchableState(state: DeviceState, t: DevicesT): string {
  return stateSentence(viewState(state, 0), t);
}

/** Why something failed, by the action that the device reported. */
export function failureWords(action: string, t: DevicesT): string {
  return isKnownFailure(action) ? t(`failure.${action}`) : action;
}

/** Devices and servers may send codes that nobody has words for: those are shown as they are. */
function reasonOf({ sentence, code }: StateView, t: DevicesT): string {
  if (code === null) return '';
  if (sentence === 'refused') return isKnownRefusal(code) ? t(`refusal.${code}`) : code;
  return failureWords(code, t);
}
