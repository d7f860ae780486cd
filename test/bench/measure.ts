import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** One thing that is measured: `before` is not. */
export type Contender = { readonly before?: () => Promise<unknown>; readonly work: () => Promise<unknown> };

/** Of an odd number of values. */
export function middle(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? 0;
}

/**
 * Medians in ms. The contenders take turns, so that whatever else the machine does falls on all of them; a first round
 * is not counted, in which code is compiled, threads start and files come into the system's cache.
 */
export async function race<Name extends string>(
  runs: number,
  contenders: Readonly<Record<Name, Contender>>,
): Promise<Record<Name, number>> {
  const names = Object.keys(contenders) as Name[];
  const times = new Map<Name, number[]>(names.map((name) => [name, []]));
  for (let round = -1; round < runs; round += 1) {
    for (const name of names) {
      const { before, work } = contenders[name];
      await before?.();
      // What one has left behind is not collected in another's time.
      collectGarbage();
      const started = performance.now();
      await work();
      if (round >= 0) times.get(name)?.push(performance.now() - started);
    }
  }
  return Object.fromEntries(names.map((name) => [name, middle(times.get(name) ?? [])])) as Record<Name, number>;
}

export type Wanted = { readonly what: string; readonly found: number; readonly atMost: number | null };

/** What was found beside what is wanted of it, a line each. */
export function printWanted(rows: readonly Wanted[]): void {
  const width = Math.max(...rows.map(({ what }) => what.length));
  for (const { what, found, atMost } of rows) {
    const figure = found < 10 ? found.toFixed(3) : found.toFixed(found < 100 ? 1 : 0);
    const verdict = atMost === null ? '' : `   at most ${atMost}: ${found <= atMost ? 'ok' : 'MISSED'}`;
    console.log(`  ${what.padEnd(width)}  ${figure.padStart(8)}${verdict}`);
  }
}
