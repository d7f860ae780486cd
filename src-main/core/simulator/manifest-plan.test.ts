import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { RawManifestEntry } from './classify-reply.ts';
import { dialectOf } from './dialect.ts';
import { planManifest, type ManifestPlan } from './manifest-plan.ts';

function plan(
  entries: readonly Partial<RawManifestEntry>[],
  {
    platform = 'android',
    pluginVersion = '8.51.23',
  }: { readonly platform?: 'android' | 'ios'; readonly pluginVersion?: string } = {},
): ManifestPlan {
  const whole = { fileName: 'a.js', fileHash: 'ab'.repeat(32), downloadUrl: 'http://a/f' };
  return planManifest({
    entries: entries.map((entry) => Object.assign({}, whole, entry)),
    version: '1.0.1',
    platform,
    dialect: dialectOf({ platform, pluginVersion }),
    key: null,
    hasSessionKey: false,
  });
}

const actions = ({ problems }: ManifestPlan) => problems.map(({ action, version }) => `${action} ${version}`);

describe('a manifest before its first request (protocol/clients.md §6.2)', () => {
  it('takes .br off the target and decodes by it; before 7.0.38 every body is brotli', () => {
    const entry = { fileName: 'assets/a.js.br' };
    expect(plan([entry]).files[0]).toMatchObject({ target: 'assets/a.js', isBrotli: true });
    expect(plan([{}]).files[0]).toMatchObject({ target: 'a.js', isBrotli: false });
    expect(plan([{}], { pluginVersion: '7.0.37' }).files[0]).toMatchObject({ target: 'a.js', isBrotli: true });
    // Case-sensitive.
    expect(plan([{ fileName: 'a.BR' }]).files[0]).toMatchObject({ target: 'a.BR', isBrotli: false });
  });

  it.each([
    ['a backslash', { fileName: 'a\\b' }, 'manifest_path_fail 1.0.1:a\\b'],
    ['NUL', { fileName: 'a\0b' }, 'manifest_path_fail 1.0.1:a\0b'],
    ['an absolute name', { fileName: '/a' }, 'manifest_path_fail 1.0.1:/a'],
    ['a way out', { fileName: '../a' }, 'manifest_path_fail 1.0.1:../a'],
    ['a way out and back, since 8.51.23', { fileName: 'b/../a' }, 'manifest_path_fail 1.0.1:b/../a'],
    ['no hash', { fileHash: null }, 'null 1.0.1'],
    ['no address', { downloadUrl: null }, 'null 1.0.1'],
  ])('is refused for %s', (_, entry, problem) => {
    expect(actions(plan([entry]))).toEqual([problem]);
  });

  it('is refused for two entries of one file on Android since 8.51.10, on iOS since 8.51.23', () => {
    const twice = [{ fileName: 'a.js' }, { fileName: 'a.js.br' }];
    expect(actions(plan(twice))).toEqual(['manifest_path_fail 1.0.1:a.js.br']);
    expect(plan(twice, { pluginVersion: '8.51.9' }).problems).toEqual([]);
    expect(plan(twice, { platform: 'ios', pluginVersion: '8.51.14' }).problems).toEqual([]);
    expect(plan(twice, { platform: 'ios' }).problems).toHaveLength(1);
  });

  it('never plans a file outside of its bundle, whatever the names', () => {
    const segment = fc.constantFrom('..', '.', '', 'a', 'b.js', 'c.br', '\\', '\0', '...', 'ü');
    const name = fc.array(segment, { maxLength: 6 }).map((segments) => segments.join('/'));
    fc.assert(
      fc.property(fc.array(name), fc.constantFrom('8.51.23', '8.51.14', '7.0.2'), (names, pluginVersion) => {
        const { files } = plan(
          names.map((fileName) => ({ fileName })),
          { pluginVersion },
        );
        for (const { target } of files) {
          expect(target.split('/')).not.toContain('..');
          expect(target).not.toMatch(/^\/|\\|\0/);
          expect(target).not.toBe('');
        }
      }),
    );
  });
});
