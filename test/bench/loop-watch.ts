/** Looks at the event loop this often. */
const TICK_MS = 1;

export type LoopWatch = Disposable & {
  /** Of each label that was on: ms in which the event loop did nothing else, at the longest. */
  readonly longest: ReadonlyMap<string, number>;
};

/**
 * Measures how long the event loop is held up in one go while something goes on, by what goes on then: a timer that is
 * late tells. On a machine whose processors are all busy it may also be late because this thread had to wait for one.
 */
export function watchLoop(label: () => string, onHeldUp?: (heldUpMs: number, label: string) => void): LoopWatch {
  const longest = new Map<string, number>();
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    const heldUpMs = Math.max(0, now - last - TICK_MS);
    last = now;
    const name = label();
    longest.set(name, Math.max(longest.get(name) ?? 0, heldUpMs));
    onHeldUp?.(heldUpMs, name);
  }, TICK_MS);
  return { longest, [Symbol.dispose]: () => clearInterval(timer) };
}
