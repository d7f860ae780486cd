import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';

import { expect, it } from 'vitest';

import { program, runCommand, startHost } from '#test/helpers/headless-host.ts';
import { soundBuild, temporaryFolder, writeTree } from '#test/helpers/trees.ts';

const appId = 'com.example.shop';

type Line = { readonly event: string; readonly version?: string; readonly error?: { readonly code: string } };

/** `slipway watch … --json`: its lines, one by one, and its end by Ctrl-C. */
function startWatch(dataDir: string, folder: string, ...options: string[]) {
  const child = spawn(
    process.execPath,
    [program, 'watch', folder, '--app', appId, '--data-dir', dataDir, '--json', ...options],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async next(): Promise<Line> {
      const { value, done } = await lines.next();
      if (done) throw new Error('the command has ended');
      return JSON.parse(value) as Line;
    },
    async stop(): Promise<number> {
      child.kill('SIGINT');
      const [code] = (await once(child, 'exit')) as [number];
      return code;
    },
  };
}

it('watches through a running host, one line per publish or failure, and leaves nothing watched', async () => {
  await using host = await startHost();
  await using folder = await temporaryFolder();
  const dir = await writeTree(folder.at('dist'), soundBuild);
  const watch = startWatch(host.dataDir, dir);
  expect(await watch.next()).toMatchObject({ event: 'published', version: '1.0.0', appId });
  expect(await host.api.watches.list({})).toMatchObject([{ path: dir, isOn: true }]);
  await writeTree(dir, { '.env': 'KEY=1' });
  expect(await watch.next()).toMatchObject({ event: 'failed', error: { code: 'BUILD_HAS_ERRORS' } });
  await rm(folder.at('dist/.env'));
  await writeTree(dir, { 'more.txt': 'more' });
  expect(await watch.next()).toMatchObject({ event: 'published', version: '1.0.1' });
  expect(await watch.stop()).toBe(0);
  expect(await host.api.watches.list({})).toEqual([]);
});

it('leaves a watch that was there before as it was', async () => {
  await using host = await startHost();
  await using folder = await temporaryFolder();
  const dir = await writeTree(folder.at('dist'), soundBuild);
  const { watchId } = await host.api.watches.add({ appId, path: dir, allowWarnings: true });
  await host.api.watches.update({ watchId, isOn: false });
  const watch = startWatch(host.dataDir, dir);
  await writeTree(dir, { 'more.txt': 'more' });
  expect(await watch.next()).toMatchObject({ event: 'published' });
  expect(await watch.stop()).toBe(0);
  expect(await host.api.watches.list({})).toMatchObject([{ watchId, isOn: false, allowWarnings: true }]);
});

it('without a host serves devices and commands itself as long as it runs', async () => {
  await using folder = await temporaryFolder();
  const dir = await writeTree(folder.at('dist'), soundBuild);
  const data = folder.at('data');
  const watch = startWatch(data, dir);
  expect(await watch.next()).toMatchObject({ event: 'published', version: '1.0.0' });
  const listed = await runCommand(['releases', '--app', appId, '--data-dir', data, '--json']);
  expect(JSON.parse(listed.stdout)).toMatchObject([{ version: '1.0.0' }]);
  expect(await watch.stop()).toBe(0);
});

it('refuses what is no folder at once', async () => {
  await using folder = await temporaryFolder();
  await writeTree(folder.path, { 'build.zip': 'PK' });
  const refused = await runCommand([
    'watch',
    folder.at('build.zip'),
    '--app',
    appId,
    '--data-dir',
    folder.at('data'),
    '--json',
  ]);
  expect(refused.exitCode).toBe(1);
  expect(JSON.parse(refused.stdout)).toMatchObject({ error: { code: 'WATCH_NEEDS_FOLDER' } });
});
