import { describe, expect, it } from 'vitest';

import type { DeviceState } from '#contract/models/device.ts';

import { viewState } from './device-state-view.ts';

const now = Date.parse('2026-11-24T12:00:00.000Z');

describe('viewState', () => {
  it('counts down to the deadline of notifyAppReady and does not announce a rollback by itself', () => {
    const at = (deadlineAt: string | null) =>
      viewState({ kind: 'waiting_for_ready', version: '1.0.7', deadlineAt }, now);
    expect(at('2026-11-24T12:00:06.400Z')).toMatchObject({ sentence: 'waitingForReadyLeft', secondsLeft: 7 });
    expect(at('2026-11-24T12:00:00.000Z')).toMatchObject({ sentence: 'waitingForReadyLate', tone: 'warning' });
    expect(at(null)).toMatchObject({ sentence: 'waitingForReady', secondsLeft: null });
  });

  it('rounds progress down: 100 % is said only when it is so', () => {
    const state: DeviceState = {
      kind: 'downloading',
      version: '1.0.7',
      percent: 99.9,
      bytesSent: 999,
      totalBytes: 1000,
    };
    expect(viewState(state, now)).toMatchObject({ sentence: 'downloadingPercent', percent: 99, tone: 'running' });
    expect(viewState({ ...state, percent: null }, now)).toMatchObject({ sentence: 'downloading', percent: null });
  });

  it('keeps the code of a failure and of a refusal for the words', () => {
    expect(viewState({ kind: 'failed', version: null, action: 'download_fail' }, now)).toMatchObject({
      sentence: 'failed',
      code: 'download_fail',
      version: '',
    });
    expect(viewState({ kind: 'failed', version: '1.0.7', action: 'unzip_fail' }, now).sentence).toBe('failedVersion');
    expect(viewState({ kind: 'refused', code: 'no_channel' }, now)).toMatchObject({
      code: 'no_channel',
      tone: 'warning',
    });
  });

  it('puts what needs a person first', () => {
    const states: readonly DeviceState[] = [
      { kind: 'seen' },
      { kind: 'rolled_back', version: '1' },
      { kind: 'up_to_date', version: '1' },
      { kind: 'failed', version: null, action: 'x' },
      { kind: 'waiting_for_background', version: '1' },
    ];
    const order = states.toSorted((a, b) => viewState(b, now).urgency - viewState(a, now).urgency);
    expect(order.map((state) => state.kind)).toEqual([
      'rolled_back',
      'failed',
      'waiting_for_background',
      'up_to_date',
      'seen',
    ]);
  });
});
