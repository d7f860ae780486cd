/** Lets pieces of work through one after the other, in the order they came. */
export type Mutex = <T>(work: () => Promise<T>) => Promise<T>;

export function createMutex(): Mutex {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(work);
    // The next one does not care how this one ended; its caller hears of it.
    last = turn.then(noop, noop);
    return turn;
  };
}

function noop(): void {}
