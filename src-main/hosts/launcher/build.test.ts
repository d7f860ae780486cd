import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { acquireLock } from './build-lock.ts';
import { ensureBuilt } from './build.ts';
import { fingerprintSources, readStamp } from './source-stamp.ts';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'slipway-build-'));
  await mkdir(join(root, 'src-main', 'core'), { recursive: true });
  await writeFile(join(root, 'src-main', 'core', 'a.ts'), 'one');
  await writeFile(join(root, 'package.json'), '{}');
});

afterEach(() => rm(root, { recursive: true, force: true }));

const quiet = () => undefined;

/** A build that writes its ordinal number. */
function countingBuild() {
  let builds = 0;
  return {
    count: () => builds,
    run: async (_root: string, outDir: string) => {
      builds += 1;
      await delay(20);
      await writeFile(join(outDir, 'cli.js'), String(builds));
    },
  };
}

describe('ensureBuilt', () => {
  it('builds when out/ is missing, then leaves it until a source changes', async () => {
    const { count, run } = countingBuild();
    await ensureBuilt({ root, say: quiet, run });
    await ensureBuilt({ root, say: quiet, run });
    expect(count()).toBe(1);

    await writeFile(join(root, 'src-main', 'core', 'a.ts'), 'two!');
    await ensureBuilt({ root, say: quiet, run });
    expect(await readFile(join(root, 'out', 'cli.js'), 'utf8')).toBe('2');
  });

  it.skipIf(process.platform === 'win32')('makes what any user of the machine may run', async () => {
    await ensureBuilt({ root, say: quiet, run: countingBuild().run });
    expect((await stat(join(root, 'out'))).mode & 0o777).toBe(0o777 & ~process.umask());
  });

  it('builds again when a source was deleted or became older, which the newest time would not show', async () => {
    await writeFile(join(root, 'src-main', 'b.ts'), 'b');
    const { count, run } = countingBuild();
    await ensureBuilt({ root, say: quiet, run });
    await rm(join(root, 'src-main', 'b.ts'));
    await ensureBuilt({ root, say: quiet, run });
    await utimes(join(root, 'src-main', 'core', 'a.ts'), 1, 1);
    await ensureBuilt({ root, say: quiet, run });
    expect(count()).toBe(3);
  });

  it('does not build for a changed test', async () => {
    const { count, run } = countingBuild();
    await ensureBuilt({ root, say: quiet, run });
    await writeFile(join(root, 'src-main', 'core', 'a.test.ts'), 'test');
    await ensureBuilt({ root, say: quiet, run });
    expect(count()).toBe(1);
  });

  it('builds once when several callers come at the same time', async () => {
    const { count, run } = countingBuild();
    await Promise.all(Array.from({ length: 5 }, () => ensureBuilt({ root, say: quiet, run })));
    expect(count()).toBe(1);
  });

  it('keeps the previous build and leaves nothing else when a build fails', async () => {
    const { run } = countingBuild();
    await ensureBuilt({ root, say: quiet, run });
    const failing = async (_root: string, outDir: string) => {
      await writeFile(join(outDir, 'half.js'), '');
      throw new Error('syntax');
    };
    await expect(ensureBuilt({ root, say: quiet, force: true, run: failing })).rejects.toThrow('syntax');
    expect(await readFile(join(root, 'out', 'cli.js'), 'utf8')).toBe('1');
    expect((await readdir(root)).filter((name) => name.startsWith('out'))).toEqual(['out']);
  });

  it('takes a source that changes during the build as not built', async () => {
    const run = async (_root: string, outDir: string) => {
      await writeFile(join(root, 'src-main', 'core', 'a.ts'), 'edited meanwhile');
      await writeFile(join(outDir, 'cli.js'), '');
    };
    await ensureBuilt({ root, say: quiet, run });
    expect(await readStamp(join(root, 'out'))).not.toBe(await fingerprintSources(root));
  });

  it('removes what a killed build left', async () => {
    await mkdir(join(root, 'out.new-abc'));
    await mkdir(join(root, 'out.old-1'));
    const { run } = countingBuild();
    await ensureBuilt({ root, say: quiet, run });
    expect((await readdir(root)).filter((name) => name.startsWith('out'))).toEqual(['out']);
  });
});

describe('acquireLock', () => {
  it('admits one holder at a time', async () => {
    const path = join(root, 'locks', 'lock');
    let holders = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 6 }, async () => {
        await using _ = await acquireLock(path, AbortSignal.timeout(20_000));
        holders += 1;
        most = Math.max(most, holders);
        await delay(5);
        holders -= 1;
      }),
    );
    expect(most).toBe(1);
    expect(await readdir(join(root, 'locks'))).toEqual([]);
  });

  it('takes over the lock of a process that is gone', async () => {
    const path = join(root, 'lock');
    // Beyond the largest process id that Linux, macOS and Windows give out.
    await writeFile(path, '2147483646\n');
    const lock = await acquireLock(path, AbortSignal.timeout(20_000));
    expect(await readFile(path, 'utf8')).toBe(`${process.pid}\n`);
    await lock[Symbol.asyncDispose]();
    expect(existsSync(path)).toBe(false);
  });

  it('gives up waiting when told to, and leaves no file of its own', async () => {
    const path = join(root, 'lock');
    await writeFile(path, `${process.pid}\n`);
    await expect(acquireLock(path, AbortSignal.timeout(150))).rejects.toThrow('aborted');
    expect((await readdir(root)).filter((name) => name.startsWith('lock'))).toEqual(['lock']);
  });
});
