import type { EventMap, EventMessage, EventName } from '#contract/events.ts';

import type { Logger } from './ports.ts';

export type EventListener = (message: EventMessage) => void;

/** Announces changes to whoever listens: transports, the command line, tests. */
export type EventHub = {
  emit<Name extends EventName>(name: Name, payload: EventMap[Name]): void;
  /** Returns its own undo. */
  subscribe(listener: EventListener): () => void;
  readonly listenerCount: number;
};

export function createEventHub(logger: Logger): EventHub {
  const listeners = new Set<EventListener>();
  return {
    emit(name, payload) {
      // The pair is the union member of that name; TypeScript cannot see it through the type parameter.
      const message = { name, payload } as EventMessage;
      for (const listener of listeners) {
        try {
          listener(message);
        } catch (error) {
          logger.error({ err: error, event: name }, 'an event listener failed');
        }
      }
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    get listenerCount() {
      return listeners.size;
    },
  };
}
