import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdir, open, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

import { runCommand, startHost, type ReadyLine } from '#test/helpers/headless-host.ts';
import { skipLoudly } from '#test/helpers/programs.ts';
import { soundBuild, temporaryFolder, writeTree } from '#test/helpers/trees.ts';

const program = fileURLToPath(new URL('../../out/main/cli.js', import.meta.url));
const appId = 'com.example.cli';

type ErrorDocument = {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly hint: string;
    readonly details: Record<string, unknown>;
  };
};
type Published = {
  readonly releaseId: string;
  readonly version: string;
  readonly checksum: string;
  readonly size: number;
};
type AppDocument = {
  readonly token: string;
  readonly paths: { readonly update: string };
  readonly endpoints: readonly { readonly address: string; readonly updateUrl: string }[];
};
type EventRow = {
  readonly kind: string;
  readonly deviceId: string | null;
  readonly request: unknown;
  readonly response: unknown;
};

/** Runs a command with `--json` and gives back its one document. */
async function json<T>(...words: string[]): Promise<{ readonly exitCode: number; readonly document: T }> {
  const { exitCode, stdout, stderr } = await runCommand([...words, '--json']);
  if (!stdout.endsWith('\n')) throw new Error(`slipway ${words.join(' ')}: ${stdout}\n${stderr}`);
  return { exitCode, document: JSON.parse(stdout) as T };
}

/** Like `json`, for a command that has to succeed. */
async function ok<T>(...words: string[]): Promise<T> {
  const { exitCode, document } = await json<T>(...words);
  if (exitCode !== 0) throw new Error(`slipway ${words.join(' ')}: exit ${exitCode}, ${JSON.stringify(document)}`);
  return document;
}

/** Like `json`, for a command that has to fail. */
async function refused(...words: string[]): Promise<ErrorDocument['error'] & { readonly exitCode: number }> {
  const { exitCode, document } = await json<Partial<ErrorDocument>>(...words);
  if (exitCode === 0 || !document.error) throw new Error(`slipway ${words.join(' ')}: ${JSON.stringify(document)}`);
  const { message, hint } = document.error;
  if (/[{}]|\?/.test(message) || hint === '') throw new Error(`not a sentence: ${message} ${hint}`);
  return { ...document.error, exitCode };
}

/** Exit code and error code of a command that has to fail. */
async function refusal(...words: string[]): Promise<string> {
  const { exitCode, code } = await refused(...words);
  return `${exitCode} ${code}`;
}

async function withFolders(
  work: (folders: { dataDir: string; build: string; root: string }) => Promise<void>,
): Promise<void> {
  await using folder = await temporaryFolder();
  const build = await writeTree(folder.at('dist'), soundBuild);
  await work({ dataDir: folder.at('data'), build, root: folder.path });
}

function start(words: readonly string[]): ChildProcess & { readonly stdout: NonNullable<ChildProcess['stdout']> } {
  return spawn(process.execPath, [program, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
}

/** A device's request as in protocol/clients.md §1. */
function askForUpdate(origin: string, { paths }: AppDocument): Promise<Response> {
  const body = {
    platform: 'android',
    device_id: '0b1c2d3e-4f50-4a6b-8c7d-9e0f1a2b3c4d',
    app_id: appId,
    custom_id: '',
    version_build: '1.0.0',
    version_code: '1',
    version_os: '14',
    version_name: 'builtin',
    plugin_version: '8.51.23',
    is_emulator: false,
    is_prod: false,
    defaultChannel: '',
  };
  return fetch(origin + paths.update, { method: 'POST', body: JSON.stringify(body) });
}

describe('an older Node', () => {
  it('is told at once, in the promised form, when the program is started past its launcher', async () => {
    const older = 'Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.20.2" } })';
    const child = spawn(
      process.execPath,
      ['--import', `data:text/javascript,${older}`, program, 'app', 'list', '--json'],
      {
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    );
    const text = (await child.stdout.toArray()).join('');
    expect(JSON.parse(text)).toMatchObject({
      error: { code: 'NODE_TOO_OLD', details: { found: '20.20.2', needed: 24 } },
    });
    expect(child.exitCode ?? (await once(child, 'exit'))[0]).toBe(1);
  });
});

describe('usage', () => {
  it.each([
    [[]],
    [['nonsense']],
    [['publish']],
    [['publish', 'dist']],
    [['publish', 'dist', '--app', 'a.b', '--kye', 'k']],
    [['check']],
    [['check', 'a', 'b']],
    [['serve', '--port', 'x']],
    [['serve', '--https-port', '8443']],
    [['config', '--app', 'a.b', '--write']],
    [['key', 'create']],
    [['key', 'make', 'x']],
    [['simulate']],
  ])('that is wrong ends with 2 and says what is wrong: %j', async (words) => {
    expect(await refusal(...words)).toBe('2 USAGE');
    const { exitCode, stdout, stderr } = await runCommand(words);
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(stderr.trimEnd().split('\n')).toHaveLength(2);
  });

  it('is explained by --help, for everything and for each command', async () => {
    for (const words of [['--help'], ['publish', '--help'], ['help', 'app', 'add']]) {
      const { exitCode, stdout } = await runCommand(words);
      expect(exitCode).toBe(0);
      expect(stdout).toContain('Usage: slipway');
    }
  });

  it('of --version is answered without loading the program', async () => {
    const began = performance.now();
    const { stdout } = await runCommand(['--version']);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(performance.now() - began).toBeLessThan(3000);
  });
});

describe('check and zip', () => {
  it('need no data folder and make none', () =>
    withFolders(async ({ dataDir, build, root }) => {
      const checked = await ok<{ summary: object }>('check', build, '--data-dir', dataDir);
      expect(checked).toMatchObject({ ok: true, findings: [], summary: { files: 2, root: '.' } });
      const out = join(root, 'bundle.zip');
      const zipped = await ok<Published>('zip', build, '--out', out, '--data-dir', dataDir);
      expect(zipped).toMatchObject({ path: out, files: 2, size: (await stat(out)).size });
      expect(zipped.checksum).toMatch(/^[0-9a-f]{64}$/);
      expect((await readdir(root)).toSorted()).toEqual(['bundle.zip', 'dist']);
    }));

  it('write beside the folder when told no place', () =>
    withFolders(async ({ dataDir, build, root }) => {
      expect(await ok('zip', build, '--data-dir', dataDir)).toMatchObject({ path: join(root, 'dist.zip') });
    }));

  it('end with 1 when a finding is an error, with its sentences', () =>
    withFolders(async ({ dataDir, root }) => {
      const broken = await writeTree(join(root, 'broken'), { 'index.html': '<script src="gone.js"></script>' });
      const { exitCode, document } = await json('check', broken, '--data-dir', dataDir);
      expect(exitCode).toBe(1);
      expect(document).toMatchObject({
        ok: false,
        findings: expect.arrayContaining([
          {
            code: 'NOTIFY_APP_READY_MISSING',
            severity: 'error',
            params: {},
            message: expect.any(String),
            fix: expect.any(String),
          },
        ]),
      });
    }));

  it('say so when there is nothing', async () => {
    expect(await refusal('check', '/no/such/folder')).toBe('1 SOURCE_NOT_FOUND');
    expect(await refusal('zip', '/no/such/folder')).toBe('1 SOURCE_NOT_FOUND');
  });
});

describe('without a running host', () => {
  it('the whole main job works, each command after the other', () =>
    withFolders(async ({ dataDir, build, root }) => {
      const at = ['--data-dir', dataDir];
      const published = await ok<Published>('publish', build, '--app', appId, '--notes', '- first', ...at);
      expect(published).toMatchObject({ appId, version: '1.0.0', encrypted: false, delta: { files: 2 }, findings: [] });
      expect(published.checksum).toMatch(/^[0-9a-f]{64}$/);
      const second = await ok<Published>('publish', build, '--app', appId, '--bump', 'minor', ...at);
      expect(second.version).toBe('1.1.0');

      const app = await ok<AppDocument>('app', 'show', appId, ...at);
      expect(app).toMatchObject({
        appId,
        defaultChannel: expect.any(String),
        token: expect.stringMatching(/^[\w-]{22}$/),
      });
      expect(app.endpoints[0]?.updateUrl).toMatch(/^http:\/\/.+:8787\/[\w-]{22}\/updates$/);
      expect(await ok('app', 'list', ...at)).toMatchObject([{ appId, releaseCount: 2 }]);
      expect(await ok('releases', '--app', appId, ...at)).toMatchObject([{ version: '1.1.0' }, { version: '1.0.0' }]);
      expect(await ok('release', 'show', '1.0.0', '--app', appId, ...at)).toMatchObject({
        releaseId: published.releaseId,
        notes: '- first',
        liveOn: [],
      });
      expect(await ok('channel', 'list', '--app', appId, ...at)).toMatchObject([
        { isDefault: true, target: { kind: 'release', version: '1.1.0' } },
      ]);
      expect(await ok('device', 'list', '--app', appId, ...at)).toEqual([]);
      expect(await ok('events', '--app', appId, ...at)).toEqual([]);
      expect(await ok('config', '--app', appId, ...at)).toMatchObject({
        config: { plugins: { CapacitorUpdater: { updateUrl: expect.stringContaining(app.token) } } },
      });
      expect(await ok('doctor', ...at)).toMatchObject({ checks: expect.any(Array) });

      expect(await refusal('publish', build, '--app', appId, '--version', '1.0.0', ...at)).toBe('1 VERSION_EXISTS');
      expect(await refusal('release', 'delete', '1.1.0', '--app', appId, ...at)).toBe('1 RELEASE_IN_USE');
      expect(await ok('release', 'delete', '1.0.0', '--app', appId, ...at)).toMatchObject({ version: '1.0.0' });
      const rotated = await ok<AppDocument>('app', 'rotate-token', appId, ...at);
      expect(rotated.token).not.toBe(app.token);
      expect(await ok('app', 'remove', appId, ...at)).toEqual({ appId, releases: 1, devices: 0 });
      expect(await ok('app', 'list', ...at)).toEqual([]);
      expect((await readdir(root)).toSorted()).toEqual(['data', 'dist']);
    }));

  it('what is not there, and what is malformed, is told apart', () =>
    withFolders(async ({ dataDir, build }) => {
      const at = ['--data-dir', dataDir];
      expect(await refusal('app', 'show', 'a.b', ...at)).toBe('1 APP_NOT_FOUND');
      expect(await refusal('events', '--app', 'a.b', ...at)).toBe('1 APP_NOT_FOUND');
      expect(await refusal('app', 'add', 'no id', ...at)).toBe('2 APP_ID_INVALID');
      expect(await refusal('publish', build, '--app', 'a.b', '--version', '1.0', ...at)).toBe('2 VERSION_INVALID');
      await ok('app', 'add', 'a.b', '--name', 'Ä "B"', ...at);
      expect(await refusal('app', 'add', 'a.b', ...at)).toBe('1 APP_EXISTS');
      expect(await refusal('release', 'show', '9.9.9', '--app', 'a.b', ...at)).toBe('1 RELEASE_NOT_FOUND');
      expect(await refusal('device', 'show', 'nobody', '--app', 'a.b', ...at)).toBe('1 DEVICE_NOT_FOUND');
      expect(await refusal('publish', build, '--app', 'a.b', '--channel', 'beta', ...at)).toBe('1 CHANNEL_NOT_FOUND');
      expect(await refusal('config', '--app', 'a.b', '--project', build, ...at)).toBe('1 PROJECT_NOT_FOUND');
      expect(await refusal('publish', join(build, 'gone'), '--app', 'a.b', ...at)).toBe('1 SOURCE_NOT_FOUND');
    }));

  it('a refused build says why, and is not published', () =>
    withFolders(async ({ dataDir, root }) => {
      const build = await writeTree(join(root, 'warned'), { ...soundBuild, 'app.js.map': '{}' });
      const at = ['--data-dir', dataDir];
      const error = await refused('publish', build, '--app', appId, ...at);
      expect(error).toMatchObject({ exitCode: 1, code: 'BUILD_HAS_WARNINGS' });
      expect(error.details).toMatchObject({ findings: [{ code: 'SOURCE_MAP_INCLUDED', fix: expect.any(String) }] });
      expect(await ok('app', 'list', ...at)).toEqual([]);
      await ok('publish', build, '--app', appId, '--allow-warnings', ...at);
    }));

  it('two commands at once take turns', () =>
    withFolders(async ({ dataDir, build }) => {
      const results = await Promise.all(
        ['a.one', 'a.two', 'a.three'].map((id) => ok<Published>('publish', build, '--app', id, '--data-dir', dataDir)),
      );
      expect(results.map(({ version }) => version)).toEqual(['1.0.0', '1.0.0', '1.0.0']);
      expect(await ok('app', 'list', '--data-dir', dataDir)).toHaveLength(3);
    }));

  it('a reader that goes away is no failure', () =>
    withFolders(async ({ dataDir }) => {
      await ok('app', 'add', appId, '--data-dir', dataDir);
      const child = start(['events', '--app', appId, '--follow', '--json', '--data-dir', dataDir]);
      child.stdout.destroy();
      const list = start(['app', 'list', '--json', '--data-dir', dataDir]);
      list.stdout.destroy();
      const [code] = (await once(list, 'exit')) as [number];
      expect(code).toBe(0);
      child.kill('SIGINT');
      const [followed] = (await once(child, 'exit')) as [number];
      expect(followed).toBe(0);
    }));

  it.runIf(process.platform === 'linux')('an answer that the disk does not take is a failure', () =>
    withFolders(async ({ dataDir }) => {
      await using full = await open('/dev/full', 'w');
      for (const words of [
        ['app', 'list'],
        ['app', 'list', '--json'],
      ]) {
        const child = spawn(process.execPath, [program, ...words, '--data-dir', dataDir], {
          stdio: ['ignore', full.fd, 'pipe'],
        });
        const said: Buffer[] = [];
        child.stderr?.on('data', (chunk: Buffer) => said.push(chunk));
        expect(await once(child, 'close')).toEqual([1, null]);
        expect(Buffer.concat(said).toString()).toBe('The answer could not be written: ENOSPC.\n');
      }
    }),
  );

  it('a publish that is told to stop leaves nothing', () =>
    withFolders(async ({ dataDir, root }) => {
      const build = await writeTree(join(root, 'big'), soundBuild);
      for (let n = 0; n < 40; n += 1) await writeFile(join(build, `media-${n}.bin`), randomBytes(2 * 1024 * 1024));
      const child = start(['publish', build, '--app', appId, '--allow-warnings', '--json', '--data-dir', dataDir]);
      let stdout = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
      // Packing has begun when something lies in the staging folder.
      await expect.poll(() => readdir(join(dataDir, 'staging')).catch(() => []), { timeout: 15_000 }).not.toEqual([]);
      child.kill('SIGTERM');
      const [code] = (await once(child, 'close')) as [number];
      expect(code).toBe(1);
      expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'CANCELLED' } });
      expect(await readdir(join(dataDir, 'staging'))).toEqual([]);
      expect(await ok('app', 'list', '--data-dir', dataDir)).toEqual([]);
      const blobs = await readdir(join(dataDir, 'blobs'), { recursive: true, withFileTypes: true }).catch(() => []);
      expect(blobs.filter((entry) => entry.isFile())).toEqual([]);
    }));
});

describe('data folders', () => {
  it('of a newer program are refused and not touched', () =>
    withFolders(async ({ dataDir, build }) => {
      await mkdir(dataDir);
      const path = join(dataDir, 'slipway.sqlite');
      const sqlite = new DatabaseSync(path);
      sqlite.exec('PRAGMA journal_mode = WAL; CREATE TABLE future (a); PRAGMA user_version = 4711');
      sqlite.close();
      const before = await readFile(path);
      const { mtimeMs } = await stat(path);
      for (const words of [
        ['app', 'list'],
        ['publish', build, '--app', appId],
        ['serve', '--port', '0'],
      ]) {
        const error = await refused(...words, '--data-dir', dataDir);
        expect(error).toMatchObject({ exitCode: 1, code: 'DATABASE_TOO_NEW', details: { found: 4711 } });
      }
      expect(await readdir(dataDir)).toEqual(['slipway.sqlite']);
      expect((await readFile(path)).equals(before)).toBe(true);
      expect((await stat(path)).mtimeMs).toBe(mtimeMs);
    }));

  it.each(['staging', 'blobs'])('that have a %s folder of somebody else are refused and not touched', (name) =>
    withFolders(async ({ dataDir }) => {
      await writeTree(join(dataDir, name), { 'sub/mine.txt': 'mine' });
      for (const words of [
        ['app', 'list'],
        ['serve', '--port', '0'],
      ]) {
        expect(await refusal(...words, '--data-dir', dataDir)).toBe('1 DATA_FOLDER_UNUSABLE');
      }
      expect(await readdir(dataDir)).toEqual([name]);
      expect(await readFile(join(dataDir, name, 'sub/mine.txt'), 'utf8')).toBe('mine');
    }),
  );

  it('that are no folder are refused', () =>
    withFolders(async ({ root }) => {
      await writeFile(join(root, 'file'), 'x');
      expect(await refusal('app', 'list', '--data-dir', join(root, 'file'))).toBe('1 DATA_FOLDER_UNUSABLE');
      expect(await refusal('serve', '--port', '0', '--data-dir', join(root, 'file', 'below'))).toBe(
        '1 DATA_FOLDER_UNUSABLE',
      );
    }));

  it.runIf(process.platform === 'linux')('on a file system that takes no files are refused, also to root', async () => {
    for (const dataDir of ['/sys/kernel/slipway', '/sys/kernel']) {
      expect(await refusal('app', 'list', '--data-dir', dataDir)).toBe('1 DATA_FOLDER_READ_ONLY');
      expect(await refusal('serve', '--port', '0', '--data-dir', dataDir)).toBe('1 DATA_FOLDER_READ_ONLY');
    }
  });

  it.skipIf(process.platform === 'win32')('that are read-only are refused', (context) =>
    withFolders(async ({ dataDir, root }) => {
      await chmod(root, 0o755);
      await mkdir(dataDir, { mode: 0o555 });
      // Root writes wherever it likes, so it sends somebody else, if such a one may start the program at all.
      const other = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
      const words = ['app', 'list', '--data-dir', dataDir, '--json'];
      const { exitCode, stdout, stderr } = await runCommand(words, { HOME: root }, other);
      if (exitCode === 1 && stdout === '' && /EACCES|Cannot find module/.test(stderr)) {
        skipLoudly(context, 'only root may read this checkout, and root may write everywhere');
      }
      expect(`${exitCode} ${(JSON.parse(stdout) as ErrorDocument).error.code}`).toBe('1 DATA_FOLDER_READ_ONLY');
    }),
  );

  it('come from SLIPWAY_DATA_DIR too', () =>
    withFolders(async ({ dataDir }) => {
      const child = spawn(process.execPath, [program, 'app', 'add', appId], {
        env: { ...process.env, SLIPWAY_DATA_DIR: dataDir },
      });
      await once(child, 'exit');
      expect(await readdir(dataDir)).toContain('slipway.sqlite');
    }));
});

describe('serve', () => {
  it('says once what is open, in one line', async () => {
    await using host = await startHost();
    expect(host.ready).toMatchObject({
      event: 'ready',
      device: { host: '0.0.0.0', urls: expect.arrayContaining([`http://127.0.0.1:${host.ready.device.port}`]) },
      https: null,
      control: {
        url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
        token: expect.stringMatching(/^[\w-]{32}$/),
      },
      dataDir: host.dataDir,
      version: expect.any(String),
    });
    expect(await (await fetch(`${host.deviceOrigin}/healthz`)).json()).toEqual({ status: 'ok' });
  });

  it('is what commands on the same data folder work through', () =>
    withFolders(async ({ build }) => {
      await using host = await startHost();
      await host.command('check', build);
      await host.command('zip', build, '--out', join(build, '..', 'x.zip'));
      const published = await host.command<Published>('publish', build, '--app', appId, '--version', '1.0.1');
      const app = await host.command<AppDocument>('app', 'show', appId);
      expect(app.endpoints[0]?.updateUrl).toContain(`:${host.ready.device.port}/`);

      const follower = start(['events', '--app', appId, '--follow', '--json', '--data-dir', host.dataDir]);
      const lines = createInterface({ input: follower.stdout });
      try {
        const firstLine = once(lines, 'line') as Promise<[string]>;
        const offer = (await (await askForUpdate(host.deviceOrigin, app)).json()) as { version: string; url: string };
        expect(offer.version).toBe(published.version);
        const [line] = await firstLine;
        expect(JSON.parse(line)).toMatchObject({
          kind: 'update',
          request: { method: 'POST' },
          response: { status: 200 },
        });

        const nextLine = once(lines, 'line') as Promise<[string]>;
        const bytes = await (await fetch(offer.url)).arrayBuffer();
        expect(bytes.byteLength).toBe(published.size);
        expect(JSON.parse((await nextLine)[0])).toMatchObject({
          kind: 'download',
          outcome: 'ok',
          bytesSent: published.size,
        });
      } finally {
        follower.kill('SIGTERM');
      }
      const [code] = (await once(follower, 'exit')) as [number];
      expect(code).toBe(0);
      const rows = await host.command<EventRow[]>('events', '--app', appId);
      expect(rows.map(({ kind }) => kind)).toEqual(['update', 'download']);
      const device = await host.command<{ deviceId: string; timeline: unknown[] }>(
        'device',
        'show',
        rows[0]?.deviceId ?? '',
        '--app',
        appId,
      );
      expect(device.timeline.length).toBeGreaterThan(0);
      const decision = ['device', 'override', rows[0]?.deviceId ?? '', '--app', appId, '--block', '--dry-run'];
      expect(await host.command(...decision)).toMatchObject({ outcome: 'blocked', response: { kind: 'blocked' } });
      const still = await host.command('device', 'show', rows[0]?.deviceId ?? '', '--app', appId);
      expect(still).toMatchObject({ override: null });
    }));

  it('is followed across its restart, and keeps no follower from starting first', () =>
    withFolders(async ({ dataDir }) => {
      await ok('app', 'add', appId, '--data-dir', dataDir);
      const follower = start(['events', '--app', appId, '--follow', '--json', '--data-dir', dataDir]);
      const lines = createInterface({ input: follower.stdout });
      try {
        for (let round = 0; round < 2; round += 1) {
          await using host = await startHost({ dataDir });
          const line = once(lines, 'line') as Promise<[string]>;
          await askForUpdate(host.deviceOrigin, await host.command<AppDocument>('app', 'show', appId));
          expect(JSON.parse((await line)[0])).toMatchObject({ kind: 'update' });
        }
      } finally {
        follower.kill('SIGTERM');
      }
    }));

  it('is the only one on its data folder', async () => {
    await using host = await startHost();
    const began = performance.now();
    expect(await refusal('serve', '--port', '0', '--data-dir', host.dataDir)).toBe('1 DATA_FOLDER_BUSY');
    expect(performance.now() - began).toBeLessThan(9000);
  });

  it('tells of itself in a private file, and takes it away', async () => {
    await using host = await startHost();
    const file = join(host.dataDir, 'host.json');
    const mode = (await stat(file)).mode & 0o777;
    expect(process.platform === 'win32' ? 0o600 : mode).toBe(0o600);
    const entries = await readdir(host.dataDir);
    expect(entries).toContain('host.json');
    host.ready satisfies ReadyLine;
  });

  it('that was killed is in nobody’s way', () =>
    withFolders(async ({ dataDir, build }) => {
      const child = start(['serve', '--port', '0', '--control-port', '0', '--json', '--data-dir', dataDir]);
      await once(createInterface({ input: child.stdout }), 'line');
      child.kill('SIGKILL');
      await once(child, 'exit');
      expect(await readdir(dataDir)).toContain('host.json');
      await ok('publish', build, '--app', appId, '--data-dir', dataDir);
      await using host = await startHost({ dataDir });
      expect(await host.command('releases', '--app', appId)).toHaveLength(1);
    }));

  it('fails when a port it was given is taken', async () => {
    await using folder = await temporaryFolder();
    const taken = createServer().listen(0, '0.0.0.0');
    await once(taken, 'listening');
    try {
      const port = String((taken.address() as AddressInfo).port);
      const error = await refused('serve', '--port', port, '--data-dir', folder.at('data'));
      expect(error).toMatchObject({
        exitCode: 1,
        code: 'PORT_IN_USE',
        details: { host: '0.0.0.0', port: Number(port) },
      });
      expect(await refusal('serve', '--port', '0', '--control-port', port, '--data-dir', folder.at('data'))).toBe(
        '1 PORT_IN_USE',
      );
    } finally {
      taken.close();
    }
    const gone = await refused('serve', '--host', '203.0.113.9', '--data-dir', folder.at('data'));
    expect(gone).toMatchObject({ exitCode: 1, code: 'ADDRESS_NOT_AVAILABLE', details: { host: '203.0.113.9' } });
  });

  it('without an interface is still reached by commands, and stops cleanly', async () => {
    await using folder = await temporaryFolder();
    const at = ['--data-dir', folder.at('data')];
    const child = start(['serve', '--port', '0', '--no-control', '--json', ...at]);
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    expect(JSON.parse(line)).toMatchObject({ event: 'ready', control: null });
    expect(await ok('app', 'add', appId, ...at)).toMatchObject({ appId });
    const began = performance.now();
    child.kill('SIGINT');
    const [code] = (await once(child, 'exit')) as [number];
    expect(code).toBe(0);
    expect(performance.now() - began).toBeLessThan(6000);
    expect(await readdir(folder.at('data'))).not.toContain('host.json');
  });

  it('closes open event streams and running uploads when it is told to stop', async () => {
    const host = await startHost();
    const { control } = host.ready;
    const headers = { authorization: `Bearer ${control?.token}` };
    const stream = await fetch(`${control?.url}/api/events`, { headers });
    const reader = stream.body?.getReader();
    await reader?.read();
    const upload = request(`${control?.url}/api/uploads/some/files`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'multipart/form-data; boundary=b', 'content-length': '1000' },
    });
    // Cut or refused, as the moment has it; what counts is that nobody waits for the rest.
    upload.on('error', () => undefined);
    upload.on('response', (response) => response.resume());
    const closed = new Promise((resolve) => upload.on('close', resolve));
    await new Promise((resolve) => upload.write('--b\r\n', resolve));
    const began = performance.now();
    expect(await host.stop()).toBe(0);
    expect(performance.now() - began).toBeLessThan(6000);
    await closed;
    await reader?.cancel().catch(() => undefined);
  });
});

describe('the interface of a running host', () => {
  it('takes a folder of 3,000 files that a browser uploads, and checks it', async () => {
    await using host = await startHost();
    const { control } = host.ready;
    const headers = { authorization: `Bearer ${control?.token}` };
    const call = async <T>(path: string, input: object): Promise<T> => {
      const response = await fetch(`${control?.url}/api/${path}`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify(input),
      });
      const reply = (await response.json()) as { ok: boolean; value: T };
      if (!reply.ok) throw new Error(`${path}: ${JSON.stringify(reply)}`);
      return reply.value;
    };
    const files: [path: string, content: string][] = [
      ...Object.entries(soundBuild).map(([path, content]): [string, string] => [path, String(content)]),
      ...Array.from({ length: 3000 }, (_, n): [string, string] => [`assets/${n % 40}/chunk ${n}.css`, `.c${n}{}`]),
    ];
    const bytes = files.reduce((sum, [, content]) => sum + content.length, 0);
    const { uploadId } = await call<{ uploadId: string }>('uploads.create', {
      name: 'dist',
      files: files.length,
      bytes,
    });
    for (let index = 0; index < files.length; index += 200) {
      const batch = files.slice(index, index + 200);
      const form = new FormData();
      form.append('paths', JSON.stringify(batch.map(([path]) => path)));
      for (const [part, [, content]] of batch.entries()) form.append(String(part), new Blob([content]), String(part));
      const response = await fetch(`${control?.url}/api/uploads/${uploadId}/files`, {
        method: 'POST',
        headers,
        body: form,
      });
      expect(await response.json()).toEqual({ ok: true, value: { received: batch.length } });
    }
    expect(await call('uploads.complete', { uploadId })).toEqual({ files: files.length, bytes });
    const { jobId } = await call<{ jobId: string }>('builds.inspect', { source: { kind: 'upload', uploadId } });
    const job = () => call<{ state: string; result: unknown }>('jobs.get', { jobId });
    await expect.poll(async () => (await job()).state).toBe('succeeded');
    expect((await job()).result).toMatchObject({ isPublishable: true, summary: { files: files.length } });
  });

  it('refuses an upload nobody opened, as a reply', async () => {
    await using host = await startHost();
    const { control } = host.ready;
    const form = new FormData();
    form.append('paths', '["a"]');
    form.append('0', new Blob(['x']), '0');
    const response = await fetch(`${control?.url}/api/uploads/nope/files`, {
      method: 'POST',
      headers: { authorization: `Bearer ${control?.token}` },
      body: form,
    });
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ ok: false, error: { code: 'UPLOAD_NOT_FOUND' } });
  });
});

describe('demo', () => {
  it('does the whole job in under 20 seconds and leaves nothing', async () => {
    const began = performance.now();
    const result = await ok<{ ok: boolean; steps: { step: string }[] }>('demo');
    expect(result.ok).toBe(true);
    expect(result.steps.length).toBeGreaterThan(3);
    expect(performance.now() - began).toBeLessThan(20_000);
  });
});
