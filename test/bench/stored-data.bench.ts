/**
 * How long questions and clean-up take on a full data folder, and for how long each holds the event loop up in one go:
 * large releases, a thousand devices, a full log. `npm run bench:stored [-- --files 21700 --releases 5]`
 */
import { writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import { DEFAULT_CHANNEL } from '#contract/models/channel.ts';
import { defaultSettings } from '#core/channels/channel-settings.ts';
import { createActivityRepository } from '#core/storage/activity-repository.ts';
import { createAppRepository } from '#core/storage/app-repository.ts';
import { createChannelRepository } from '#core/storage/channel-repository.ts';
import { databaseFileName, openDatabase } from '#core/storage/database.ts';
import { createDeviceRepository } from '#core/storage/device-repository.ts';
import { jobEnd, openDeviceHost } from '#test/helpers/device-host.ts';
import { soundBuild, temporaryFolder, writeTree } from '#test/helpers/trees.ts';

import { longestOf, watchLoop } from './loop-watch.ts';
import { activityRow, BENCH_APP, deviceRecord } from './rows.ts';

const { values } = parseArgs({
  options: {
    files: { type: 'string', default: '21700' },
    releases: { type: 'string', default: '5' },
    devices: { type: 'string', default: '1000' },
    rows: { type: 'string', default: '100000' },
  },
});
const FILES = Number(values.files);
const RELEASES = Number(values.releases);
const DEVICES = Number(values.devices);
const ROWS = Number(values.rows);
const LOOP_MS = 20;
const appId = BENCH_APP;

await using temp = await temporaryFolder();
const dataDir = temp.at('data');
await writeTree(dataDir, {});
fillTables();
await using host = await openDeviceHost({ dataDir, appId });
const { core } = host;
const build = await writeTree(temp.at('build'), soundBuild);
const icons = Array.from(
  { length: FILES },
  (_, index) => [`icons/${index}.svg`, `<svg><!-- ${index} --></svg>`] as const,
);
await writeTree(build, Object.fromEntries(icons));
for (let index = 0; index < RELEASES; index += 1) {
  // Each time every tenth file changes.
  for (const [path] of icons.slice(0, index === 0 ? 0 : FILES / 10)) {
    await writeFile(`${build}/${path}`, `<svg><!-- ${index} ${path} --></svg>`);
  }
  await publish(`1.0.${index}`);
}
const newest = `1.0.${RELEASES - 1}`;
console.log(
  `${FILES} files, ${RELEASES} releases, ${DEVICES} devices, ${ROWS} rows of the log; ms, Node ${process.version}`,
);

await look('releases: list', () => core.releases.list(appId));
await look('releases: one', () => core.releases.get(appId, newest));
await look('what a release costs', () => core.comparisons.cost(appId, newest));
await look('compare two releases', () => core.comparisons.diff(appId, '1.0.0', newest));
await look('one file of both', () => core.comparisons.diffFile(appId, '1.0.0', newest, 'icons/7.svg'));
await look('devices: list', () => core.devices.list(appId));
await look('apps: list', () => core.apps.list());
await look('log: newest 500', () => core.activity.list({ appId, limit: 500 }));
await look('log: failures', () => core.activity.list({ outcomes: ['failed'], limit: 500 }));
await look('log: text that is rare', () => core.activity.list({ text: 'device-77', limit: 500 }));
await look('log: text found nowhere', () => core.activity.list({ text: 'nowhere', limit: 500 }));
await look('storage', () => core.housekeeping.usage());
await look('storage verify', () => jobEnd(core, core.housekeeping.verify({})));
await look('gc --dry-run', () => jobEnd(core, core.housekeeping.collect({ dryRun: true })));
await look('releases delete', () => core.releases.delete({ appId, release: '1.0.0', force: true }), 1);
await look('gc', () => jobEnd(core, core.housekeeping.collect({ dryRun: false })), 1);
await look('log: clear', () => core.activity.clear(appId), 1);
await look('apps remove', () => core.apps.remove(appId), 1);

function fillTables(): void {
  using database = openDatabase(`${dataDir}/${databaseFileName}`, dataDir);
  createAppRepository(database).insert({ appId, name: 'App', token: 'token', createdAtMs: 0 });
  const settings = { ...defaultSettings, public: true };
  createChannelRepository(database).insert({ appId, name: DEFAULT_CHANNEL, isDefault: true, settings, atMs: 0 });
  const devices = createDeviceRepository(database);
  const activity = createActivityRepository(database);
  database.transaction(() => {
    for (let index = 0; index < DEVICES; index += 1) devices.save(deviceRecord(index));
    const of = { rows: ROWS, devices: DEVICES, releases: RELEASES };
    for (let index = 0; index < ROWS; index += 1) activity.insert(activityRow(index, of));
  });
}

async function publish(version: string): Promise<void> {
  const source = { kind: 'path', path: build } as const;
  await jobEnd(core, core.releases.publish({ appId, source, version, allowWarnings: true }));
}

/** The middle of the times, and the longest hold-up of all rounds. */
async function look(what: string, work: () => unknown, rounds = 5): Promise<void> {
  const times: number[] = [];
  using loop = watchLoop(() => what);
  for (let round = 0; round < rounds; round += 1) {
    const started = performance.now();
    await work();
    times.push(performance.now() - started);
    // What goes on behind it counts as well.
    await delay(rounds === 1 ? 1500 : 20);
  }
  const ms = times.toSorted((left, right) => left - right)[Math.floor(rounds / 2)] ?? 0;
  const { ms: heldUpMs, workMs } = longestOf(loop.longest.values());
  const verdict = workMs <= LOOP_MS ? '' : `   at most ${LOOP_MS}: MISSED`;
  console.log(
    `  ${what.padEnd(24)} ${ms.toFixed(1).padStart(7)}   held up ${heldUpMs.toFixed(0).padStart(4)}, at work ${workMs.toFixed(0).padStart(4)}${verdict}`,
  );
}
