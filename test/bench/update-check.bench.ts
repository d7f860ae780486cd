import { randomUUID } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';

import { androidCheck } from '#test/helpers/app-entry.ts';
import { openDeviceHost } from '#test/helpers/device-host.ts';
import { soundBuild } from '#test/helpers/trees.ts';

/**
 * Update checks per second with decision, trace, device row and log, beside a bare Node server in the same run. The two
 * take turns, so that whatever else the machine does falls on both; the ratio is the median of the turns. Both ends of
 * every connection are in this process, whose processor time per request is told too: that is hardly touched by load.
 */
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '8' },
    rounds: { type: 'string', default: '16' },
    connections: { type: 'string', default: '50' },
    devices: { type: 'string', default: '200' },
  },
});
const ROUNDS = Number(values.rounds);
/** Of one turn. */
const SECONDS = Number(values.seconds) / ROUNDS;
const CONNECTIONS = Number(values.connections);

type Turn = {
  readonly perSecond: number;
  readonly timesMs: number[];
  readonly cpuMicros: number;
  readonly failed: number;
};

async function load(url: string, bodies: readonly string[]): Promise<Turn> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const times: number[] = [];
  let failed = 0;
  let next = 0;
  const post = (): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const body = bodies[next++ % bodies.length] ?? '';
    const startMs = performance.now();
    const request = http.request(
      url,
      {
        method: 'POST',
        agent,
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
      },
      (response) => {
        if (response.statusCode !== 200) failed += 1;
        response.resume();
        response.on('end', () => {
          times.push(performance.now() - startMs);
          resolve();
        });
      },
    );
    request.on('error', () => {
      failed += 1;
      resolve();
    });
    request.end(body);
    return promise;
  };
  const beganMs = performance.now();
  const cpu = process.cpuUsage();
  const untilMs = beganMs + SECONDS * 1000;
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      while (performance.now() < untilMs) await post();
    }),
  );
  const { user, system } = process.cpuUsage(cpu);
  const seconds = (performance.now() - beganMs) / 1000;
  agent.destroy();
  const count = Math.max(1, times.length);
  return { perSecond: times.length / seconds, timesMs: times, cpuMicros: (user + system) / count, failed };
}

function middle(numbers: readonly number[], share = 0.5): number {
  return numbers.toSorted((left, right) => left - right)[Math.floor(numbers.length * share)] ?? 0;
}

function middleCpu(turns: readonly Turn[]): number {
  return middle(turns.map(({ cpuMicros }) => cpuMicros));
}

function summary(turns: readonly Turn[]): Record<string, number> {
  const times = turns.flatMap(({ timesMs }) => timesMs);
  const rounded = (value: number): number => Number(value.toFixed(1));
  return {
    perSecond: Math.round(middle(turns.map(({ perSecond }) => perSecond))),
    p50Ms: rounded(middle(times)),
    p99Ms: rounded(middle(times, 0.99)),
    cpuMicros: Math.round(middleCpu(turns)),
    failed: turns.reduce((sum, { failed }) => sum + failed, 0),
  };
}

const bodies = Array.from({ length: Number(values.devices) }, () =>
  JSON.stringify({ ...androidCheck, device_id: randomUUID() }),
);

async function openBare(): Promise<AsyncDisposable & { readonly url: string }> {
  const server = http.createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const text = JSON.stringify({
        version: (JSON.parse(Buffer.concat(parts).toString()) as { version_name: string }).version_name,
      });
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
      response.end(text);
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => void server.close(resolve));
    },
  };
}

await using host = await openDeviceHost();
await host.publish(soundBuild, '1.0.1');
await using bare = await openBare();
// Neither is measured before its code is compiled, and every device is known.
await load(bare.url, bodies);
await load(host.urls.update, bodies);
const plain: Turn[] = [];
const slipway: Turn[] = [];
for (let round = 0; round < ROUNDS; round += 1) {
  plain.push(await load(bare.url, bodies));
  slipway.push(await load(host.urls.update, bodies));
}
const ratios = slipway.map(({ perSecond }, round) => perSecond / (plain[round]?.perSecond ?? 1));
console.log(
  JSON.stringify(
    {
      connections: CONNECTIONS,
      bare: summary(plain),
      slipway: summary(slipway),
      ratio: Number(middle(ratios).toFixed(3)),
      cpuRatio: Number((middleCpu(plain) / middleCpu(slipway)).toFixed(3)),
      load: Number(loadavg()[0]?.toFixed(1)),
    },
    null,
    2,
  ),
);
