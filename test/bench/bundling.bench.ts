/**
 * How long a build takes to become a bundle and a delta manifest, beside what the official command line does, in the
 * same run: figures of one machine at one time. `npm run bench -- FOLDER …` measures these builds; without any, ones
 * made of packages that are here. The builds of the issue come from the project's make-corpus tool.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { appendFile, cp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { basename } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompressSync } from 'node:zlib';

import AdmZip from 'adm-zip';

import { openBuild } from '#core/bundles/build-files.ts';
import { createDeflatePool } from '#core/bundles/deflate-pool.ts';
import { packBundle } from '#core/bundles/pack-bundle.ts';
import { createPackCache } from '#core/bundles/pack-cache.ts';
import { askForUpdate, downloadManifest } from '#test/helpers/delta-phone.ts';
import { jobEnd, openDeviceHost } from '#test/helpers/device-host.ts';
import { installOfficialCli, writeCapacitorProject } from '#test/helpers/official-cli.ts';
import { soundBuild, temporaryFolder, writeTree } from '#test/helpers/trees.ts';

import { middle, printWanted, race, type Wanted } from './measure.ts';

const RUNS = 5;
/** Of adm-zip's time; compressed media need no compressing. */
const COLD = 0.5;
const COLD_MEDIA = 0.35;
const COMMAND = 0.6;
const AGAIN = 0.1;
const SIZE = 1.03;
const DELTA_AGAIN_MS = 150;
const FETCHED = 1.05;
const SCRIPT_BYTES = { least: 64 * 1024, most: 3 * 1024 * 1024 } as const;

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

console.log(
  `Medians of ${RUNS} in ms, ${pool.size} threads, Node ${process.version}, load ${loadavg()[0]?.toFixed(1)}`,
);
for (const source of builds) {
  const name = basename(source);
  const project = temp.at(`project-${name}`);
  await writeCapacitorProject(project, '8.51.23');
  const folder = `${project}/dist`;
  await cp(source, folder, { recursive: true });
  console.log(`\n${name}: packing with SHA-256, beside adm-zip in this process and the official command`);
  printWanted(await measurePacking(folder, project, name));
  console.log(`${name}: publishing, first and after one changed file`);
  printWanted(await measurePublishing(folder));
  await rm(project, { recursive: true });
}

/** One file of the build is written anew, long enough before the next listing to be believed. */
async function change(file: string): Promise<void> {
  await appendFile(file, `// ${Math.random()}\n`);
  await delay(200);
}

async function measurePacking(folder: string, project: string, name: string): Promise<Wanted[]> {
  const out = temp.at(`${name}.zip`);
  const cache = createPackCache(temp.at('cache'));
  const packOnce = async (hasCache: boolean) => {
    const startedMs = Date.now();
    const loading = hasCache ? cache.load(folder) : null;
    await using build = await openBuild(folder, { pool });
    await using reuse = await loading;
    const packed = await packBundle(build, out, { pool, reuse });
    if (hasCache) await cache.save(folder, { zipPath: out, startedMs, entries: packed.entries }, build.files);
    return packed;
  };
  const clear = () => rm(out, { force: true });
  const clearAndChange = async () => {
    await clear();
    await change(`${folder}/app.js`);
  };
  let theirBytes = 0;
  const packWithAdmZip = () => {
    const zip = new AdmZip();
    zip.addLocalFolder(folder);
    const bytes = zip.toBuffer();
    theirBytes = bytes.length;
    createHash('sha256').update(bytes).digest('hex');
    return Promise.resolve();
  };
  const { cold, adm, again } = await race(RUNS, {
    cold: { before: clear, work: () => packOnce(false) },
    adm: { work: packWithAdmZip },
    again: { before: clearAndChange, work: () => packOnce(true) },
  });
  await clear();
  const { entries } = await packOnce(false);
  const ourBytes = (await stat(out)).size;
  const storedBytes = entries.reduce((sum, entry) => sum + (entry.storedAt === null ? 0 : entry.sizeBytes), 0);
  const isMedia = storedBytes > ourBytes / 2;

  const env = { ...process.env, SLIPWAY_DATA_DIR: temp.at('no-host') };
  const commands =
    official && existsSync(cliProgram)
      ? await race(RUNS, {
          slipway: {
            before: clear,
            work: () => run(process.execPath, [cliProgram, 'zip', folder, '--out', out], { env }),
          },
          capgo: {
            work: () =>
              official.run(project, 'bundle', 'zip', 'com.example.demo', '--path', 'dist', '--json', '--no-code-check'),
          },
        })
      : null;
  return [
    { what: 'cold', found: cold, atMost: null },
    { what: 'adm-zip', found: adm, atMost: null },
    { what: 'cold / adm-zip', found: cold / adm, atMost: isMedia ? COLD_MEDIA : COLD },
    { what: 'again', found: again, atMost: null },
    { what: 'again / adm-zip', found: again / adm, atMost: AGAIN },
    { what: 'zip MB', found: ourBytes / 1e6, atMost: null },
    { what: 'zip / adm-zip bytes', found: ourBytes / theirBytes, atMost: isMedia ? null : SIZE },
    ...(commands
      ? [
          { what: 'slipway zip', found: commands.slipway, atMost: null },
          { what: 'capgo bundle zip', found: commands.capgo, atMost: null },
          { what: 'slipway zip / capgo', found: commands.slipway / commands.capgo, atMost: COMMAND },
        ]
      : []),
  ];
}

type Published = { readonly timings: Record<string, number>; readonly delta: { readonly bytes: number } | null };

async function measurePublishing(folder: string): Promise<Wanted[]> {
  await using host = await openDeviceHost();
  const publish = async () => {
    const source = { kind: 'path', path: folder } as const;
    const { appId } = host.app;
    const started = performance.now();
    const jobId = host.core.releases.publish({ appId, source, allowWarnings: true, allowKeyMismatch: true });
    const { timings, delta } = (await jobEnd(host.core, jobId)) as Published;
    return { whole: performance.now() - started, timings, bodyBytes: delta?.bytes ?? 0 };
  };
  const first = await publish();
  const later: Awaited<ReturnType<typeof publish>>[] = [];
  for (let index = 0; index < RUNS; index += 1) {
    await change(`${folder}/app.js`);
    later.push(await publish());
  }
  const steps = ['inspect', 'pack', 'delta', 'store', 'verify'];
  const rows: Wanted[] = [
    { what: 'first', found: first.whole, atMost: null },
    ...steps.map((step) => ({ what: `first: ${step}`, found: first.timings[step] ?? 0, atMost: null })),
    { what: 'bodies MB', found: first.bodyBytes / 1e6, atMost: null },
    { what: 'again', found: middle(later.map(({ whole }) => whole)), atMost: null },
    ...steps.map((step) => ({
      what: `again: ${step}`,
      found: middle(later.map(({ timings }) => timings[step] ?? 0)),
      atMost: step === 'delta' ? DELTA_AGAIN_MS : null,
    })),
  ];

  const script = await largestScript(folder);
  if (script === null) return rows;
  // The phone has what is live: it finds it by content.
  const kept = new Map<string, Buffer>();
  await downloadManifest(await askForUpdate(host.urls.update), { kept });
  await change(script);
  const { timings } = await publish();
  const { bytes, fetched } = await downloadManifest(await askForUpdate(host.urls.update), { kept });
  if (fetched !== 1) throw new Error(`${fetched} files were fetched instead of one`);
  const content = await readFile(script);
  return [
    ...rows,
    { what: `${basename(script)} changed: MB`, found: content.length / 1e6, atMost: null },
    { what: 'delta', found: timings['delta'] ?? 0, atMost: null },
    { what: 'fetched / its brotli 11', found: bytes / brotliCompressSync(content).length, atMost: FETCHED },
  ];
}

/** What most builds have one of. */
async function largestScript(folder: string): Promise<string | null> {
  let largest: { readonly path: string; readonly bytes: number } | null = null;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.js')) continue;
    const path = `${entry.parentPath}/${entry.name}`;
    const { size } = await stat(path);
    if (size > SCRIPT_BYTES.least && size < SCRIPT_BYTES.most && size > (largest?.bytes ?? 0)) {
      largest = { path, bytes: size };
    }
  }
  return largest?.path ?? null;
}
