import { createHash } from 'node:crypto';
import { cp } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import AdmZip from 'adm-zip';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openBuild } from '#core/bundles/build-files.ts';
import { createDeflatePool, type DeflatePool } from '#core/bundles/deflate-pool.ts';
import { packBundle, type PackedBundle } from '#core/bundles/pack-bundle.ts';
import { verifyBundleZip } from '#core/bundles/read-zip.ts';
import { hasProgram, runProgram, skipLoudly } from '#test/helpers/programs.ts';
import { readTree, soundBuild, temporaryFolder, writeTree } from '#test/helpers/trees.ts';

const packages = fileURLToPath(new URL('../../node_modules', import.meta.url));
const javaProgram = fileURLToPath(new URL('UnzipStream.java', import.meta.url));

/** Builds of real files: icons by the thousand, fonts that deflate cannot shrink, large scripts, odd names. */
const builds: Readonly<Record<string, (folder: string) => Promise<unknown>>> = {
  icons: (folder) => cp(`${packages}/lucide-react/dist/esm/icons`, `${folder}/icons`, { recursive: true }),
  fonts: (folder) => cp(`${packages}/@fontsource-variable/inter`, `${folder}/fonts`, { recursive: true }),
  scripts: (folder) => cp(`${packages}/react-dom`, `${folder}/react-dom`, { recursive: true }),
  'odd names': (folder) =>
    writeTree(folder, {
      'empty.txt': '',
      'ünï/cödé – 名前 😀.txt': 'text',
      [`${'long'.repeat(60)}.txt`]: 'x',
      'a b/c (1).js': 'x'.repeat(100_000),
      '.well-known/assetlinks.json': '[]',
    }),
  'large files': (folder) =>
    writeTree(folder, {
      'text.js': 'const line = "of a large script";\n'.repeat(400_000),
      'noise.bin': Buffer.concat(
        Array.from({ length: 160_000 }, (_, index) => createHash('sha256').update(`${index}`).digest()),
      ),
    }),
};

let pool: DeflatePool;
let temp: Awaited<ReturnType<typeof temporaryFolder>>;
const packed = new Map<string, { readonly zip: string; readonly folder: string; readonly bundle: PackedBundle }>();

beforeAll(async () => {
  pool = createDeflatePool();
  temp = await temporaryFolder();
  for (const [name, make] of Object.entries(builds)) {
    const folder = await writeTree(temp.at(name), soundBuild);
    await make(folder);
    await using build = await openBuild(folder);
    const zip = temp.at(`${name}.zip`);
    packed.set(name, { zip, folder, bundle: await packBundle(build, zip, { pool }) });
  }
});

afterAll(async () => {
  await pool.close();
  await temp[Symbol.asyncDispose]();
});

/** `SHA-256 SIZE NAME` of every file of a build, in the order of names. */
async function listFolder(folder: string): Promise<string[]> {
  const tree = await readTree(folder);
  return [...tree].map(([path, content]) => line(path, content)).sort();
}

function line(path: string, content: Buffer): string {
  return `${createHash('sha256').update(content).digest('hex')} ${content.length} ${path}`;
}

describe.each(Object.keys(builds))('a bundle of %s', (name) => {
  function known() {
    const found = packed.get(name);
    if (!found) throw new Error(`${name} was not packed`);
    return found;
  }

  it('is what the folder held, read by Slipway and by the official command line’s library', async () => {
    const { zip, folder, bundle } = known();
    const expected = await listFolder(folder);
    expect(await verifyBundleZip(zip)).toEqual({
      files: expected.length,
      rawBytes: bundle.rawBytes,
      hasIndexHtml: true,
    });
    const entries = new AdmZip(zip).getEntries();
    expect(entries.map((entry) => line(entry.entryName, entry.getData())).sort()).toEqual(expected);
    expect(bundle.entries.map((entry) => `${entry.sha256} ${entry.sizeBytes} ${entry.path}`).sort()).toEqual(expected);
  });

  it('passes unzip -t', async (context) => {
    if (!(await hasProgram('unzip', '-v'))) skipLoudly(context, 'no unzip on this machine');
    const { zip, bundle } = known();
    const { stdout } = await runProgram('unzip', ['-t', zip], { maxBuffer: 64 * 1024 * 1024 });
    expect(stdout).toContain('No errors detected');
    expect(stdout.match(/ OK$/gm)).toHaveLength(bundle.files);
  });

  it('is read from its front by java.util.zip.ZipInputStream, as on Android (protocol/clients.md §5)', async (context) => {
    if (!(await hasProgram('java', '-version'))) skipLoudly(context, 'no Java on this machine');
    const { zip, folder } = known();
    const { stdout } = await runProgram('java', [javaProgram, zip], { maxBuffer: 64 * 1024 * 1024 });
    expect(stdout.trimEnd().split(/\r?\n/).sort()).toEqual(await listFolder(folder));
  });

  it('has not many more bytes than one of the official command line’s library', async () => {
    const { folder, bundle } = known();
    const other = new AdmZip();
    other.addLocalFolder(folder);
    expect(bundle.sizeBytes).toBeLessThan(other.toBuffer().length * 1.02);
  });
});

describe('a bundle of more files than 16 bits count', () => {
  it('is read by unzip and Java, and by Slipway again', async (context) => {
    const zip = temp.at('many.zip');
    await using build = await openBuild(temp.at('odd names'));
    const empty = build.files.find((file) => file.path === 'empty.txt');
    if (!empty) throw new Error('no empty file');
    const files = Array.from({ length: 66_000 }, (_, index) =>
      Object.assign({}, empty, { path: `f/${index % 97}/${index}` }),
    );
    const bundle = await packBundle({ files }, zip, { pool });
    expect(bundle.files).toBe(66_000);
    expect(await verifyBundleZip(zip)).toMatchObject({ files: 66_000 });
    await using again = await openBuild(zip);
    expect(again.files).toHaveLength(66_000);
    if (!(await hasProgram('java', '-version'))) skipLoudly(context, 'no Java on this machine');
    const { stdout } = await runProgram('java', [javaProgram, zip], { maxBuffer: 64 * 1024 * 1024 });
    expect(stdout.trimEnd().split('\n')).toHaveLength(66_000);
    if (!(await hasProgram('unzip', '-v'))) skipLoudly(context, 'no unzip on this machine');
    const listing = await runProgram('unzip', ['-tqq', zip]);
    expect(listing.stderr).toBe('');
  });
});
