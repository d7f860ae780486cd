import { randomUUID } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';

import { androidCheck } from '#test/helpers/app-entry.ts';
import { openDeviceHost } from '#test/helpers/device-host.ts';
import { soundBuild } from '#test/helpers/trees.ts';

/** Update checks per second with decision, trace, device row and log, beside a bare Node server in the same run. */
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '4' },
    connections: { type: 'string', default: '50' },
    devices: { type: 'string', default: '200' },
  },
});
const SECONDS = Number(values.seconds);
const CONNECTIONS = Number(values.connections);

type Measure = { readonly perSecond: number; readonly p50Ms: number; readonly p99Ms: number; readonly failed: number };

async function load(url: string, bodies: readonly string[]): Promise<Measure> {
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
  const untilMs = performance.now() + SECONDS * 1000;
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      while (performance.now() < untilMs) await post();
    }),
  );
  agent.destroy();
  times.sort((left, right) => left - right);
  const at = (share: number): number => times[Math.floor(times.length * share)] ?? 0;
  return { perSecond: Math.round(times.length / SECONDS), p50Ms: at(0.5), p99Ms: at(0.99), failed };
}

async function bare(bodies: readonly string[]): Promise<Measure> {
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
  try {
    return await load(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, bodies);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

await using host = await openDeviceHost();
await host.publish(soundBuild, '1.0.1');
const bodies = Array.from({ length: Number(values.devices) }, () =>
  JSON.stringify({ ...androidCheck, device_id: randomUUID() }),
);
const plain = await bare(bodies);
const slipway = await load(host.urls.update, bodies);
const ratio = slipway.perSecond / plain.perSecond;
console.log(
  JSON.stringify({ connections: CONNECTIONS, bare: plain, slipway, ratio: Number(ratio.toFixed(3)) }, null, 2),
);
