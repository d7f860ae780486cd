/** The longest times: `ms` in which the event loop did nothing else, `workMs` in which it was at work all the time. */
export type HeldUp = { readonly ms: number; readonly workMs: number };

export function longestOf(all: Iterable<HeldUp>): HeldUp {
  let longest: HeldUp = { ms: 0, workMs: 0 };
  for (const { ms, workMs } of all) {
    longest = { ms: Math.max(longest.ms, ms), workMs: Math.max(longest.workMs, workMs) };
  }
  return longest;
}

/** Looks at the event loop this often. */
const TICK_MS = 1;

export type LoopWatch = Disposable & {
  /** By what was going on. */
  readonly longest: ReadonlyMap<string, HeldUp>;
};

/**
 * Measures how long the event loop is held up in one go while something goes on, by what goes on then: a timer that is
 * late tells. What is not work is waiting: for the disk, or for a processor, of which other threads may have had all.
 */
export function watchLoop(label: () => string, onHeldUp?: (heldUp: HeldUp, label: string) => void): LoopWatch {
  const longest = new Map<string, HeldUp>();
  let last = performance.now();
  let lastCpu = process.threadCpuUsage();
  const timer = setInterval(() => {
    const now = performance.now();
    const cpu = process.threadCpuUsage(lastCpu);
    lastCpu = process.threadCpuUsage();
    const ms = Math.max(0, now - last - TICK_MS);
    const heldUp = { ms, workMs: Math.min(ms, (cpu.user + cpu.system) / 1000) };
    last = now;
    const name = label();
    longest.set(name, longestOf([heldUp, longest.get(name) ?? heldUp]));
    onHeldUp?.(heldUp, name);
  }, TICK_MS);
  return { longest, [Symbol.dispose]: () => clearInterval(timer) };
}
