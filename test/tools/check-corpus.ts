import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { cp, lutimes, readdir, stat, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';

import { verifyBundleZip } from '#core/bundles/read-zip.ts';
import { type RunningHost, runCommand, startHost } from '#test/helpers/headless-host.ts';
import { createPhone } from '#test/helpers/phone.ts';
import { hasProgram, runProgram } from '#test/helpers/programs.ts';
import { temporaryFolder } from '#test/helpers/trees.ts';

/**
 * `npm run check-corpus -- BUILD…`: publishes each build folder on a host of its own, downloads it as a phone does, and
 * compares every byte with the folder; reads the zip with `unzip` and Java; packs a copy with other dates in another time
 * zone and compares the zips. Ends with 1 at the first difference.
 */

const javaProgram = fileURLToPath(new URL('../interop/UnzipStream.java', import.meta.url));
const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;

const folders = process.argv.slice(2).map((folder) => resolve(folder));
if (folders.length === 0) throw new Error('usage: npm run check-corpus -- BUILD_FOLDER…');

type PublishedRelease = { readonly checksum: string; readonly size: number; readonly version: string };

await using temp = await temporaryFolder();
await using host = await startHost();
for (const [index, folder] of folders.entries()) await check(host, folder, `corpus.build${index}`);

async function check(slipway: RunningHost, folder: string, appId: string): Promise<void> {
  const release = await slipway.command<PublishedRelease>('publish', folder, '--app', appId, '--allow-warnings');
  const phone = createPhone(`${slipway.deviceOrigin}/${await tokenOf(slipway, appId)}`, appId, {
    nativeVersion: '0.0.1',
  });
  const { url } = await phone.checkForOffer();
  const zip = temp.at(`${appId}.zip`);
  const reply = await fetch(url);
  if (!reply.ok) throw new Error(`the download answered ${reply.status}`);
  await writeFile(zip, Buffer.from(await reply.arrayBuffer()));
  say(folder, `${release.version}, ${release.size} bytes, ${release.checksum}`);

  same('checksum of the download', await sha256(zip), release.checksum);
  const { files } = await verifyBundleZip(zip);
  const unpacked = temp.at(`${appId}-unpacked`);
  if (await hasProgram('unzip', '-v')) {
    const { stdout } = await runProgram('unzip', ['-t', zip], { maxBuffer: MAX_OUTPUT_BYTES });
    same('files that unzip -t finds sound', stdout.match(/ OK$/gm)?.length, files);
    await runProgram('unzip', ['-q', zip, '-d', unpacked], { maxBuffer: MAX_OUTPUT_BYTES });
    same('files of the unpacked zip', (await list(unpacked)).join('\n'), (await list(folder)).join('\n'));
  } else say(folder, 'SKIPPED unzip: not on this machine');
  if (await hasProgram('java', '-version')) {
    const { stdout } = await runProgram('java', [javaProgram, zip], { maxBuffer: MAX_OUTPUT_BYTES });
    same(
      'files that Java reads',
      stdout.trimEnd().split(/\r?\n/).toSorted().join('\n'),
      (await list(folder)).join('\n'),
    );
  } else say(folder, 'SKIPPED Java: not on this machine');

  const copy = temp.at(`${appId}-copy`);
  await cp(folder, copy, { recursive: true });
  for (const entry of await readdir(copy, { recursive: true })) await lutimes(join(copy, entry), 1e9, 1e9);
  const again = await runCommand(['zip', copy, '--out', temp.at(`${appId}-again.zip`), '--json'], {
    TZ: 'Pacific/Chatham',
  });
  same(
    'zip of a copy with other dates',
    (JSON.parse(again.stdout) as { checksum?: string }).checksum,
    release.checksum,
  );
  say(folder, `${files} files are byte-identical after publishing, downloading and unpacking`);
}

async function tokenOf(slipway: RunningHost, appId: string): Promise<string> {
  const apps = await slipway.command<readonly { readonly appId: string; readonly token: string }[]>('app', 'list');
  const app = apps.find((each) => each.appId === appId);
  if (!app) throw new Error(`${appId} is not there`);
  return app.token;
}

/** `SHA-256 SIZE NAME` of every file, in order. */
async function list(folder: string): Promise<string[]> {
  const lines: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const { size } = await stat(path);
    lines.push(`${await sha256(path)} ${size} ${path.slice(folder.length + 1).replaceAll('\\', '/')}`);
  }
  return lines.toSorted();
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

function same(what: string, found: unknown, expected: unknown): void {
  const shown = (value: unknown): string => String(value).slice(0, 300);
  if (found !== expected) throw new Error(`${what}: ${shown(found)}, not ${shown(expected)}`);
}

function say(folder: string, text: string): void {
  process.stdout.write(`${basename(folder).padEnd(8)} ${text}\n`);
}
