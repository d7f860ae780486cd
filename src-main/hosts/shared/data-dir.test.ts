import { mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { ensureDataDir, locateDataDir } from './data-dir.ts';

describe('locateDataDir', () => {
  it.each([
    ['linux', {}, '/home/ada/.local/share/slipway'],
    ['linux', { XDG_DATA_HOME: '/data' }, '/data/slipway'],
    ['linux', { XDG_DATA_HOME: 'relative' }, '/home/ada/.local/share/slipway'],
    ['darwin', {}, '/home/ada/Library/Application Support/Slipway'],
    ['win32', { LOCALAPPDATA: 'C:\\Users\\ada\\AppData\\Local' }, 'C:\\Users\\ada\\AppData\\Local\\Slipway'],
  ] as const)('on %s with %o is %s', (platform, env, expected) => {
    expect(locateDataDir({ platform, env, home: () => '/home/ada' })).toBe(expected);
  });

  it('takes --data-dir before SLIPWAY_DATA_DIR before the default, and makes it absolute', () => {
    const env = { SLIPWAY_DATA_DIR: 'from-env' };
    expect(locateDataDir({ option: 'from-option', env })).toBe(resolve('from-option'));
    expect(locateDataDir({ env })).toBe(resolve('from-env'));
    expect(locateDataDir({ env: { SLIPWAY_DATA_DIR: '' }, platform: 'linux', home: () => '/h' })).toBe(
      '/h/.local/share/slipway',
    );
  });
});

describe('a user without a home folder', () => {
  it.each([null, '', 'relative'])('(%j) is told so, and nothing lands in the current folder', (home) => {
    expect(() => locateDataDir({ platform: 'linux', env: {}, home: () => home })).toThrow(
      expect.objectContaining({
        code: 'DATA_FOLDER_UNUSABLE',
        params: { dataDir: '~', reason: 'this user has no home folder' },
      }) as Error,
    );
    expect(locateDataDir({ platform: 'linux', env: { XDG_DATA_HOME: '/data' }, home: () => home })).toBe(
      '/data/slipway',
    );
    expect(locateDataDir({ option: '/own', env: {}, home: () => home })).toBe('/own');
  });
});

describe('ensureDataDir', () => {
  let parent: string;
  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), 'slipway-data-'));
  });
  afterEach(() => rm(parent, { recursive: true, force: true }));

  it.skipIf(process.platform === 'win32')('makes the folder for its user alone', async () => {
    const dataDir = join(parent, 'a', 'b');
    await ensureDataDir(dataDir);
    await ensureDataDir(dataDir);
    expect((await stat(dataDir)).mode & 0o777).toBe(0o700);
  });

  it('says so when a file stands in its place', async () => {
    const file = join(parent, 'file');
    await writeFile(file, '');
    const failure = { code: 'DATA_FOLDER_UNUSABLE', params: { reason: 'it is not a folder' } };
    await expect(ensureDataDir(file)).rejects.toMatchObject(failure);
    await expect(ensureDataDir(join(file, 'below'))).rejects.toMatchObject(failure);
  });

  it.skipIf(process.platform === 'win32')('says so when it cannot be made', async () => {
    await symlink(join(parent, 'nowhere', 'at all'), join(parent, 'link'));
    await expect(ensureDataDir(join(parent, 'link'))).rejects.toMatchObject({
      code: 'DATA_FOLDER_UNUSABLE',
      params: { reason: expect.stringMatching(/^it /) as string },
    });
  });

  it.skipIf(process.platform !== 'linux')('says so where the system makes no folders at all', async () => {
    for (const dataDir of ['/proc/slipway', '/proc/slipway/below']) {
      await expect(ensureDataDir(dataDir)).rejects.toMatchObject({
        code: expect.stringMatching(/^DATA_FOLDER_/) as string,
      });
    }
  });

  it('takes a folder that another program makes at the same time', async () => {
    const dataDir = join(parent, 'a', 'b', 'c');
    await Promise.all(Array.from({ length: 8 }, () => ensureDataDir(dataDir)));
    expect((await stat(dataDir)).isDirectory()).toBe(true);
  });
});
