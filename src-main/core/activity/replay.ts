import { request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

import type { ActivityDetail } from '#contract/models/activity.ts';

import { AppError } from '../app-error.ts';
import type { AppDirectory } from '../apps/app-directory.ts';
import { VIRTUAL_HEADER } from '../devices/downloads.ts';
import type { DeviceOrigin } from '../ports.ts';
import type { FetchBackSecret } from '../releases/fetch-back-secret.ts';
import type { ActivityRepository } from '../storage/activity-repository.ts';
import type { Database } from '../storage/database.ts';
import { KEPT_OF_LARGE } from './payload.ts';
import { REPLAY_HEADER, replayMark } from './replay-mark.ts';

/** Where a captured request may be sent. */
export type ReplayTarget = 'server';

export type Replay = (
  id: number,
  to: ReplayTarget,
) => Promise<{
  /** What was sent and answered now; its `replayOf` is the row that was asked for. */
  readonly row: ActivityDetail;
}>;

type Deps = {
  readonly database: Database;
  readonly activity: ActivityRepository;
  readonly directory: AppDirectory;
  readonly deviceOrigin: DeviceOrigin;
  readonly secret: FetchBackSecret;
};

/** Silence on the socket after which nothing more is expected. */
const SILENCE_MS = 15_000;
/** The row of a download ends after its last byte; that of single files when no other follows for a while. */
const LOOK_MS = 20;
const LOOKS = 250;

/** Made by the client of this machine, for its own connection. */
const ownHeaders = new Set(['content-length', 'connection', 'transfer-encoding', 'accept-encoding']);

/**
 * Sends requests of the log once more to the device listener, as the device did: same method, path, headers and body,
 * over HTTP. They leave a row that says so and nothing else (`Rehearsals`).
 * Rejects with `EVENT_NOT_FOUND`, `REPLAY_NOT_PAIRED`, `REPLAY_INCOMPLETE`, `DEVICE_LISTENER_DOWN`.
 */
export function createReplay({ database, activity, directory, deviceOrigin, secret }: Deps): Replay {
  async function rowOfReplay(id: number, afterId: number): Promise<ActivityDetail | undefined> {
    for (let look = 0; look < LOOKS; look += 1) {
      database.flush();
      const row = activity.replayOf(id, afterId);
      if (row && row.outcome !== 'running') return row;
      await delay(LOOK_MS);
    }
    return activity.replayOf(id, afterId);
  }

  return async (id) => {
    const original = activity.get(id);
    if (!original) throw new AppError('EVENT_NOT_FOUND', { id });
    const app = original.appId === null ? undefined : directory.byId(original.appId);
    // The log keeps the beginning of a token only, so an address that no app has cannot be asked again.
    if (!app || original.kind === 'unpaired') throw new AppError('REPLAY_NOT_PAIRED', { id });
    const { method, path, headers, body } = original.request;
    if (!isWhole(body)) throw new AppError('REPLAY_INCOMPLETE', { id });

    const origin = await deviceOrigin.loopback();
    const afterId = activity.lastId();
    await send({
      url: origin,
      method,
      path: path.replace(/^\/[^/?]+/, `/${app.token}`),
      headers: {
        ...Object.fromEntries(Object.entries(headers).filter(([name]) => !ownHeaders.has(name))),
        ...(original.isVirtual ? { [VIRTUAL_HEADER]: '1' } : {}),
        [REPLAY_HEADER]: replayMark(secret, id),
      },
      // The body of a GET is its query, which is part of the path.
      body: method === 'GET' || method === 'HEAD' || body === null ? null : textOf(body),
    });
    const row = await rowOfReplay(id, afterId);
    if (!row) throw new AppError('EVENT_NOT_FOUND', { id });
    return { row };
  };
}

/** What could not be read was kept as text up to a length; what was large, as its beginning. */
function isWhole(body: unknown): boolean {
  if (typeof body === 'string') return body.length < KEPT_OF_LARGE;
  return !(typeof body === 'object' && body !== null && 'truncated' in body && 'beginning' in body);
}

function textOf(body: unknown): string {
  return typeof body === 'string' ? body : JSON.stringify(body);
}

/** Resolves when the answer ended, whatever it was; what it said is in the log. */
function send(input: {
  readonly url: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}): Promise<void> {
  const { url, method, path, headers, body } = input;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const fail = (cause: Error): void => reject(new AppError('DEVICE_LISTENER_DOWN', {}, { cause }));
  const length = body === null ? {} : { 'content-length': Buffer.byteLength(body) };
  const { hostname, port } = new URL(url);
  const asking = request(
    { hostname: hostname.replace(/^\[|\]$/g, ''), port, method, path, headers: { ...headers, ...length } },
    (answer) => {
      answer.on('end', resolve);
      answer.on('error', fail);
      answer.resume();
    },
  );
  asking.on('error', fail);
  asking.setTimeout(SILENCE_MS, () => asking.destroy(new Error('the device listener is silent')));
  asking.end(body ?? undefined);
  return promise;
}
