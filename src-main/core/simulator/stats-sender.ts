import { agentHeaders, infoObject, workerEvent, type ClientProfile } from './client-profile.ts';
import { dialectOf } from './dialect.ts';
import type { HttpClient } from './http-client.ts';
import type { RateLimit } from './rate-limit.ts';
import { parseObject, textOf } from './reply-fields.ts';

export type StatInput = {
  readonly action: string;
  /** Bundle concerned; null where the client leaves the key out (clients.md §2.4). */
  readonly version: string | null;
  readonly oldVersion?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  /** Of Electron's client, which sends what it knows of the two (clients.md §12.1). */
  readonly bundleId?: string;
  readonly message?: string;
};

export type StatEvent = Readonly<Record<string, unknown>>;

/** Reports as the platform's client does: clients.md §7.1. */
export type StatsSender = {
  /** Queued and sent within a second; at once where the client does not queue. */
  send(stat: StatInput): void;
  /** Android's download worker: a single object, at once, past the queue. */
  sendAtOnce(action: string, version: string): void;
  /** After a 429 whose code is `too_many_requests`: once, until a post of it failed (clients.md §1.6). */
  reportRateLimit(version: string): void;
  /** Sends what is left, and waits for everything under way. Resolves to what a device keeps for its next start. */
  flush(): Promise<StatEvent[]>;
};

export const FLUSH_AFTER_MS = 1_000;
export const QUEUE_LENGTH = 200;
/** A device tries for ever; a virtual one has to come to an end. */
const LAST_TRIES = 3;
const SILENCE_MS = 10_000;

export function createStatsSender({
  profile,
  channel,
  statsUrl,
  http,
  rateLimit,
  sent,
  now,
  pending: restored,
}: {
  readonly profile: ClientProfile;
  /** `defaultChannel` as it is now. */
  readonly channel: () => string;
  /** Empty: nothing is sent (clients.md §7.1). */
  readonly statsUrl: string;
  readonly http: HttpClient;
  readonly rateLimit: RateLimit;
  /** Every event is added when it is made. */
  readonly sent: StatEvent[];
  readonly now: () => number;
  /** Left over from the last start. */
  readonly pending: readonly StatEvent[];
}): StatsSender {
  const { isBatched, keepsStats } = dialectOf(profile);
  const isEmptyFailure = profile.platform === 'ios';
  const isElectron = profile.platform === 'electron';
  let queue: StatEvent[] = statsUrl === '' ? [] : [...restored];
  let timer: NodeJS.Timeout | undefined;
  let isInFlight = false;
  let hasReportedLimit = false;
  const underWay = new Set<Promise<unknown>>();
  if (queue.length > 0) arm();

  /** Accepted, refused for good (dropped), or to be tried again: clients.md §7.3. */
  async function post(body: unknown): Promise<'done' | 'again'> {
    try {
      const reply = await http.send({
        purpose: 'stats',
        method: 'POST',
        url: statsUrl,
        body,
        headers: { 'content-type': 'application/json', ...agentHeaders(profile) },
        limits: { silenceMs: SILENCE_MS },
      });
      const { status, text } = reply;
      if (rateLimit.note(reply)) {
        if ((textOf(parseObject(text), 'error') ?? '') === 'too_many_requests') reportRateLimit(versionOf(body));
        return 'again';
      }
      if (status === 408 || status >= 500) return 'again';
      return isEmptyFailure && status === 200 && text === '' ? 'again' : 'done';
    } catch {
      return 'again';
    }
  }

  function track(work: Promise<unknown>): void {
    underWay.add(work);
    void work.finally(() => underWay.delete(work));
  }

  async function sendQueue(): Promise<void> {
    // Deferred, not dropped, while a window stands (clients.md §1.6).
    if (isInFlight || queue.length === 0 || rateLimit.current()) return;
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

  function reportRateLimit(version: string): void {
    if (hasReportedLimit || isElectron || statsUrl === '') return;
    hasReportedLimit = true;
    const event = {
      ...infoObject(profile, version, channel()),
      old_version_name: '',
      action: 'rate_limit_reached',
    };
    sent.push(event);
    // The latch is released when the post fails.
    track(
      post(event).then((result) => {
        if (result === 'again') hasReportedLimit = false;
      }),
    );
  }

  return {
    send({ action, version, oldVersion = '', metadata, bundleId, message }) {
      if (statsUrl === '') return;
      const { version_name: _, ...info } = infoObject(profile, '', channel());
      const event: StatEvent = {
        ...info,
        ...(version === null ? {} : { version_name: version }),
        old_version_name: oldVersion,
        action,
        ...(isBatched ? { timestamp: now() } : {}),
        ...(bundleId === undefined ? {} : { bundle_id: bundleId }),
        ...(message === undefined ? {} : { message }),
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
      const event = workerEvent(profile, action, version, channel());
      sent.push(event);
      track(post(event));
    },
    reportRateLimit,
    async flush() {
      clearTimeout(timer);
      timer = undefined;
      while (underWay.size > 0) await Promise.all(underWay);
      for (let tries = 0; tries < LAST_TRIES && queue.length > 0 && !rateLimit.current(); tries += 1) {
        await sendQueue();
      }
      clearTimeout(timer);
      timer = undefined;
      while (underWay.size > 0) await Promise.all(underWay);
      return keepsStats ? queue : [];
    },
  };
}

function versionOf(body: unknown): string {
  const event: unknown = Array.isArray(body) ? body[0] : body;
  const version = typeof event === 'object' && event !== null && 'version_name' in event ? event.version_name : '';
  return typeof version === 'string' ? version : '';
}
