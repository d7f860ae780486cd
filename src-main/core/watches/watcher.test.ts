import { watch } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

import { describe, expect, it } from 'vitest';

import { soundBuild, temporaryFolder, writeTree } from '#test/helpers/trees.ts';

import { createFolderHints, type ListenTo } from './folder-hints.ts';
import { PATIENCE_MS, QUIET_MS, RETRY_MS } from './settle.ts';
import { restMs, startWatcher, waitMs, type WatcherStatus } from './watcher.ts';

const refuse =
  (code: string): typeof watch =>
  () => {
    throw Object.assign(new Error(code), { code });
  };

async function until(check: () => boolean): Promise<void> {
  const deadline = performance.now() + 50_000;
  while (!check() && performance.now() < deadline) await delay(20);
  expect(check()).toBe(true);
}

describe('hints', () => {
  it('come of what is written in the folder and below it, and stop with it', async () => {
    await using folder = await temporaryFolder();
    const dir = await writeTree(folder.at('dist'), { 'index.html': '', 'assets/a.js': '' });
    let heard = 0;
    using hints = createFolderHints(() => {
      heard += 1;
    });
    hints.arm(dir, [folder.at('dist/assets')]);
    await writeTree(dir, { 'assets/a.js': 'new' });
    await until(() => heard > 0);
    hints.disarm();
    const before = heard;
    await writeTree(dir, { 'assets/a.js': 'newer', 'b.js': '' });
    await delay(100);
    expect(heard).toBe(before);
  });

  it('are given up as a whole, and said to be, when the system has no watch left', () => {
    let asked = 0;
    const listenTo: ListenTo = (folder, options) => {
      asked += 1;
      return asked > 1 ? refuse('ENOSPC')(folder, options) : watch(folder, options);
    };
    using hints = createFolderHints(() => undefined, listenTo);
    hints.arm(import.meta.dirname, [`${import.meta.dirname}/..`]);
    expect(hints.failure).toBe(process.platform === 'linux' ? 'ENOSPC' : null);
  });

  it('do without a folder that is gone before it could be listened to', () => {
    using hints = createFolderHints(() => undefined);
    hints.arm('/no/such/folder', ['/no/such/folder/assets']);
    expect(hints.failure).toBeNull();
  });
});

it.each(['ENOSPC', 'EMFILE'])('a watcher polls where there are no hints (%s), and says so', async (code) => {
  await using folder = await temporaryFolder();
  const dir = await writeTree(folder.at('dist'), soundBuild);
  const judged: string[] = [];
  let status: WatcherStatus | undefined;
  await using _ = startWatcher({
    path: dir,
    judge: async (path) => {
      judged.push(path);
      return 'done';
    },
    onStatus: (next) => {
      status = next;
    },
    onError: (error) => expect(error).toBeUndefined(),
    createHints: (onHint) => createFolderHints(onHint, refuse(code)),
  });
  await until(() => judged.length === 1 && status?.state === 'waiting');
  expect(status).toMatchObject({ mode: 'polling', pollingReason: code });
  await writeTree(dir, { 'more.js': '1' });
  await until(() => judged.length === 2);
});

it('a watcher that fails goes on', async () => {
  await using folder = await temporaryFolder();
  const dir = await writeTree(folder.at('dist'), soundBuild);
  const errors: unknown[] = [];
  let judged = 0;
  await using _ = startWatcher({
    path: dir,
    judge: () => {
      judged += 1;
      return judged === 1 ? Promise.reject(new Error('unforeseen')) : Promise.resolve('done');
    },
    onStatus: () => undefined,
    onError: (error) => errors.push(error),
  });
  await until(() => judged === 2);
  expect(errors).toHaveLength(1);
});

it.each([
  ['a small build', 'waiting', 3, false, 2000],
  ['a large build, at most a hundredth of a processor', 'waiting', 150, false, 15_000],
  ['a small build without hints', 'waiting', 3, true, 1000],
  ['a large build without hints', 'waiting', 150, true, 3000],
  ['a folder that is away', 'missing', 1, false, 500],
] as const)('%s is looked at in time', (_, as, lookMs, isPolling, expected) => {
  expect(restMs(as, lookMs, isPolling)).toBe(expected);
});

it.each([
  ['a build that is being written', QUIET_MS, true, false, QUIET_MS],
  ['half a build', PATIENCE_MS, false, false, 2000],
  ['half a build without hints', PATIENCE_MS, false, true, 1000],
  ['a folder that could not be read, of which no hints come', RETRY_MS, false, false, 2000],
  ['one whose next try is near', 300, false, true, 300],
] as const)('%s is looked at before it is judged again', (_, afterMs, isWriting, isPolling, expected) => {
  expect(waitMs({ kind: 'look-again', afterMs }, { isWriting, lookMs: 5, isPolling })).toBe(expected);
});
