import { infoObject, isPlugin, userAgent, workerEvent, type ClientProfile } from './client-profile.ts';
import type { HttpClient } from './http-client.ts';

export type StatInput = {
  readonly action: string;
  /** Bundle concerned; null where the client leaves the key out (clients.md §2.4). */
  readonly version: string | null;
  readonly oldVersion?: string;
  readonly metadata?: Readonly<Record<string, string>>;
};

/** Reports as the platform's client does: clients.md §7.1. */
export type StatsSender = {
  /** Queued and sent within a second; at once where the client does not queue. */
  send(stat: StatInput): void;
  /** Android's download worker: a single object, at once, past the queue. */
  sendAtOnce(action: string, version: string): void;
  /** Sends what is left, and waits for everything under way. */
  flush(): Promise<void>;
};

const FLUSH_AFTER_MS = 1_000;
const QUEUE_LENGTH = 200;
/** A device tries for ever; a virtual one has to come to an end. */
const LAST_TRIES = 3;

type Event = Readonly<Record<string, unknown>>;

export function createStatsSender({
  profile,
  statsUrl,
  http,
  sent,
  now,
}: {
  readonly profile: ClientProfile;
  /** Empty: nothing is sent (clients.md §7.1). */
  readonly statsUrl: string;
  readonly http: HttpClient;
  /** Every event is added when it is made. */
  readonly sent: Event[];
  readonly now: () => number;
}): StatsSender {
  const isBatched = profile.platform !== 'electron' && isPlugin(profile, '8.42.0');
  const isEmptyFailure = profile.platform === 'ios';
  let queue: Event[] = [];
  let timer: NodeJS.Timeout | undefined;
  let isInFlight = false;
  const pending = new Set<Promise<unknown>>();

  /** Accepted, refused for good (dropped), or to be tried again: clients.md §7.3. */
  async function post(body: unknown): Promise<'done' | 'again'> {
    try {
      const { status, text } = await http.send({
        method: 'POST',
        url: statsUrl,
        body,
        headers: { 'content-type': 'application/json', 'user-agent': userAgent(profile) },
        limits: { silenceMs: 10_000 },
      });
      if (status === 408 || status === 429 || status >= 500) return 'again';
      return isEmptyFailure && status === 200 && text === '' ? 'again' : 'done';
    } catch {
      return 'again';
    }
  }

  function track(work: Promise<unknown>): void {
    pending.add(work);
    void work.finally(() => pending.delete(work));
  }

  async function sendQueue(): Promise<void> {
    if (isInFlight || queue.length === 0) return;
    isInFlight = true;
    const batch = queue;
    queue = [];
    const result = await post(batch);
    isInFlight = false;
    if (result === 'again') queue = [...batch, ...queue].slice(-QUEUE_LENGTH);
    if (queue.length > 0) arm();
  }

  function arm(): void {
    timer ??= setTimeout(() => {
      timer = undefined;
      track(sendQueue());
    }, FLUSH_AFTER_MS);
  }

  return {
    send({ action, version, oldVersion = '', metadata }) {
      if (statsUrl === '') return;
      const { version_name: _, ...info } = infoObject(profile, '');
      const event: Event = {
        ...info,
        ...(version === null ? {} : { version_name: version }),
        old_version_name: oldVersion,
        action,
        ...(isBatched ? { timestamp: now() } : {}),
        ...(metadata ? { metadata } : {}),
      };
      sent.push(event);
      if (!isBatched) {
        track(post(event));
        return;
      }
      queue = [...queue, event].slice(-QUEUE_LENGTH);
      arm();
    },
    sendAtOnce(action, version) {
      if (statsUrl === '') return;
      const event = workerEvent(profile, action, version);
      sent.push(event);
      track(post(event));
    },
    async flush() {
      clearTimeout(timer);
      timer = undefined;
      await Promise.all(pending);
      for (let tries = 0; tries < LAST_TRIES && queue.length > 0; tries += 1) await sendQueue();
      clearTimeout(timer);
      timer = undefined;
    },
  };
}
