import type { ChildProcess } from 'node:child_process';
import { constants } from 'node:os';

const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** What a shell would report: the exit code, or 128 + the signal that ended it. */
export function exitCode(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  });
}

/** Hands signals on until the child has ended, so that it can close cleanly; this process waits for it. */
export function forwardSignals(child: ChildProcess): void {
  const undo = FORWARDED.map((signal) => {
    // On a terminal the whole group gets Ctrl-C already; hosts take a second one as "now", so it is not doubled.
    const forward = () => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    };
    process.on(signal, forward);
    return () => process.off(signal, forward);
  });
  child.once('close', () => {
    for (const remove of undo) remove();
  });
}
