/**
 * What a build of 2 GiB costs while it is packed: memory, how long the event loop is held up, and how soon a cancel is
 * heard at several moments, in a large file and in the middle of brotli too. `npm run bench:large [-- MEGABYTES]`
 */
import { execFile } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { mkdir, open, readdir, rm, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';

import { openBuild } from '#core/bundles/build-files.ts';
import { createDeflatePool } from '#core/bundles/deflate-pool.ts';
import { packBundle } from '#core/bundles/pack-bundle.ts';
import { packDelta } from '#core/bundles/pack-delta.ts';
import { soundBuild, temporaryFolder, writeTree } from '#test/helpers/trees.ts';

import { type HeldUp, longestOf, watchLoop } from './loop-watch.ts';
import { printWanted, type Wanted } from './measure.ts';

const MEGABYTE = 1024 * 1024;
const { values, positionals } = parseArgs({ options: { write: { type: 'string' } }, allowPositionals: true });
const megabytes = Number(positionals[0] ?? 2048);
const MEMORY_MEGABYTES = 300;
const LOOP_MS = 20;
const CANCEL_MS = 100;

if (values.write !== undefined) {
  await writeBuild(values.write);
  process.exit(0);
}
await using temp = await temporaryFolder();
await using pool = createDeflatePool();

/** Text that deflate shrinks to about a third, as it does scripts. */
function script(bytes: number, seed: number): Buffer {
  const text: string[] = [];
  let length = 0;
  let state = seed;
  while (length < bytes) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const line = `function f${state.toString(36)}(a,b){return a.${(state % 977).toString(36)}(b)+${state % 31}}\n`;
    text.push(line);
    length += line.length;
  }
  return Buffer.from(text.join('')).subarray(0, bytes);
}

/** A tenth in small scripts, a quarter in middling media, the rest in few large files, half of them text. */
async function writeBuild(folder: string): Promise<void> {
  await writeTree(folder, soundBuild);
  const whole = megabytes * MEGABYTE;
  const small = script(64 * 1024, 1);
  await mkdir(`${folder}/scripts`);
  for (let index = 0; index < (whole * 0.1) / small.length; index += 1) {
    small.write(`/* ${index} */`);
    await writeFile(`${folder}/scripts/${index}.js`, small);
  }
  const media = Buffer.alloc(2 * MEGABYTE);
  await mkdir(`${folder}/media`);
  for (let index = 0; index < (whole * 0.25) / media.length; index += 1) {
    randomFillSync(media);
    await writeFile(`${folder}/media/${index}.jpg`, media);
  }
  const text = script(8 * MEGABYTE, 2);
  const noise = randomFillSync(Buffer.alloc(8 * MEGABYTE));
  const largeBytes = Math.round(whole * 0.1625);
  for (const [index, name] of ['a.json', 'b.mp4', 'c.json', 'd.mp4'].entries()) {
    await using file = await open(`${folder}/${name}`, 'w');
    for (let written = 0; written < largeBytes; written += MEGABYTE * 8) {
      const block = index % 2 === 0 ? text : noise;
      block.writeUInt32BE(written % 2 ** 32);
      await file.write(block);
    }
  }
}

/** The highest memory of this process, threads and all, and the longest that its event loop was held up. */
async function watched<T>(work: () => Promise<T>): Promise<{ peakMegabytes: number; heldUp: HeldUp; ms: number }> {
  let peak = process.memoryUsage.rss();
  const sampling = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 10);
  using loop = watchLoop(() => 'all');
  const started = performance.now();
  await work();
  const ms = performance.now() - started;
  clearInterval(sampling);
  return { peakMegabytes: peak / MEGABYTE, heldUp: longestOf(loop.longest.values()), ms };
}

/** Ms from the abort to the rejection; null when the work was done before. */
async function cancelled(work: (signal: AbortSignal) => Promise<unknown>, afterMs: number): Promise<number | null> {
  const controller = new AbortController();
  const working = work(controller.signal).then(
    () => null,
    () => performance.now(),
  );
  await delay(afterMs);
  const aborted = performance.now();
  controller.abort();
  const ended = await working;
  return ended === null || ended < aborted ? null : ended - aborted;
}

const folder = temp.at('build');
// By another process: its memory is not to be counted.
await promisify(execFile)(process.execPath, [fileURLToPath(import.meta.url), '--write', folder, String(megabytes)]);
const out = temp.at('bundle.zip');
const pack = async (signal?: AbortSignal) => {
  await rm(out, { force: true });
  await using build = await openBuild(folder, { pool, signal });
  return await packBundle(build, out, { pool, signal });
};
const rest = process.memoryUsage.rss() / MEGABYTE;
const packing = await watched(() => pack());
const rows: Wanted[] = [
  { what: `packing ${megabytes} MiB: s`, found: packing.ms / 1000, atMost: null },
  { what: 'memory before: MiB', found: rest, atMost: null },
  { what: 'memory at its highest: MiB', found: packing.peakMegabytes, atMost: MEMORY_MEGABYTES },
  { what: 'event loop held up: ms', found: packing.heldUp.ms, atMost: null },
  { what: 'of it at work: ms', found: packing.heldUp.workMs, atMost: LOOP_MS },
];
for (const share of [0.02, 0.1, 0.3, 0.6, 0.9]) {
  const ms = await cancelled(pack, packing.ms * share);
  if (ms !== null) rows.push({ what: `cancel after ${share * 100} % of it: ms`, found: ms, atMost: CANCEL_MS });
}

// A rebuild of scripts that changed: what brotli takes longest for.
const changed = temp.at('changed');
await writeTree(changed, {
  'one.js': script(2.8 * MEGABYTE, 3),
  'two.js': script(1.1 * MEGABYTE, 4),
  'three.js': script(6 * MEGABYTE, 5),
  'four.js': script(60_000, 6),
});
const packBodies = async (signal?: AbortSignal) => {
  const packPath = temp.at('delta.pack');
  await rm(packPath, { force: true });
  await using build = await openBuild(changed, { pool, signal });
  await rm(temp.at('changed.zip'), { force: true });
  const { entries } = await packBundle(build, temp.at('changed.zip'), { pool, signal });
  const digests = new Map(entries.map(({ path, sha256 }) => [path, sha256]));
  const orders = build.files.map((file) => ({
    file,
    sha256: digests.get(file.path) ?? '',
    isCompressible: true,
    hasSeal: true,
    stored: null,
  }));
  return await packDelta(orders, packPath, { pool, sealing: null, isRebuild: true, signal });
};
const bodies = await watched(() => packBodies());
rows.push(
  { what: 'brotli of 10 MiB that changed: ms', found: bodies.ms, atMost: null },
  { what: 'event loop held up: ms', found: bodies.heldUp.ms, atMost: null },
  { what: 'of it at work: ms', found: bodies.heldUp.workMs, atMost: LOOP_MS },
);
for (const share of [0.1, 0.25, 0.5, 0.75, 0.9]) {
  const ms = await cancelled(packBodies, bodies.ms * share);
  if (ms !== null) rows.push({ what: `cancel after ${share * 100} % of it: ms`, found: ms, atMost: CANCEL_MS });
}
const left = (await readdir(temp.path)).filter((name) => name.endsWith('.part'));
console.log(`${pool.size} threads, Node ${process.version}`);
printWanted(rows);
if (left.length > 0) throw new Error(`left behind: ${left.join(', ')}`);
