import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { ReleaseFile } from '../storage/release-file-repository.ts';
import { diffReleases, type DiffedRelease } from './diff-releases.ts';

const fileOf = (path: string, content: string, hasBody = true): ReleaseFile => ({
  path,
  sha256: content,
  sizeBytes: content.length * 4,
  body: hasBody
    ? {
        sha256: content,
        sizeBytes: content.length,
        isBrotli: true,
        holderSha256: 'pack',
        holderOffset: 0,
        sealedHash: null,
      }
    : null,
});

const release = (version: string, files: readonly ReleaseFile[], hasDelta = true): DiffedRelease => ({
  releaseId: `id-${version}`,
  version,
  zipBytes: 1000,
  hasDelta,
  files,
});

describe('comparing two releases', () => {
  it('tells what came, went and changed, and what of it a device fetches', async () => {
    const before = [fileOf('app.js', 'app'), fileOf('gone.js', 'gone'), fileOf('img/logo.svg', 'logo')];
    const after = [fileOf('app.js', 'app v2'), fileOf('logo.svg', 'logo'), fileOf('new.css', 'style')];
    expect(await diffReleases(release('1', before), release('2', after))).toEqual({
      from: { releaseId: 'id-1', version: '1' },
      to: { releaseId: 'id-2', version: '2' },
      added: [
        // Found on the device in its old folder.
        { path: 'logo.svg', sizeBytes: 16, bodyBytes: 4, deltaBytes: 0 },
        { path: 'new.css', sizeBytes: 20, bodyBytes: 5, deltaBytes: 5 },
      ],
      changed: [
        { path: 'app.js', sizeBytes: 24, bodyBytes: 6, deltaBytes: 6, before: { sizeBytes: 12, bodyBytes: 3 } },
      ],
      removed: [
        { path: 'gone.js', sizeBytes: 16, bodyBytes: 4 },
        { path: 'img/logo.svg', sizeBytes: 16, bodyBytes: 4 },
      ],
      unchanged: 0,
      deltaFiles: 2,
      deltaBytes: 11,
      zipBytes: 1000,
    });
  });

  it('has no bytes of a delta where there is none', async () => {
    const diff = await diffReleases(release('1', []), release('2', [fileOf('a', 'a', false)], false));
    expect(diff).toMatchObject({ deltaFiles: null, deltaBytes: null, added: [{ bodyBytes: null, deltaBytes: null }] });
  });

  it('leaves no file out, and adds up', async () => {
    const tree = fc.dictionary(fc.constantFrom('a', 'b', 'x/a', 'x/b', 'y/c'), fc.constantFrom('1', '22', '333'));
    await fc.assert(
      fc.asyncProperty(tree, tree, async (left, right) => {
        const files = (of: Record<string, string>) =>
          Object.entries(of).map(([path, content]) => fileOf(path, content));
        const diff = await diffReleases(release('1', files(left)), release('2', files(right)));
        expect(diff.added.length + diff.changed.length + diff.unchanged).toBe(Object.keys(right).length);
        expect(diff.removed.length + diff.changed.length + diff.unchanged).toBe(Object.keys(left).length);
        const sum = [...diff.added, ...diff.changed].reduce((total, { deltaBytes }) => total + (deltaBytes ?? 0), 0);
        expect(sum).toBe(diff.deltaBytes);
      }),
    );
  });
});
