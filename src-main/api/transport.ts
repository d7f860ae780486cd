import type { Reply } from '#contract/errors.ts';
import type { EventMessage } from '#contract/events.ts';

/** One call by path (`releases.publish`); never rejects, a failure is a reply. */
export type Dispatch = (path: string, input: unknown) => Promise<Reply>;

/** The two things every transport carries. The same shape serves the in-process client and the one over a socket. */
export type ApiTransport = AsyncDisposable & {
  readonly call: Dispatch;
  /** Returns its own undo. */
  subscribe(listener: (message: EventMessage) => void): () => void;
};
