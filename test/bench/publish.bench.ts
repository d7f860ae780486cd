/**
 * Where the time of a whole publish goes, step by step, and how long the event loop is held up in each in one go, with a
 * real core and its device listener in this process: first and after one changed file, from the drop (what it will cost,
 * then published), and from a watched folder; and how soon a cancel is heard. `npm run bench:publish -- FOLDER …`
 */
import { appendFile, cp, rm } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { basename } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import type { Job } from '#contract/models/job.ts';
import { jobEnd, openDeviceHost, type DeviceHost } from '#test/helpers/device-host.ts';
import { temporaryFolder } from '#test/helpers/trees.ts';

import { type HeldUp, longestOf, watchLoop } from './loop-watch.ts';
import { middle } from './measure.ts';

const AGAIN = 3;
const LOOP_MS = 20;
const CANCEL_MS = 100;
const CANCEL_AT = [0.05, 0.2, 0.4, 0.6, 0.75, 0.85, 0.95];

await using temp = await temporaryFolder();
console.log(`Times in ms, Node ${process.version}, load ${loadavg()[0]?.toFixed(1)}`);
const { values, positionals } = parseArgs({
  options: {
    // `publish` or `watch`: the first parts only.
    only: { type: 'string', default: '' },
    // Tells each hold-up of so many ms, with its end on the clock that profiles use.
    blocks: { type: 'string', default: 'Infinity' },
  },
  allowPositionals: true,
});
for (const source of positionals) {
  const folder = temp.at(basename(source));
  await cp(source, folder, { recursive: true });
  await using host = await openDeviceHost();
  console.log(`\n${basename(source)}`);
  const first = await publish(host, folder);
  print('first publish', [first]);
  const again: Run[] = [];
  for (let index = 0; index < AGAIN; index += 1) {
    await change(folder);
    again.push(await publish(host, folder));
  }
  print(`again, after one changed file; medians of ${AGAIN}`, again);
  await change(folder);
  print('what it will cost', [await weigh(host, folder)]);
  if (values.only !== 'publish') await measureWatch(host, folder);
  if (values.only === '') await measureCancel(host, folder, first.wholeMs);
  await rm(folder, { recursive: true });
}

function tellBlock({ ms }: HeldUp, label: string): void {
  if (ms < Number(values.blocks)) return;
  console.log(`  ${label} held up for ${ms.toFixed(1)} until ${process.hrtime.bigint() / 1000n}`);
}

type Run = {
  readonly wholeMs: number;
  /** By step; what is between them is not here. */
  readonly timings: Readonly<Record<string, number>>;
  readonly longest: ReadonlyMap<string, HeldUp>;
};

/** Written long enough before the next listing to be believed. */
async function change(folder: string): Promise<void> {
  await appendFile(`${folder}/app.js`, `// ${Math.random()}\n`);
  await delay(200);
}

function startPublish({ core, app: { appId } }: DeviceHost, folder: string): string {
  const source = { kind: 'path', path: folder } as const;
  return core.releases.publish({ appId, source, allowWarnings: true });
}

function publish(host: DeviceHost, folder: string): Promise<Run> {
  return measure(host, () => startPublish(host, folder));
}

function weigh(host: DeviceHost, folder: string): Promise<Run> {
  const { core, app } = host;
  return measure(host, () => core.comparisons.buildCost(app.appId, { kind: 'path', path: folder }));
}

async function measure({ core }: DeviceHost, start: () => string): Promise<Run> {
  let jobId: string | null = null;
  using loop = watchLoop(() => (jobId === null ? 'start' : runningStep(core.jobs.get(jobId))), tellBlock);
  const started = performance.now();
  jobId = start();
  await jobEnd(core, jobId);
  const wholeMs = performance.now() - started;
  // What a late timer has to say of the last turn.
  await delay(5);
  return { wholeMs, timings: timingsOf(core.jobs.get(jobId)), longest: loop.longest };
}

function runningStep({ steps }: Job): string {
  return steps.find(({ state }) => state === 'running')?.name ?? 'between';
}

function timingsOf({ steps }: Job): Record<string, number> {
  return Object.fromEntries(steps.map(({ name, durationMs = 0 }) => [name, durationMs]));
}

function print(what: string, runs: readonly Run[]): void {
  const [first] = runs;
  if (!first) return;
  console.log(`  ${what}`);
  const steps = Object.keys(first.timings);
  const wholeMs = middle(runs.map((run) => run.wholeMs));
  const longestIn = (names: readonly string[]): HeldUp =>
    longestOf(runs.flatMap(({ longest }) => names.flatMap((name) => longest.get(name) ?? [])));
  for (const step of steps) {
    printRow(step, middle(runs.map(({ timings }) => timings[step] ?? 0)), longestIn([step]));
  }
  const labels = [...new Set(runs.flatMap(({ longest }) => [...longest.keys()]))];
  const betweenMs = middle(
    runs.map(({ wholeMs: ms, timings }) => ms - steps.reduce((sum, step) => sum + (timings[step] ?? 0), 0)),
  );
  printRow('between', betweenMs, longestIn(labels.filter((name) => !steps.includes(name))));
  printRow('whole', wholeMs, longestIn(labels), LOOP_MS);
}

function printRow(what: string, ms: number, { ms: heldUpMs, workMs }: HeldUp, atMostMs = Infinity): void {
  const verdict = atMostMs === Infinity ? '' : `   at most ${atMostMs}: ${workMs <= atMostMs ? 'ok' : 'MISSED'}`;
  const heldUp = `held up ${heldUpMs.toFixed(0).padStart(4)}, at work ${workMs.toFixed(0).padStart(3)}`;
  console.log(`    ${what.padEnd(12)} ${ms.toFixed(0).padStart(6)}   ${heldUp}${verdict}`);
}

/** From a file that is saved in a watched folder to the release that devices are offered. */
async function measureWatch({ core, app: { appId } }: DeviceHost, folder: string): Promise<void> {
  const options = { channel: null, key: null, delta: true, allowWarnings: true };
  const runs: Run[] = [];
  const { watchId } = await core.watches.add({ appId, path: folder, ...options });
  try {
    await nextRelease(core);
    // It is at rest again, with what it heard meanwhile.
    await delay(1500);
    for (let index = 0; index < AGAIN; index += 1) {
      let part = 'settle';
      const at: Record<string, number> = {};
      const unsubscribe = core.events.subscribe(({ name, payload }) => {
        const isJudged = name === 'watch.changed' && core.watches.get(watchId).state === 'publishing';
        if (part === 'settle' && isJudged) part = 'judge';
        if (part === 'judge' && name === 'job.changed' && payload.kind === 'publish') part = 'publish';
        at[part] ??= performance.now();
      });
      using loop = watchLoop(() => part, tellBlock);
      const started = performance.now();
      at['settle'] = started;
      await appendFile(`${folder}/app.js`, `// ${Math.random()}\n`);
      await nextRelease(core);
      const ended = performance.now();
      unsubscribe();
      await delay(5);
      const { judge = ended, publish: publishing = ended } = at;
      const timings = { settle: judge - started, judge: publishing - judge, publish: ended - publishing };
      runs.push({ wholeMs: ended - started, timings, longest: loop.longest });
      await delay(1500);
    }
  } finally {
    await core.watches.remove(watchId);
  }
  print(`saved in a watched folder until it is live; medians of ${AGAIN}`, runs);
}

function nextRelease({ events }: DeviceHost['core']): Promise<void> {
  return new Promise((resolve) => {
    const stop = events.subscribe(({ name }) => {
      if (name !== 'release.changed') return;
      stop();
      resolve();
    });
  });
}

async function measureCancel(host: DeviceHost, folder: string, wholeMs: number): Promise<void> {
  const { core } = host;
  const found: number[] = [];
  for (const share of CANCEL_AT) {
    // A new app each time: nothing is known of it.
    const appId = `com.example.cancelled${found.length}`;
    const jobId = core.releases.publish({ appId, source: { kind: 'path', path: folder }, allowWarnings: true });
    await delay(share * wholeMs);
    const step = runningStep(core.jobs.get(jobId));
    const started = performance.now();
    core.jobs.cancel(jobId);
    const { state } = await core.jobs.wait(jobId);
    const ms = performance.now() - started;
    if (state !== 'cancelled') continue;
    found.push(ms);
    console.log(
      `  cancel in ${step.padEnd(8)} ${ms.toFixed(0).padStart(6)}${ms <= CANCEL_MS ? '' : `   at most ${CANCEL_MS}: MISSED`}`,
    );
  }
}
