/**
 * How long a build takes to become a bundle and a delta manifest, beside what the official command line does, in the
 * same run: figures of one machine at one time. `npm run bench -- FOLDER …` measures these builds; without any, ones
 * made of packages that are here. The builds of the issue come from the project's make-corpus tool.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { appendFile, cp, rm, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import AdmZip from 'adm-zip';

import { openBuild } from '#core/bundles/build-files.ts';
import { createDeflatePool } from '#core/bundles/deflate-pool.ts';
import { packBundle } from '#core/bundles/pack-bundle.ts';
import { createPackCache } from '#core/bundles/pack-cache.ts';
import { jobEnd, openDeviceHost } from '#test/helpers/device-host.ts';
import { installOfficialCli, writeCapacitorProject } from '#test/helpers/official-cli.ts';
import { soundBuild, temporaryFolder, writeTree } from '#test/helpers/trees.ts';

const RUNS = 5;
const run = promisify(execFile);
const packages = fileURLToPath(new URL('../../node_modules', import.meta.url));
const cliProgram = fileURLToPath(new URL('../../out/main/cli.js', import.meta.url));

await using temp = await temporaryFolder();

async function makeBuild(name: string, sources: readonly string[]): Promise<string> {
  const folder = await writeTree(temp.at(name), soundBuild);
  for (const source of sources) {
    // Packages may hold packages of their own, which a build would not.
    const filter = (path: string): boolean => !path.slice(packages.length + 1).includes('node_modules');
    await cp(`${packages}/${source}`, `${folder}/${basename(source)}`, { recursive: true, filter });
  }
  return folder;
}

async function median(work: () => Promise<unknown>, before?: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let index = 0; index < RUNS; index += 1) {
    await before?.();
    const started = performance.now();
    await work();
    times.push(performance.now() - started);
  }
  return middle(times);
}

function middle(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? 0;
}

const given = process.argv.slice(2);
const builds =
  given.length > 0
    ? given
    : [
        await makeBuild('scripts', ['react-dom', '@mantine/core']),
        await makeBuild('icons', ['lucide-react/dist/esm/icons']),
        await makeBuild('fonts', ['@fontsource-variable/inter', '@fontsource-variable/jetbrains-mono']),
      ];
const official = await installOfficialCli();
await using pool = createDeflatePool();

const packing: Record<string, Record<string, number | string>> = {};
const publishing: Record<string, Record<string, number | string>> = {};
for (const source of builds) {
  const name = basename(source);
  const project = temp.at(`project-${name}`);
  await writeCapacitorProject(project, '8.51.23');
  const folder = `${project}/dist`;
  await cp(source, folder, { recursive: true });
  packing[name] = await measurePacking(folder, project, name);
  publishing[name] = await measurePublishing(folder);
}
console.log(`Packing with SHA-256: medians of ${RUNS} in ms, ${pool.size} threads`);
console.table(packing);
console.log('Publishing: medians of the steps in ms, cold and after one changed file');
console.table(publishing);

/** One file of the build is written anew, long enough before the next listing to be believed. */
async function change(folder: string): Promise<void> {
  await appendFile(`${folder}/app.js`, `// ${Math.random()}\n`);
  await delay(200);
}

async function measurePacking(folder: string, project: string, name: string): Promise<Record<string, number | string>> {
  const out = temp.at(`${name}.zip`);
  const cache = createPackCache(temp.at('cache'));
  const packOnce = async (hasCache: boolean): Promise<number> => {
    const startedMs = Date.now();
    await using build = await openBuild(folder);
    await using reuse = hasCache ? await cache.load(folder) : null;
    const packed = await packBundle(build, out, { pool, reuse });
    if (hasCache) await cache.save(folder, { zipPath: out, startedMs, entries: packed.entries }, build.files);
    return packed.sizeBytes;
  };
  const clear = () => rm(out, { force: true });
  const cold = await median(() => packOnce(false), clear);
  const ours = (await stat(out)).size;
  await clear();
  await packOnce(true);
  const again = await median(
    () => packOnce(true),
    async () => {
      await clear();
      await change(folder);
    },
  );
  let theirs = 0;
  const adm = await median(() => {
    const zip = new AdmZip();
    zip.addLocalFolder(folder);
    const bytes = zip.toBuffer();
    theirs = bytes.length;
    createHash('sha256').update(bytes).digest('hex');
    return Promise.resolve();
  });
  const row: Record<string, number | string> = {
    'zip MB': (ours / 1e6).toFixed(2),
    'size/adm': (ours / theirs).toFixed(3),
    'cold ms': Math.round(cold),
    'adm-zip ms': Math.round(adm),
    'cold/adm': (cold / adm).toFixed(2),
    'again ms': Math.round(again),
    'again/adm': (again / adm).toFixed(2),
  };
  if (official && existsSync(cliProgram)) {
    const env = { ...process.env, SLIPWAY_DATA_DIR: temp.at('no-host') };
    const mine = await median(() => run(process.execPath, [cliProgram, 'zip', folder, '--out', out], { env }), clear);
    const capgo = await median(() =>
      official.run(project, 'bundle', 'zip', 'com.example.demo', '--path', 'dist', '--json', '--no-code-check'),
    );
    row['slipway zip ms'] = Math.round(mine);
    row['capgo zip ms'] = Math.round(capgo);
    row['command ratio'] = (mine / capgo).toFixed(2);
  }
  return row;
}

async function measurePublishing(folder: string): Promise<Record<string, number | string>> {
  await using host = await openDeviceHost();
  const publish = async () => {
    const source = { kind: 'path', path: folder } as const;
    const { appId } = host.app;
    const jobId = host.core.releases.publish({ appId, source, allowWarnings: true, allowKeyMismatch: true });
    return (await jobEnd(host.core, jobId)) as { timings: Record<string, number>; delta: { bytes: number } | null };
  };
  const first = await publish();
  const later: Record<string, number>[] = [];
  for (let index = 0; index < RUNS; index += 1) {
    await change(folder);
    later.push((await publish()).timings);
  }
  const steps = ['inspect', 'pack', 'delta', 'store', 'verify'];
  return Object.fromEntries([
    ['delta MB', ((first.delta?.bytes ?? 0) / 1e6).toFixed(2)],
    ...steps.map((step) => [`${step} cold`, Math.round(first.timings[step] ?? 0)]),
    ...steps.map((step) => [`${step} again`, Math.round(middle(later.map((timings) => timings[step] ?? 0)))]),
  ]) as Record<string, number | string>;
}
