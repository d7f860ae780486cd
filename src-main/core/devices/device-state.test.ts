import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Platform } from '#contract/models/common.ts';
import type { DeviceState } from '#contract/models/device.ts';

import { decidedAtMs, newDevice, nextProgress, type DeviceEvent, type DeviceProgress } from './device-state.ts';

const T = Date.UTC(2026, 10, 24);

/** A device that is told things one after another, a tenth of a second apart. */
function device(platform: Platform = 'android') {
  let progress: DeviceProgress = newDevice;
  let atMs = T;
  const apply = (event: DeviceEvent): void => void (progress = nextProgress(progress, event));
  const self = {
    get state(): DeviceState {
      return progress.state;
    },
    get progress(): DeviceProgress {
      return progress;
    },
    get now(): number {
      return atMs;
    },
    later(ms: number) {
      atMs += ms;
      return self;
    },
    check(
      outcome: 'offered' | 'up_to_date' | 'blocked' | 'failed',
      {
        offered = null,
        running = '1.0.0',
        code = outcome,
        isTransferring = false,
      }: Partial<{ offered: string | null; running: string | null; code: string; isTransferring: boolean }> = {},
    ) {
      atMs += 100;
      apply({ kind: 'check', atMs, outcome, code, offered, running, platform, isTransferring });
      return self;
    },
    offered: (version = '1.0.1') => self.check('offered', { offered: version, code: 'offer' }),
    stat(action: string, version: string | null = null, ageMs = 0) {
      atMs += 100;
      apply({ kind: 'stat', atMs: atMs - ageMs, action, version, platform, isBuiltin: version === '1.0.0' });
      return self;
    },
    stats: (version: string, ...actions: string[]) => {
      for (const action of actions) self.stat(action, version);
      return self;
    },
    started(version: string, sentBytes = 0, totalBytes = 1000) {
      atMs += 100;
      apply({ kind: 'transfer_started', atMs, version, transfer: { sentBytes, totalBytes } });
      return self;
    },
    moved(version: string, sentBytes: number, totalBytes = 1000) {
      atMs += 100;
      apply({ kind: 'transfer_moved', atMs, version, transfer: { sentBytes, totalBytes } });
      return self;
    },
    broken(version: string, sentBytes: number, totalBytes = 1000) {
      atMs += 100;
      apply({ kind: 'transfer_broken', atMs, version, transfer: { sentBytes, totalBytes } });
      return self;
    },
    clock() {
      apply({ kind: 'clock', atMs });
      return self;
    },
  };
  return self;
}

describe('a good update', () => {
  it('on Android goes from offered to ready (clients.md §9.9)', () => {
    const phone = device();
    expect(phone.offered().state).toEqual({ kind: 'offered', version: '1.0.1' });
    expect(phone.stat('download_zip_start', '1.0.1').state).toMatchObject({ kind: 'downloading', percent: null });
    phone.started('1.0.1').moved('1.0.1', 410);
    expect(phone.state).toEqual({
      kind: 'downloading',
      version: '1.0.1',
      percent: 41,
      bytesSent: 410,
      totalBytes: 1000,
    });
    expect(phone.stat('download_50', '1.0.1').state).toMatchObject({ percent: 50, bytesSent: 410 });
    expect(phone.moved('1.0.1', 1000).state).toEqual({ kind: 'downloaded', version: '1.0.1' });
    phone.stats('1.0.1', 'download_zip_complete', 'download_80', 'download_90', 'download_complete');
    expect(phone.state).toEqual({ kind: 'downloaded', version: '1.0.1' });
    expect(phone.stat('set_next', '1.0.1').state).toEqual({ kind: 'waiting_for_background', version: '1.0.1' });
    expect(phone.stat('app_moved_to_background', '1.0.0').state.kind).toBe('waiting_for_background');
    phone.stat('set', '1.0.1');
    expect(phone.state).toEqual({
      kind: 'waiting_for_ready',
      version: '1.0.1',
      deadlineAt: new Date(phone.now + 30_000).toISOString(),
    });
    expect(phone.stat('app_launch_ready', '1.0.1').state).toEqual({ kind: 'ready', version: '1.0.1' });
    expect(phone.check('up_to_date', { running: '1.0.1' }).state).toEqual({ kind: 'ready', version: '1.0.1' });
  });

  it('on iOS ends the same, though all its stats come after the bytes (clients.md §2.3)', () => {
    const phone = device('ios').offered().started('1.0.1').moved('1.0.1', 1000);
    phone.stats('1.0.1', 'download_zip_start', 'download_0', 'download_70', 'download_90', 'download_zip_complete');
    expect(phone.state).toEqual({ kind: 'downloaded', version: '1.0.1' });
    phone.stats('1.0.1', 'download_complete', 'set_next', 'set');
    expect(phone.state).toMatchObject({ deadlineAt: new Date(phone.now + 10_000).toISOString() });
    // The bundle before is deleted once the new one is ready.
    expect(phone.stat('delete', '0.9.0').state).toEqual({ kind: 'ready', version: '1.0.1' });
  });

  it('on Electron is ready with `set`, which is notifyAppReady (clients.md §12.1)', () => {
    const app = device('electron').offered().started('1.0.1').moved('1.0.1', 1000);
    expect(app.stats('1.0.1', 'download_complete', 'set').state).toEqual({ kind: 'ready', version: '1.0.1' });
  });

  it('installed directly reports `set` after notifyAppReady and stays ready (clients.md §7.4)', () => {
    const phone = device().offered().stats('1.0.1', 'download_complete', 'app_launch_ready', 'set');
    expect(phone.state).toEqual({ kind: 'ready', version: '1.0.1' });
  });

  it('without any stats is told by bytes and checks', () => {
    const phone = device().offered().started('1.0.1').moved('1.0.1', 1000);
    expect(phone.check('up_to_date', { running: '1.0.1' }).state.kind).toBe('waiting_for_ready');
    expect(phone.later(33_001).clock().state).toEqual({ kind: 'ready', version: '1.0.1' });
  });

  it('is not ready because it runs: a check overtakes the batch that says how it went on (clients.md §7.1)', () => {
    const phone = device('ios').offered().started('1.0.1').moved('1.0.1', 1000);
    expect(phone.check('up_to_date', { running: '1.0.1' }).state.kind).toBe('waiting_for_ready');
    phone.stats('1.0.1', 'set_next', 'set', 'app_moved_to_foreground');
    expect(phone.state).toMatchObject({ kind: 'waiting_for_ready', version: '1.0.1' });
    expect(phone.stat('update_fail', '1.0.1').state).toEqual({ kind: 'rolled_back', version: '1.0.1' });
  });
});

describe('the wait for notifyAppReady', () => {
  const waiting = () => device().offered().stats('1.0.1', 'set_next', 'app_moved_to_background', 'set');

  it('does not end by a check before the deadline', () => {
    expect(waiting().check('up_to_date', { running: '1.0.1' }).state.kind).toBe('waiting_for_ready');
  });

  it('ends well when the app was in the foreground and nothing was reported in time', () => {
    const phone = waiting().stat('app_moved_to_foreground', '1.0.1');
    const decided = decidedAtMs(phone.progress) ?? 0;
    expect(decided).toBe(phone.now + 33_000);
    phone.later(32_000).clock();
    expect(phone.state.kind).toBe('waiting_for_ready');
    expect(phone.later(1_001).clock().state).toEqual({ kind: 'ready', version: '1.0.1' });
    expect(decidedAtMs(phone.progress)).toBeNull();
  });

  it('goes on while the app is in the background, where its clock stands still', () => {
    expect(waiting().later(60_000).clock().state.kind).toBe('waiting_for_ready');
  });

  it('begins again with each start of the app: one that crashes at the start is not ready', () => {
    const phone = waiting().later(60_000).stat('app_launch_start', '1.0.1');
    expect(phone.state).toMatchObject({ deadlineAt: new Date(phone.now + 30_000).toISOString() });
    phone.later(60_000).stat('app_crash', '1.0.1').stat('app_launch_start', '1.0.1');
    expect(phone.state.kind).toBe('waiting_for_ready');
  });

  it('begins again with a check after the deadline', () => {
    const phone = waiting().later(60_000).check('up_to_date', { running: '1.0.1' });
    expect(phone.state).toMatchObject({ deadlineAt: new Date(phone.now + 30_000).toISOString() });
  });

  it('ends well with a word of the running bundle after the deadline', () => {
    const phone = waiting().stat('app_moved_to_foreground', '1.0.1').later(31_000).stat('webview_page_loaded', '1.0.1');
    expect(phone.state).toEqual({ kind: 'ready', version: '1.0.1' });
  });

  it('ends with a roll back, which stays the news until the version is downloaded again', () => {
    const phone = waiting().stat('app_launch_timeout', '1.0.1').stat('update_fail', '1.0.1');
    expect(phone.state).toEqual({ kind: 'rolled_back', version: '1.0.1' });
    phone.stat('set', '0.9.0').stat('delete', '1.0.1').stat('download_fail', '0.9.0').offered();
    expect(phone.state).toEqual({ kind: 'rolled_back', version: '1.0.1' });
    expect(phone.started('1.0.1').state.kind).toBe('downloading');
    expect(waiting().stat('update_fail', '1.0.1').offered('1.0.2').state).toEqual({
      kind: 'offered',
      version: '1.0.2',
    });
  });
});

describe('a failure', () => {
  it('without a version is about what was under way (clients.md §2.4)', () => {
    const phone = device().offered().stat('download_zip_start', '1.0.1').stat('download_fail', null);
    expect(phone.state).toEqual({ kind: 'failed', version: '1.0.1', action: 'download_fail' });
    expect(phone.offered().state.kind).toBe('offered');
  });

  it('keeps its cause when the vague ones follow (clients.md §9.9, wrong checksum)', () => {
    const android = device().offered().stat('download_zip_complete', '1.0.1').stat('checksum_fail', '1.0.0');
    android.stat('delete', '1.0.1').stat('download_fail', '1.0.0').stat('finish_download_fail', '1.0.1');
    expect(android.state).toEqual({ kind: 'failed', version: '1.0.1', action: 'checksum_fail' });
    const ios = device('ios').offered().stats('1.0.1', 'download_complete', 'checksum_fail', 'delete');
    expect(ios.stat('download_fail', '1.0.0').state).toMatchObject({ action: 'checksum_fail', version: '1.0.1' });
  });

  it('of a later check does not take away what waits on the device', () => {
    const phone = device().offered().stat('set_next', '1.0.1').stat('download_fail', '1.0.0');
    expect(phone.state.kind).toBe('waiting_for_background');
    expect(phone.check('blocked').check('up_to_date').state.kind).toBe('waiting_for_background');
  });

  it('of `set` says which action', () => {
    expect(device('electron').offered().stat('set_fail', '1.0.1').state).toEqual({
      kind: 'failed',
      version: '1.0.1',
      action: 'set_fail',
    });
  });
});

describe('a transfer that breaks off', () => {
  const broken = (platform: Platform = 'android') =>
    device(platform).offered().started('1.0.1').moved('1.0.1', 300).broken('1.0.1', 410);

  it('says where, also when reports of what was before arrive after it (clients.md §7.1)', () => {
    const state = { kind: 'interrupted', version: '1.0.1', percent: 41, bytesSent: 410, totalBytes: 1000 };
    expect(broken().state).toEqual(state);
    expect(broken().stats('1.0.1', 'download_zip_start', 'download_10', 'download_40').state).toEqual(state);
  });

  it('goes on from there (clients.md Appendix C, row 7)', () => {
    expect(broken().started('1.0.1', 410).state).toMatchObject({ kind: 'downloading', percent: 41 });
    expect(broken().started('1.0.1', 410).moved('1.0.1', 1000).state.kind).toBe('downloaded');
  });

  it('is what a failure without a version is about (clients.md §2.4)', () => {
    const failed = { kind: 'failed', version: '1.0.1', action: 'download_fail', brokeOffPercent: 41 };
    expect(broken().stat('download_fail', null).state).toEqual(failed);
    // iOS names the running bundle (clients.md §9.9, slow zip).
    expect(broken('ios').stat('download_fail', '1.0.0').state).toEqual(failed);
  });

  it('is over with the next check, and changes nothing once all bytes were there', () => {
    expect(broken().offered().state).toEqual({ kind: 'offered', version: '1.0.1' });
    expect(broken().check('offered', { offered: '1.0.1', isTransferring: true }).state.kind).toBe('interrupted');
    expect(device().offered().stat('set_next', '1.0.1').broken('1.0.1', 5).state.kind).toBe('waiting_for_background');
  });
});

describe('what comes late', () => {
  it('does not set a download back', () => {
    const phone = device().offered().started('1.0.1').moved('1.0.1', 800).stat('download_10', '1.0.1');
    expect(phone.state).toMatchObject({ kind: 'downloading', percent: 80 });
    phone
      .stat('set_next', '1.0.1')
      .stat('download_zip_complete', '1.0.1')
      .stat('download_90', '1.0.1')
      .moved('1.0.1', 900);
    expect(phone.state.kind).toBe('waiting_for_background');
  });

  it('from a queue that lay on the device for days changes nothing (clients.md §7.2)', () => {
    const phone = device().check('up_to_date');
    const before = phone.state;
    const dayMs = 86_400_000;
    phone.stat('update_fail', '0.9.0', dayMs).stat('download_fail', '0.9.0', dayMs).stat('set', '0.9.0', dayMs);
    expect(phone.state).toEqual(before);
  });
});

describe('a check', () => {
  it('during a download leaves it, and after a dead one starts anew', () => {
    const phone = device().offered().started('1.0.1').moved('1.0.1', 500);
    expect(phone.check('offered', { offered: '1.0.1', isTransferring: true }).state.kind).toBe('downloading');
    expect(phone.offered().state.kind).toBe('offered');
  });

  it('that is refused says with which code', () => {
    expect(device().check('blocked', { code: 'app_id_mismatch' }).state).toEqual({
      kind: 'refused',
      code: 'app_id_mismatch',
    });
  });

  it('of a device that runs nothing known is seen', () => {
    expect(device().check('up_to_date', { running: null }).state).toEqual({ kind: 'seen' });
  });
});

it('clamps progress that overshoots (clients.md Appendix C, row 10)', () => {
  expect(device().offered().stat('download_22800', '1.0.1').state).toMatchObject({ percent: 100 });
});

it('ends in the same state in whatever order the worker posts and the batches of a download arrive', () => {
  const worker = ['download_zip_start', 'download_zip_complete'];
  const batch = ['download_10', 'download_70', 'download_80', 'download_90', 'download_complete', 'set_next'];
  fc.assert(
    fc.property(fc.shuffledSubarray([...worker, ...batch], { minLength: 8 }), (actions) => {
      const phone = device()
        .offered()
        .started('1.0.1')
        .moved('1.0.1', 1000)
        .stats('1.0.1', ...actions);
      expect(phone.state).toEqual({ kind: 'waiting_for_background', version: '1.0.1' });
    }),
  );
});

it('takes any event in any state without a throw', () => {
  const version = fc.constantFrom(null, '1.0.0', '1.0.1', '2.0.0', 'builtin');
  const action = fc.constantFrom(
    'set',
    'set_next',
    'reset',
    'delete',
    'update_fail',
    'download_fail',
    'download_complete',
    'app_launch_ready',
    'download_40',
    'x',
  );
  fc.assert(
    fc.property(fc.array(fc.record({ action, version, age: fc.nat(100_000) }), { maxLength: 40 }), (events) => {
      const phone = device();
      for (const event of events) {
        phone.stat(event.action, event.version, event.age).offered();
        const percent = 'percent' in phone.state ? (phone.state.percent ?? 0) : 0;
        expect(percent).toBeLessThanOrEqual(100);
      }
    }),
  );
});
