import { randomBytes } from 'node:crypto';
/**
 * How fast the device listener sends, beside a bare Node server that pipes the same file in the same run, and what ten
 * phones cost that fetch a manifest's files 64 at a time: `npm run bench:download [-- FOLDER]`.
 */
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { Agent, createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';

import { askForUpdate } from '#test/helpers/delta-phone.ts';
import { openDeviceHost } from '#test/helpers/device-host.ts';
import { soundBuild, type Tree } from '#test/helpers/trees.ts';

const RUNS = 5;
const PHONES = 10;
const PARALLEL = 64;
const MEGABYTE = 1024 * 1024;

/** Reads and throws away; resolves to the bytes. */
function fetchBytes(url: string, agent: Agent): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  get(url, { agent }, (response) => {
    let bytes = 0;
    response.on('data', (chunk: Buffer) => (bytes += chunk.length));
    response.on('end', () => (response.statusCode === 200 ? resolve(bytes) : reject(new Error(url))));
    response.on('error', reject);
  }).on('error', reject);
  return promise;
}

async function megabytesPerSecond(url: string): Promise<number> {
  const agent = new Agent({ keepAlive: true });
  const speeds: number[] = [];
  for (let index = 0; index < RUNS; index += 1) {
    const started = performance.now();
    const bytes = await fetchBytes(url, agent);
    speeds.push(bytes / MEGABYTE / ((performance.now() - started) / 1000));
  }
  agent.destroy();
  return speeds.toSorted((left, right) => left - right)[Math.floor(RUNS / 2)] ?? 0;
}

const tree: Record<string, Tree[string]> = { ...soundBuild, 'film.mp4': randomBytes(100 * MEGABYTE) };
for (let index = 0; index < 3000; index += 1) {
  tree[`assets/${index}.js`] = `export const v = ${index};\n`.repeat(index % 900);
}
await using host = await openDeviceHost();
await host.publish(tree, '1.0.1');
const offer = await askForUpdate(host.urls.update);

const bundle = host.core.releases.list(host.app.appId)[0]?.blobSha256 ?? '';
const path = `${host.dataDir}/blobs/${bundle.slice(0, 2)}/${bundle}`;
const bare = createServer((_request, response) => void createReadStream(path).pipe(response)).listen(0, '127.0.0.1');
await once(bare, 'listening');
const { port } = bare.address() as AddressInfo;
const piped = await megabytesPerSecond(`http://127.0.0.1:${port}/`);
const ours = await megabytesPerSecond(offer.url);
console.log(
  `one connection: ${ours.toFixed(0)} MiB/s, bare server ${piped.toFixed(0)} MiB/s, ratio ${(ours / piped).toFixed(2)}`,
);

const urls = (offer.manifest ?? []).map(({ download_url: url }) => url).filter((_, index) => index % 10 !== 0);
globalThis.gc?.();
const restRss = process.memoryUsage().rss;
let peakRss = restRss;
const sampling = setInterval(() => (peakRss = Math.max(peakRss, process.memoryUsage().rss)), 20);
const started = performance.now();
let bytes = 0;
const agents = Array.from({ length: PHONES }, () => new Agent({ keepAlive: true, maxSockets: PARALLEL }));
await Promise.all(
  agents.map(async (agent) => {
    const queue = urls.values();
    await Promise.all(
      Array.from({ length: PARALLEL }, async () => {
        for (const url of queue) bytes += await fetchBytes(url, agent);
      }),
    );
    agent.destroy();
  }),
);
clearInterval(sampling);
const seconds = (performance.now() - started) / 1000;
const requests = urls.length * PHONES;
console.log(
  `${PHONES} phones x ${PARALLEL}: ${requests} files, ${(bytes / MEGABYTE).toFixed(0)} MiB in ${seconds.toFixed(1)} s, ` +
    `${(requests / seconds).toFixed(0)}/s; memory ${(restRss / MEGABYTE).toFixed(0)} -> at most ${(peakRss / MEGABYTE).toFixed(0)} MiB (both sides)`,
);
bare.close();
