import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export const runProgram = promisify(execFile);

/** Whether a program is there and starts. */
export async function hasProgram(name: string, ...probe: readonly string[]): Promise<boolean> {
  return runProgram(name, probe).then(
    () => true,
    () => false,
  );
}

/** Skips the test with a reason that is seen in the output. */
export function skipLoudly(context: { skip(reason: string): never }, reason: string): never {
  console.warn(`SKIPPED: ${reason}`);
  return context.skip(reason);
}
