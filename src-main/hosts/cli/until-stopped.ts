import { AppError } from '#core/app-error.ts';

/**
 * Runs a command that only a stop ends (`serve`, `events --follow`). Resolves to exit code 0 then, also when the stop
 * met it while it was still starting.
 */
export async function untilStopped(signal: AbortSignal, work: () => Promise<void>): Promise<number> {
  try {
    await work();
  } catch (error) {
    const isStop = signal.aborted && error instanceof AppError && error.code === 'CANCELLED';
    if (!isStop) throw error;
  }
  return 0;
}
