import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { androidCheck } from '#test/helpers/app-entry.ts';

/**
 * Whether memory stays flat while 1,000 devices check every 10 s and report. Time is compressed: the same requests come
 * as fast as the machine takes them, so that a minute stands for a good part of an hour. The listener, with decision,
 * device rows, figures, log and its pruning, runs in a process of its own; each look follows a garbage collection.
 */
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '75' },
    devices: { type: 'string', default: '1000' },
    connections: { type: 'string', default: '50' },
  },
});
const SECONDS = Number(values.seconds);
const DEVICES = Number(values.devices);
const CONNECTIONS = Number(values.connections);
const LOOKS = 6;
/** A check every 10 s, and a batch of reports with it. */
const REQUESTS_PER_DEVICE_SECOND = 2 / 10;

type Urls = { readonly update: string; readonly stats: string };
type Look = {
  readonly rss: number;
  readonly heapUsed: number;
  readonly external: number;
  readonly rows: number;
  readonly devices: number;
};

const child = fork(fileURLToPath(new URL('memory-host.ts', import.meta.url)), { execArgv: ['--expose-gc'] });
const [{ urls }] = (await once(child, 'message')) as [{ urls: Urls }];
const agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS });
let sent = 0;
let failed = 0;

function post(url: string, body: unknown): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const text = JSON.stringify(body);
  const request = http.request(
    url,
    {
      method: 'POST',
      agent,
      headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) },
    },
    (response) => {
      if (response.statusCode !== 200) failed += 1;
      response.resume();
      response.on('end', resolve);
    },
  );
  request.on('error', () => {
    failed += 1;
    resolve();
  });
  request.end(text);
  sent += 1;
  return promise;
}

/** Each round of a device is the next step of its life; some fail, all begin again. */
const actions = [
  ['app_launch_start', 'app_moved_to_foreground'],
  ['download_10', 'download_70', 'download_complete', 'set_next'],
  ['app_moved_to_background', 'set'],
  ['app_launch_start', 'app_launch_ready'],
  ['update_fail'],
  ['download_fail'],
] as const;
const ids = Array.from({ length: DEVICES }, () => randomUUID());
let next = 0;
let clock = Date.now();

async function round(): Promise<void> {
  const turn = next;
  next += 1;
  const info = { ...androidCheck, device_id: ids[turn % DEVICES] ?? '' };
  const lap = Math.floor(turn / DEVICES);
  const step = actions[(lap + (turn % DEVICES)) % actions.length] ?? [];
  await post(urls.update, info);
  const batch = step.map((action) => {
    clock += 1;
    return Object.assign(structuredClone(info), { version_name: '1.0.1', action, timestamp: clock });
  });
  await post(urls.stats, batch);
}

async function look(): Promise<Look> {
  child.send('memory');
  const [message] = (await once(child, 'message')) as [Look];
  return message;
}

const startMs = performance.now();
const looks: { atSeconds: number; requests: number; rssMiB: number; heapMiB: number; rows: number }[] = [];
let devices = 0;
for (let index = 0; index <= LOOKS; index += 1) {
  const untilMs = startMs + (SECONDS * 1000 * index) / LOOKS;
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      while (performance.now() < untilMs) await round();
    }),
  );
  const found = await look();
  devices = found.devices;
  looks.push({
    atSeconds: Math.round((performance.now() - startMs) / 1000),
    requests: sent,
    rssMiB: Math.round(found.rss / 1024 ** 2),
    heapMiB: Number((found.heapUsed / 1024 ** 2).toFixed(1)),
    rows: found.rows,
  });
}
agent.destroy();
child.send('end');
await once(child, 'exit');
const perSecond = sent / SECONDS;
console.log(
  JSON.stringify(
    {
      devices,
      requests: sent,
      failed,
      perSecond: Math.round(perSecond),
      standsForMinutes: Math.round(sent / (DEVICES * REQUESTS_PER_DEVICE_SECOND) / 60),
      looks,
    },
    null,
    2,
  ),
);
