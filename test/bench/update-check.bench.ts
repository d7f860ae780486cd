import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { androidCheck } from '#test/helpers/app-entry.ts';
import { openDeviceHost } from '#test/helpers/device-host.ts';
import { soundBuild } from '#test/helpers/trees.ts';

import type { LoadOrder, LoadResult } from './load-client.ts';
import { loadByNodeClient } from './node-client.ts';

/**
 * Update checks with decision, trace, device row and log, beside a bare Node server in the same run. Three looks:
 *
 * 1. `sameProcess`: Node's own HTTP client beside the servers, as fast as its connections take them; what a request
 *    costs at both ends together. The ratio is the one of the goal.
 * 2. `serversAlone`: the same from a process of its own, which costs the servers nothing. A bare server does nearly
 *    nothing for a request, so that this ratio is the hardest that can be asked for.
 * 3. `atRate`: requests that come at `--rate` a second, from that process, whatever became of those before: how long a
 *    device waits. 1,000 devices that check every 10 s make 100 a second.
 *
 * In 1 and 2 the servers take turns, so that whatever else the machine does falls on both; the ratio is the median of
 * the turns, `cpuMicros` the processor time of this process per request. As all connections wait for an answer all the
 * time, a time there is little else than the connections divided by the rate.
 */
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '16' },
    rounds: { type: 'string', default: '12' },
    connections: { type: 'string', default: '50' },
    devices: { type: 'string', default: '1000' },
    rate: { type: 'string', default: '1000' },
    'rate-seconds': { type: 'string', default: '10' },
  },
});
const ROUNDS = Number(values.rounds);
/** Of one turn of one server, of one kind. */
const SECONDS = Number(values.seconds) / ROUNDS / 4;
const CONNECTIONS = Number(values.connections);
const RATE = Number(values.rate);

type Turn = LoadResult & { readonly perSecond: number; readonly cpuMicros: number };

const bodies = Array.from({ length: Number(values.devices) }, () =>
  JSON.stringify({ ...androidCheck, device_id: randomUUID() }),
);
const client = fork(fileURLToPath(new URL('load-client.ts', import.meta.url)), {
  execArgv: [],
  serialization: 'advanced',
});

async function measured(work: () => Promise<LoadResult>): Promise<Turn> {
  const cpu = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(cpu);
  const count = Math.max(1, result.timesMs.length);
  return { ...result, perSecond: count / result.seconds, cpuMicros: (user + system) / count };
}

function fromElsewhere(url: string, seconds: number, perSecond?: number): Promise<Turn> {
  return measured(async () => {
    const order: LoadOrder = { url, bodies, connections: CONNECTIONS, seconds, perSecond };
    client.send(order);
    const [result] = (await once(client, 'message')) as [LoadResult];
    return result;
  });
}

function fromHere(url: string, seconds: number): Promise<Turn> {
  return measured(() => loadByNodeClient({ url, bodies, connections: CONNECTIONS, seconds }));
}

function middle(numbers: readonly number[], share = 0.5): number {
  return numbers.toSorted((left, right) => left - right)[Math.floor(numbers.length * share)] ?? 0;
}

function summary(turns: readonly Turn[]): Record<string, number> {
  const times = turns.flatMap(({ timesMs }) => [...timesMs]);
  const rounded = (value: number): number => Number(value.toFixed(1));
  return {
    perSecond: Math.round(middle(turns.map(({ perSecond }) => perSecond))),
    p50Ms: rounded(middle(times)),
    p99Ms: rounded(middle(times, 0.99)),
    maxMs: rounded(times.reduce((most, time) => Math.max(most, time), 0)),
    cpuMicros: Math.round(middle(turns.map(({ cpuMicros }) => cpuMicros))),
    failed: turns.reduce((sum, { failed }) => sum + failed, 0),
  };
}

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
async function takeTurns(load: (url: string, seconds: number) => Promise<Turn>): Promise<Record<string, unknown>> {
  // Neither is measured before its code is compiled, and every device is known.
  await load(bare.url, 1);
  await load(host.urls.update, 1);
  const plain: Turn[] = [];
  const slipway: Turn[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    plain.push(await load(bare.url, SECONDS));
    slipway.push(await load(host.urls.update, SECONDS));
  }
  const ratios = slipway.map(({ perSecond }, round) => perSecond / (plain[round]?.perSecond ?? 1));
  return { bare: summary(plain), slipway: summary(slipway), ratio: Number(middle(ratios).toFixed(3)) };
}

const sameProcess = await takeTurns(fromHere);
const serversAlone = await takeTurns(fromElsewhere);
const atRate = await fromElsewhere(host.urls.update, Number(values['rate-seconds']), RATE);
client.disconnect();
console.log(
  JSON.stringify(
    {
      connections: CONNECTIONS,
      sameProcess,
      serversAlone,
      atRate: { asked: RATE, ...summary([atRate]) },
      load: Number(loadavg()[0]?.toFixed(1)),
    },
    null,
    2,
  ),
);
