import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { verifyBundleZip } from '#core/bundles/read-zip.ts';
import { createServices, type Services } from '#core/create-services.ts';
import { silentLogger, systemClock, type Ports } from '#core/ports.ts';

import { startBundleListener } from '../helpers/bundle-listener.ts';
import { killPoints, publishAppId, type KillPoint } from '../helpers/publish-child.ts';
import { temporaryFolder, writeTree } from '../helpers/trees.ts';

const root = join(import.meta.dirname, '../..');
const childScript = join(root, 'test/helpers/publish-child.ts');
const run = promisify(execFile);

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let build: string;

beforeEach(async () => {
  folder = await temporaryFolder();
  build = await writeTree(folder.at('dist'), {
    'index.html': '<!doctype html><script src="app.js"></script>',
    'app.js': 'CapacitorUpdater.notifyAppReady();',
    ...Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`assets/${index}.txt`, `${index} `.repeat(3000)])),
  });
});
afterEach(() => folder[Symbol.asyncDispose]());

/** Opens the data folder as the next start of the program does; publishing works there, too. */
async function reopen(): Promise<AsyncDisposable & { readonly services: Services }> {
  await using stack = new AsyncDisposableStack();
  let services: Services | undefined;
  const listener = stack.use(await startBundleListener(() => services));
  const ports: Ports = {
    clock: systemClock,
    logger: silentLogger,
    deviceOrigin: listener.origin,
    network: { interfaces: () => ({}) },
    secrets: { kind: 'none', seal: (plain) => Promise.resolve(plain), open: (sealed) => Promise.resolve(sealed) },
  };
  const opened = stack.use(await createServices(ports, folder.at('data')));
  services = opened;
  const closing = stack.move();
  return { services: opened, [Symbol.asyncDispose]: () => closing.disposeAsync() };
}

async function filesIn(name: string): Promise<string[]> {
  const entries = await readdir(folder.at(`data/${name}`), { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
}

/** The release is whole and live, or there is no trace of it. Tells which. */
async function expectWholeOrAbsent(services: Services): Promise<'whole' | 'absent'> {
  expect(await filesIn('staging')).toEqual([]);
  expect(services.jobs.list().filter(({ state }) => state === 'running')).toEqual([]);
  expect(services.database.all(`SELECT 1 FROM releases WHERE state = 'stored'`)).toEqual([]);
  await services.publishDeps.runSweeper.idle();
  const blobs = await filesIn('blobs');
  const isAbsent = services.apps.list().length === 0 && blobs.length === 0;
  const lists = services.database.get<{ files: number; keys: number }>(
    'SELECT (SELECT count(*) FROM run_files) AS files, (SELECT count(*) FROM file_keys) AS keys',
  );
  expect(lists?.files).toBe(isAbsent ? 0 : 302);
  expect(lists?.keys === 0).toBe(isAbsent);
  if (isAbsent) return 'absent';
  const [release] = services.releases.list(publishAppId);
  const { releaseFiles, releases } = services.publishDeps;
  const files = releaseFiles.page(release?.releaseId ?? '', '', 1000);
  expect(files).toHaveLength(302);
  for (const { body } of files) {
    const holder = await readFile(services.blobs.path(body?.holderSha256 ?? ''));
    const start = body?.holderOffset ?? 0;
    const bytes = holder.subarray(start, start + (body?.sizeBytes ?? 0));
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(body?.sha256);
  }
  const path = services.blobs.path(release?.blobSha256 ?? '');
  const blob = await readFile(path);
  expect(createHash('sha256').update(blob).digest('hex')).toBe(release?.checksum);
  expect(await verifyBundleZip(path)).toMatchObject({ files: 302, hasIndexHtml: true });
  expect(release?.liveOn).toEqual(['production']);
  expect(blobs.toSorted()).toEqual(releases.blobsOf(release?.releaseId ?? '').toSorted());
  return 'whole';
}

async function publishAgain(services: Services): Promise<void> {
  const source = { kind: 'path', path: build } as const;
  const jobId = services.releases.publish({ appId: publishAppId, source, version: '1.0.0', allowWarnings: true });
  expect((await services.jobs.wait(jobId)).error).toBeNull();
  expect(await expectWholeOrAbsent(services)).toBe('whole');
}

describe('a publish whose process is killed', () => {
  it.each(killPoints.filter((point) => point !== 'never'))(
    '(%s) is whole or absent at the next start',
    async (point) => {
      const child = spawn(
        process.execPath,
        [childScript, folder.at('data'), build, '1.0.0', point satisfies KillPoint],
        {
          cwd: root,
          stdio: ['ignore', 'ignore', 'inherit'],
        },
      );
      const [, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
      expect(signal).toBe('SIGKILL');

      await using opened = await reopen();
      const { services } = opened;
      expect(services.jobs.list()).toMatchObject([{ kind: 'publish', state: 'interrupted' }]);
      expect(await expectWholeOrAbsent(services)).toBe(point === 'after-commit' ? 'whole' : 'absent');
      if (point !== 'after-commit') await publishAgain(services);
    },
  );

  it('at any moment is whole or absent at the next start', async () => {
    for (const afterMs of [5, 40, 120, 250]) {
      const child = spawn(process.execPath, [childScript, folder.at('data'), build, '1.0.0', 'never'], {
        cwd: root,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const exit = once(child, 'exit');
      await once(child.stdout, 'data');
      await delay(afterMs);
      child.kill('SIGKILL');
      await exit;
      await using opened = await reopen();
      const { services } = opened;
      const outcome = await expectWholeOrAbsent(services);
      expect(['whole', 'absent']).toContain(outcome);
      if (outcome === 'whole') await services.apps.remove(publishAppId);
    }
  });
});

describe('a publish on a full disk', () => {
  /** A small file system of its own under the data folder, seen by the child only. */
  async function publishOnSmallDisk(megabytes: number, form: string): Promise<string> {
    const script = `mount -t tmpfs -o size=${megabytes}m none "$1" || exit 99
      "$2" "$3" "$1" "$4" 1.0.0 never "$5" || exit 1
      find "$1" -type f \\( -path "$1/staging/*" -o -path "$1/blobs/*" \\)`;
    const flags = process.getuid?.() === 0 ? ['--mount'] : ['--user', '--map-root-user', '--mount'];
    const args = [...flags, 'sh', '-c', script, 'sh', folder.at('data'), process.execPath, childScript, build, form];
    return (await run('unshare', args, { cwd: root })).stdout;
  }

  it.for([
    ['packed', 3, 'plain', 'pack'],
    // Its rows are written, and cannot be taken back before there is room again. Only what is encrypted needs room then.
    ['fetched back', 15, 'encrypted', 'verify'],
  ] as const)('says DISK_FULL and leaves no half file while it is %s', async ([, megabytes, form, step], { skip }) => {
    await writeTree(build, { 'noise.bin': pseudoRandom(6_000_000) });
    await writeTree(folder.at('data'), {});
    let output: string;
    try {
      output = await publishOnSmallDisk(megabytes, form);
    } catch (error) {
      const { code, stderr = '' } = error as { readonly code?: unknown; readonly stderr?: string };
      if (code !== 'ENOENT' && code !== 99 && !/^unshare:/m.test(stderr)) throw error;
      console.warn('SKIPPED: no small file system can be mounted here, so the full disk is not tested.');
      return skip('no small file system can be mounted here');
    }
    expect(output.trim().split('\n')).toEqual([
      'started',
      JSON.stringify({ state: 'failed', code: 'DISK_FULL', step }),
    ]);
  });
});

/** Bytes that no compression shrinks, the same ones each time. */
function pseudoRandom(length: number): Buffer {
  const parts: Buffer[] = [];
  for (let index = 0; index * 64 < length; index += 1) parts.push(createHash('sha512').update(String(index)).digest());
  return Buffer.concat(parts).subarray(0, length);
}
