import type { Clock } from '../ports.ts';
import { decidedAtMs, type DeviceProgress } from './device-state.ts';

/**
 * Looks at devices again when their time to call notifyAppReady is over: silence then means success, and nothing that
 * the client sends says so (protocol/clients.md §7.4: `app_launch_ready` comes once per process).
 * A restart of Slipway forgets them; the device's next word brings them back.
 */
export type Deadlines = {
  /** Call after each change of a device; replaces what was planned for it. */
  plan(appId: string, deviceId: string, progress: DeviceProgress): void;
};

/** Timers of Node end at 24.8 days; a deadline further off than this is a wrong clock. */
const MAX_WAIT_MS = 10 * 60_000;
const MAX_DEVICES = 10_000;

export function createDeadlines({
  clock,
  onPassed,
}: {
  readonly clock: Clock;
  readonly onPassed: (appId: string, deviceId: string) => void;
}): Deadlines {
  const timers = new Map<string, NodeJS.Timeout>();
  return {
    plan(appId, deviceId, progress) {
      const key = `${appId}\n${deviceId}`;
      clearTimeout(timers.get(key));
      timers.delete(key);
      const atMs = decidedAtMs(progress);
      if (atMs === null || timers.size >= MAX_DEVICES) return;
      const waitMs = Math.min(Math.max(0, atMs - clock.now()), MAX_WAIT_MS) + 1;
      const timer = setTimeout(() => {
        timers.delete(key);
        onPassed(appId, deviceId);
      }, waitMs);
      timer.unref();
      timers.set(key, timer);
    },
  };
}
