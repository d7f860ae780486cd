import { readFile, stat, utimes, writeFile } from 'node:fs/promises';

import { describe, expect, it } from 'vitest';

import { temporaryFolder } from '#test/helpers/trees.ts';

import { loadSessionSecret, SESSION_FILE } from './session-secret.ts';

const DAY_MS = 24 * 60 * 60_000;

describe('the secret of signed-in pages', () => {
  it('is the same after a restart, and for its owner alone', async () => {
    await using folder = await temporaryFolder();
    const first = await loadSessionSecret(folder.path, Date.now);
    expect(first).toMatch(/^[\w-]{32}$/);
    expect(await loadSessionSecret(folder.path, Date.now)).toBe(first);
    const { mode } = await stat(folder.at(SESSION_FILE));
    expect(process.platform === 'win32' ? 0 : mode & 0o077).toBe(0);
  });

  it('is another one after a week', async () => {
    await using folder = await temporaryFolder();
    const first = await loadSessionSecret(folder.path, Date.now);
    const old = (Date.now() - 7 * DAY_MS) / 1000;
    await utimes(folder.at(SESSION_FILE), old, old);
    const second = await loadSessionSecret(folder.path, Date.now);
    expect(second).not.toBe(first);
    expect(await loadSessionSecret(folder.path, Date.now)).toBe(second);
  });

  it.each(['', 'short', `${'a'.repeat(32)}\n`, 'é'.repeat(32)])(
    'is made anew where the file holds %j',
    async (text) => {
      await using folder = await temporaryFolder();
      await writeFile(folder.at(SESSION_FILE), text);
      const made = await loadSessionSecret(folder.path, Date.now);
      expect(made).toMatch(/^[\w-]{32}$/);
      expect(await readFile(folder.at(SESSION_FILE), 'utf8')).toBe(made);
    },
  );
});
