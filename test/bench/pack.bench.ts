/**
 * How long a build takes to be listed, checked, packed and verified, beside adm-zip, the official command line's
 * library, in the same run: figures of one machine at one time. `npm run bench [-- FOLDER …]` measures other builds.
 */
import { createHash } from 'node:crypto';
import { cp, rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

import AdmZip from 'adm-zip';

import { inspectBuild } from '#core/builds/inspect-build.ts';
import { openBuild } from '#core/bundles/build-files.ts';
import { createDeflatePool } from '#core/bundles/deflate-pool.ts';
import { packBundle } from '#core/bundles/pack-bundle.ts';
import { verifyBundleZip } from '#core/bundles/read-zip.ts';
import { soundBuild, temporaryFolder, writeTree } from '#test/helpers/trees.ts';

const RUNS = 5;
const packages = fileURLToPath(new URL('../../node_modules', import.meta.url));

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

async function median(run: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let index = 0; index < RUNS; index += 1) {
    const started = performance.now();
    await run();
    times.push(performance.now() - started);
  }
  return times.toSorted((left, right) => left - right)[Math.floor(RUNS / 2)] ?? 0;
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

const rows: Record<string, Record<string, number | string>> = {};
await using pool = createDeflatePool();
for (const folder of builds) {
  const out = temp.at(`${basename(folder)}.zip`);
  const packed = await (async () => {
    await using build = await openBuild(folder);
    return await packBundle(build, out, { pool });
  })();
  const open = await median(async () => {
    await using build = await openBuild(folder);
    return build.files.length;
  });
  const check = await median(() => inspectBuild(folder));
  const pack = await median(async () => {
    await rm(out, { force: true });
    await using build = await openBuild(folder);
    await packBundle(build, out, { pool });
  });
  const verify = await median(() => verifyBundleZip(out));
  let otherBytes = 0;
  const other = await median(() => {
    const zip = new AdmZip();
    zip.addLocalFolder(folder);
    const bytes = zip.toBuffer();
    otherBytes = bytes.length;
    createHash('sha256').update(bytes).digest('hex');
    return Promise.resolve();
  });
  rows[basename(folder)] = {
    files: packed.files,
    'raw MB': (packed.rawBytes / 1e6).toFixed(1),
    'zip MB': (packed.sizeBytes / 1e6).toFixed(2),
    'adm-zip MB': (otherBytes / 1e6).toFixed(2),
    'list ms': Math.round(open),
    'check ms': Math.round(check),
    'list+pack ms': Math.round(pack),
    'verify ms': Math.round(verify),
    'adm-zip ms': Math.round(other),
    'times faster': (other / pack).toFixed(2),
  };
}
console.log(`median of ${RUNS}, ${pool.size} threads`);
console.table(rows);
