import type { DeviceState } from '#contract/models/device.ts';
import type { Tone } from '#renderer/components/StateWord.tsx';

/** Keys of the sentences in the `devices` namespace, below `state`. */
export type StateSentence =
  | 'upToDate'
  | 'offered'
  | 'downloading'
  | 'downloadingPercent'
  | 'interrupted'
  | 'downloaded'
  | 'waitingForBackground'
  | 'waitingForReady'
  | 'waitingForReadyLeft'
  | 'waitingForReadyLate'
  | 'ready'
  | 'failed'
  | 'failedVersion'
  | 'failedBroken'
  | 'rolledBack'
  | 'refused'
  | 'seen';

export type StateView = {
  readonly tone: Tone;
  readonly sentence: StateSentence;
  readonly version: string;
  /** 0..100, whole; how far a download got, where that is known. */
  readonly percent: number | null;
  readonly secondsLeft: number | null;
  /** Code of a failed action or of a refusal, for which the screen has its own words. */
  readonly code: string | null;
  /** Higher needs a person's eyes sooner; what the State column sorts by. */
  readonly urgency: number;
};

/** How a state reads at `nowMs`: everything but the words. */
export function viewState(state: DeviceState, nowMs: number): StateView {
  const view = (tone: Tone, sentence: StateSentence, urgency: number, more: Partial<StateView> = {}): StateView => ({
    tone,
    sentence,
    urgency,
    version: 'version' in state ? (state.version ?? '') : '',
    percent: null,
    secondsLeft: null,
    code: null,
    ...more,
  });
  switch (state.kind) {
    case 'rolled_back':
      return view('danger', 'rolledBack', 10);
    case 'failed':
      if (state.brokeOffPercent !== undefined) {
        return view('danger', 'failedBroken', 9, { code: state.action, percent: Math.floor(state.brokeOffPercent) });
      }
      return view('danger', state.version === null ? 'failed' : 'failedVersion', 9, { code: state.action });
    case 'refused':
      return view('warning', 'refused', 8, { code: state.code });
    case 'waiting_for_ready':
      return waitingForReady(state.deadlineAt, nowMs, view);
    case 'downloading':
      return state.percent === null
        ? view('running', 'downloading', 6)
        : view('running', 'downloadingPercent', 6, { percent: Math.floor(state.percent) });
    case 'interrupted':
      return view('warning', 'interrupted', 7, { percent: Math.floor(state.percent) });
    case 'offered':
      return view('info', 'offered', 5);
    case 'downloaded':
      return view('info', 'downloaded', 4);
    case 'waiting_for_background':
      return view('info', 'waitingForBackground', 3);
    case 'ready':
      return view('success', 'ready', 2);
    case 'up_to_date':
      return view('success', 'upToDate', 1);
    case 'seen':
      return view('neutral', 'seen', 0);
  }
}

function waitingForReady(
  deadlineAt: string | null,
  nowMs: number,
  view: (tone: Tone, sentence: StateSentence, urgency: number, more?: Partial<StateView>) => StateView,
): StateView {
  if (deadlineAt === null) return view('running', 'waitingForReady', 7);
  const secondsLeft = Math.ceil((Date.parse(deadlineAt) - nowMs) / 1000);
  // The device decides, not our clock: late is not yet rolled back (protocol/clients.md §9.5).
  return secondsLeft > 0
    ? view('running', 'waitingForReadyLeft', 7, { secondsLeft })
    : view('warning', 'waitingForReadyLate', 7, { secondsLeft: 0 });
}
