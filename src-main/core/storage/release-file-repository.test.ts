import { createHash } from 'node:crypto';

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { temporaryFolder } from '#test/helpers/trees.ts';

import { compareNames } from '../bundles/name-rules.ts';
import { silentLogger } from '../ports.ts';
import { createRunSweeper } from '../releases/run-sweeper.ts';
import { storeFiles } from '../releases/store-files.ts';
import { createAppRepository } from './app-repository.ts';
import { openDatabase, type Database } from './database.ts';
import {
  createReleaseFileRepository,
  type ReleaseFile,
  type ReleaseFileRepository,
} from './release-file-repository.ts';
import { createReleaseRepository } from './release-repository.ts';

const APP = 'com.example.app';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let database: Database;
let files: ReleaseFileRepository;

beforeEach(async () => {
  folder = await temporaryFolder();
  database = openDatabase(folder.at('test.sqlite'), folder.path);
  createAppRepository(database).insert({ appId: APP, name: 'App', token: 't', createdAtMs: 0 });
  files = createReleaseFileRepository(database);
});
afterEach(async () => {
  database[Symbol.dispose]();
  await folder[Symbol.asyncDispose]();
});

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const zipOf = (releaseId: string): string => sha256(`zip of ${releaseId}`);
const none = new AbortController().signal;

async function store(releaseId: string, list: readonly ReleaseFile[], signal = none): Promise<void> {
  const releases = createReleaseRepository(database);
  releases.insertStored({
    releaseId,
    appId: APP,
    version: releaseId,
    checksum: '',
    blobSha256: zipOf(releaseId),
    sizeBytes: 0,
    fileCount: list.length,
    rawBytes: 0,
    deltaFiles: list.length,
    deltaBytes: 0,
    sessionKey: null,
    keyId: null,
    keyFingerprint: null,
    treeSha256: null,
    notes: null,
    findings: [],
    jobId: null,
    createdAtMs: Number(releaseId.slice(1)),
  });
  const stored = { releaseId, bundleSha256: zipOf(releaseId), files: list };
  await storeFiles(stored, { database, releaseFiles: files }, signal);
  releases.markReady(releaseId, 1, {});
}

/** Some bodies in a pack that releases share, some in the release's own bundle, as far behind as files before are long. */
function filesOf(releaseId: string, contents: ReadonlyMap<string, string>): ReleaseFile[] {
  let offset = 0;
  return [...contents]
    .toSorted(([left], [right]) => compareNames(left, right))
    .map(([path, content]) => {
      const start = offset + 30;
      offset = start + content.length;
      const isStored = content.length % 3 === 0;
      return {
        path,
        sha256: sha256(content),
        sizeBytes: content.length,
        body: {
          sha256: isStored ? sha256(content) : sha256(`brotli of ${content}`),
          sizeBytes: content.length,
          isBrotli: !isStored,
          holderSha256: isStored ? zipOf(releaseId) : sha256('pack'),
          holderOffset: isStored ? start : content.length,
          sealedHash: null,
        },
      };
    });
}

function pagesOf(releaseId: string, limit: number): ReleaseFile[] {
  const all: ReleaseFile[] = [];
  for (;;) {
    const page = files.page(releaseId, all.at(-1)?.path ?? '', limit);
    all.push(...page);
    if (page.length < limit) return all;
  }
}

const counts = (): Record<string, number> =>
  Object.fromEntries(
    ['file_runs', 'run_files', 'file_keys', 'release_runs'].map((table) => [
      table,
      database.get<{ n: number }>(`SELECT count(*) AS n FROM ${table}`)?.n ?? -1,
    ]),
  );
const nothing = { file_runs: 0, run_files: 0, file_keys: 0, release_runs: 0 };

async function sweep(): Promise<void> {
  await using sweeper = createRunSweeper({ database, releaseFiles: files, logger: silentLogger });
  sweeper.soon();
  await sweeper.idle();
}

/** Enough for several runs. */
const many = (change: ReadonlyMap<string, string> = new Map()): Map<string, string> => {
  const contents = new Map(Array.from({ length: 2000 }, (_, index) => [`icons/${index}.svg`, `<svg>${index}</svg>`]));
  for (const [path, content] of change) contents.set(path, content);
  return contents;
};

describe('the files of releases', () => {
  it('are those that were stored, whatever other releases share with them, come and go', async () => {
    const name = fc.stringMatching(/^[a-zé\u{1f600}]{1,2}(\/[a-c]{1,2})?$/u);
    const tree = fc.dictionary(name, fc.stringMatching(/^[xy]{0,6}$/), { maxKeys: 12 });
    let number = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.record({ tree, goes: fc.nat(3) }), { maxLength: 6 }), async (steps) => {
        const live = new Map<string, readonly ReleaseFile[]>();
        for (const { tree: contents, goes } of steps) {
          number += 1;
          const releaseId = `r${number}`;
          const list = filesOf(releaseId, new Map(Object.entries(contents)));
          await store(releaseId, list);
          live.set(releaseId, list);
          const leaving = [...live.keys()][goes];
          if (leaving !== undefined) {
            files.detach(leaving);
            live.delete(leaving);
            await sweep();
          }
          for (const [id, expected] of live) {
            expect(pagesOf(id, 5)).toEqual(expected);
            for (const file of expected) expect(files.get(id, file.path)).toEqual(file);
            expect(files.get(id, 'zz/not there')).toBeUndefined();
          }
          for (const file of list) {
            const body = file.body?.sha256 ?? '';
            const newest = [...live].findLast(([, all]) => all.some((other) => other.body?.sha256 === body));
            expect(files.served(APP, body, false)?.releaseId).toBe(newest?.[0]);
          }
        }
        for (const id of live.keys()) files.detach(id);
        await sweep();
        expect(counts()).toEqual(nothing);
      }),
      { numRuns: 40 },
    );
  });

  it('are written down once for all releases that have them, though their bundles differ', async () => {
    await store('r1', filesOf('r1', many()));
    const before = counts();
    // Longer, and the first of all: every other file lies elsewhere in the bundle.
    await store('r2', filesOf('r2', many(new Map([['icons/0.svg', 'something else that is longer']]))));
    const after = counts();
    expect((after['run_files'] ?? 0) - (before['run_files'] ?? 0)).toBeLessThan(520);
    expect((after['file_runs'] ?? 0) - (before['file_runs'] ?? 0)).toBe(1);
    expect(pagesOf('r1', 500)).toEqual(filesOf('r1', many()));
    expect(files.get('r2', 'icons/0.svg')).toMatchObject({ sizeBytes: 29 });
  });

  it('that were not stored to their end are nobody else’s, and are gone after a sweep', async () => {
    const stop = new AbortController();
    const list = filesOf('r1', many());
    const all = files;
    files = {
      ...all,
      addKeys(keys) {
        all.addKeys(keys);
        stop.abort();
      },
    };
    await expect(store('r1', list, stop.signal)).rejects.toMatchObject({ code: 'CANCELLED' });
    files = all;
    // Equal runs are there, but half of their keys are not.
    await store('r2', filesOf('r2', many()));
    for (const { body } of list) expect(files.served(APP, body?.sha256 ?? '', false)?.releaseId).toBe('r2');
    createReleaseRepository(database).removeStored('r1');
    await sweep();
    expect(counts()).toMatchObject({ run_files: 2000 });
    expect(pagesOf('r2', 500)).toHaveLength(2000);
  });

  it('whose removal was cut off are taken up by the next sweep, and shared with nobody meanwhile', async () => {
    await store('r1', filesOf('r1', many()));
    files.detach('r1');
    const [runId] = files.retireRuns();
    files.removeKeys(files.keysOf(runId ?? 0));
    await store('r2', filesOf('r2', many()));
    for (const { path, body } of filesOf('r2', many())) {
      expect([path, files.served(APP, body?.sha256 ?? '', false)?.releaseId]).toEqual([path, 'r2']);
    }
    await sweep();
    expect(counts()).toMatchObject({ run_files: 2000 });
  });
});
