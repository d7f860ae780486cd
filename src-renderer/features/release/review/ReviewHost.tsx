import { useIntakeStore } from '#renderer/stores/intake-store.ts';

import { ReviewSheet } from './ReviewSheet.tsx';

/** Shows the first build of the queue; the next one follows when it is done with. */
export function ReviewHost() {
  const queue = useIntakeStore((state) => state.queue);
  const [first] = queue;
  return first === undefined ? null : <ReviewSheet key={first.id} item={first} waiting={queue.length - 1} />;
}
