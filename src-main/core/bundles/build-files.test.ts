import { execFileSync } from 'node:child_process';
import { chmod, link, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { getuid } from 'node:process';

import { describe, expect, it } from 'vitest';

import { skipLoudly } from '#test/helpers/programs.ts';
import { soundBuild, temporaryFolder, type Tree, writeTree } from '#test/helpers/trees.ts';
import { buildZip, type ZipPart } from '#test/helpers/zip-builder.ts';

import { openBuild } from './build-files.ts';

const indexPart: ZipPart = { name: 'index.html', content: '<!doctype html>' };

/** What opening a folder or zip shows, as plain values. */
async function look(path: string) {
  await using build = await openBuild(path);
  return {
    root: build.root,
    paths: build.files.map((file) => file.path),
    findings: build.findings.map(({ code, path: about }) => (about === undefined ? code : `${code} ${about}`)),
    leftOut: build.leftOut,
    rawBytes: build.rawBytes,
    details: build.findings,
    inSource: build.pathInSource('index.html'),
  };
}

describe('opening a folder', () => {
  it('lists its files in the order of the bytes of their names, with `/`', async () => {
    await using temp = await temporaryFolder();
    const tree: Tree = {
      'index.html': '12345',
      'a/b.txt': '',
      'a-b.txt': '',
      'Z.txt': '',
      '\uff01.txt': '',
      '😀.txt': '',
    };
    const seen = await look(await writeTree(temp.at('build'), tree));
    expect(seen.paths).toEqual(['Z.txt', 'a-b.txt', 'a/b.txt', 'index.html', '\uff01.txt', '😀.txt']);
    expect(seen).toMatchObject({ root: '.', findings: [], rawBytes: 5 });
  });

  it('leaves junk out at every depth and counts it by kind', async () => {
    await using temp = await temporaryFolder();
    const seen = await look(
      await writeTree(temp.at('build'), {
        ...soundBuild,
        '.DS_Store': '',
        'a/.DS_Store': '',
        'a/Thumbs.db': '',
        'a/._x.js': '',
        '__MACOSX/index.html': '',
        '.git/HEAD': '',
        'node_modules/x/index.js': '',
        '.well-known/assetlinks.json': '{}',
      }),
    );
    expect(seen.paths).toEqual(['.well-known/assetlinks.json', 'app.js', 'index.html']);
    expect(seen.leftOut).toEqual({
      total: 7,
      kinds: '.DS_Store (2), ._*, .git, Thumbs.db, __MACOSX, node_modules',
    });
  });

  it.each<[string, Tree, string, string[]]>([
    ['one folder', { 'my-app/index.html': '', 'my-app/a.js': '' }, 'my-app', ['a.js', 'index.html']],
    [
      'folders in one another, as Angular makes them',
      { 'my-app/browser/index.html': '' },
      'my-app/browser',
      ['index.html'],
    ],
    [
      'one folder beside junk and hidden files',
      { 'www/index.html': '', '.DS_Store': '', '.nojekyll': '' },
      'www',
      ['index.html'],
    ],
    ['two folders', { 'a/index.html': '', 'b/index.html': '' }, '.', ['a/index.html', 'b/index.html']],
    ['one folder beside a file', { 'a/index.html': '', 'readme.txt': '' }, '.', ['a/index.html', 'readme.txt']],
    ['an index.html at the root', { 'index.html': '', 'a/index.html': '' }, '.', ['a/index.html', 'index.html']],
    ['one folder without index.html', { 'a/x.js': '' }, '.', ['a/x.js']],
  ])('takes the right root for %s', async (_, tree, root, paths) => {
    await using temp = await temporaryFolder();
    const seen = await look(await writeTree(temp.at('build'), tree));
    expect(seen.root).toBe(root);
    expect(seen.paths).toEqual(paths);
    expect(seen.inSource).toBe(root === '.' ? 'index.html' : `${root}/index.html`);
  });

  it('takes the webDir of a Capacitor project, though the project has an index.html of its own', async () => {
    await using temp = await temporaryFolder();
    const project = await writeTree(temp.at('project'), {
      'capacitor.config.json': '{"appId":"com.example.app","webDir":"dist"}',
      'index.html': '<script src="/src/main.ts"></script>',
      'dist/index.html': 'built',
      'dist/a\\b.js': '',
    });
    const seen = await look(project);
    expect(seen).toMatchObject({ root: 'dist', paths: ['index.html'], inSource: 'dist/index.html' });
    expect(seen.findings).toEqual(['NAME_BACKSLASH dist/a\\b.js']);
  });

  it.each([
    ['of a project', {}],
    ['of a project whose sources look like one', { 'index.html': '', 'package.json': '{}', 'main.js': '' }],
  ])('says where the build is missing: %s', async (_, sources) => {
    await using temp = await temporaryFolder();
    const config = { 'capacitor.config.json': '{"appId":"com.example.app","webDir":"dist"}' };
    const project = await writeTree(temp.at('project'), { ...config, ...sources });
    await expect(openBuild(project)).rejects.toMatchObject({
      code: 'SOURCE_NOT_FOUND',
      params: { path: expect.stringContaining('dist') as string },
    });
  });

  it('takes a build that holds a copy of the config for the build', async () => {
    await using temp = await temporaryFolder();
    const build = await writeTree(temp.at('public'), {
      ...soundBuild,
      'capacitor.config.json': '{"appId":"com.example.app","webDir":"www"}',
    });
    expect(await look(build)).toMatchObject({ root: '.', paths: ['app.js', 'capacitor.config.json', 'index.html'] });
  });

  it('is not stopped by a broken config above the build', async () => {
    await using temp = await temporaryFolder();
    await writeTree(temp.path, { 'capacitor.config.json': '{ nonsense', 'www/index.html': '' });
    expect(await look(temp.at('www'))).toMatchObject({ paths: ['index.html'] });
    await expect(openBuild(temp.path)).rejects.toMatchObject({ code: 'PROJECT_CONFIG_UNREADABLE' });
  });

  it('finds every name that some device refuses', async () => {
    await using temp = await temporaryFolder();
    const long = `${'x'.repeat(240)}/`.repeat(4);
    const seen = await look(
      await writeTree(temp.at('build'), {
        ...soundBuild,
        'back\\slash.js': '',
        'new\nline.js': '',
        'README.md': '',
        'Readme.md': '',
        'aux.js': '',
        'what?.js': '',
        'dot.': '',
        'data.json.br': '',
        'cafe\u0301.txt': '',
        [`${long}y.txt`]: '',
      }),
    );
    expect(seen.findings).toEqual([
      'NAME_BACKSLASH back\\slash.js',
      'NAME_CONTROL_CHARACTER new\u240aline.js',
      'NAME_CASE_CLASH Readme.md',
      `NAME_TOO_LONG ${long}y.txt`,
      ...['aux.js', 'dot.', 'what?.js'].map((path) => `NAME_RESERVED ${path}`),
      'NAME_NOT_NORMALIZED cafe\u0301.txt',
      'NAME_ENDS_IN_BR data.json.br',
    ]);
    expect(seen.details.find((finding) => finding.code === 'NAME_CASE_CLASH')?.params).toEqual({ other: 'README.md' });
  });

  it.runIf(process.platform === 'linux')(
    'finds names that are no UTF-8, which Android dies of (Appendix C row 12)',
    async () => {
      await using temp = await temporaryFolder();
      const folder = await writeTree(temp.at('build'), { ...soundBuild, 'kept\ufffd.txt': '' });
      await writeFile(Buffer.concat([Buffer.from(`${folder}/caf`), Buffer.from([0xe9]), Buffer.from('.txt')]), '');
      const seen = await look(folder);
      expect(seen.findings).toEqual(['NAME_NOT_UTF8 caf\ufffd.txt']);
      expect(seen.paths).toContain('kept\ufffd.txt');
    },
  );

  it('names the first twenty of a kind and counts the rest', async () => {
    await using temp = await temporaryFolder();
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`${index}.br`, '']));
    const { details } = await look(await writeTree(temp.at('build'), { ...soundBuild, ...many }));
    expect(details).toHaveLength(20);
    expect(details[0]?.params).toEqual({ count: 50 });
  });

  it('follows links that stay inside and refuses those that do not', async () => {
    await using temp = await temporaryFolder();
    const folder = await writeTree(temp.at('build'), { ...soundBuild, 'real/a.txt': 'a', 'real/deep/b.txt': 'b' });
    await writeTree(temp.at('build-secret'), { 'x.txt': 'x' });
    await symlink('real/a.txt', join(folder, 'file-link.txt'));
    await symlink('real', join(folder, 'folder-link'));
    await symlink('../build-secret/x.txt', join(folder, 'escape.txt'));
    await symlink(temp.at('build-secret'), join(folder, 'escape-folder'));
    await symlink('nowhere', join(folder, 'broken'));
    await symlink('self', join(folder, 'self'));
    await symlink('../..', join(folder, 'real', 'deep', 'up'));
    const seen = await look(folder);
    expect(seen.paths).toEqual([
      'app.js',
      'file-link.txt',
      'folder-link/a.txt',
      'folder-link/deep/b.txt',
      'index.html',
      'real/a.txt',
      'real/deep/b.txt',
    ]);
    expect(seen.findings.toSorted()).toEqual([
      'SYMLINK_BROKEN broken',
      'SYMLINK_ESCAPES escape-folder',
      'SYMLINK_ESCAPES escape.txt',
      'SYMLINK_FOLLOWED file-link.txt',
      'SYMLINK_FOLLOWED folder-link',
      'SYMLINK_LOOP folder-link/deep/up',
      'SYMLINK_LOOP real/deep/up',
      'SYMLINK_LOOP self',
    ]);
    expect(seen.details.find((finding) => finding.path === 'escape.txt')?.params).toEqual({
      target: '../build-secret/x.txt',
    });
  });

  it('takes hard links for the files that they are', async () => {
    await using temp = await temporaryFolder();
    const folder = await writeTree(temp.at('build'), soundBuild);
    await link(join(folder, 'app.js'), join(folder, 'same.js'));
    expect(await look(folder)).toMatchObject({ paths: ['app.js', 'index.html', 'same.js'], findings: [] });
  });

  it('refuses folders that multiply through links to one another', async () => {
    await using temp = await temporaryFolder();
    const folder = await writeTree(temp.at('build'), soundBuild);
    for (let depth = 0; depth < 20; depth += 1) {
      await mkdir(join(folder, `d${depth}`));
      for (const link of ['a', 'b']) await symlink(`../d${depth + 1}`, join(folder, `d${depth}`, link));
    }
    await mkdir(join(folder, 'd20'));
    await expect(openBuild(folder)).rejects.toMatchObject({ code: 'BUILD_TOO_LARGE' });
  });

  it('opens a folder that is itself reached by a link', async () => {
    await using temp = await temporaryFolder();
    await writeTree(temp.at('real'), soundBuild);
    await symlink('real', temp.at('link'));
    expect(await look(temp.at('link'))).toMatchObject({ root: '.', findings: [], paths: ['app.js', 'index.html'] });
  });

  it.runIf(process.platform !== 'win32')('leaves pipes out, without waiting for their writers', async () => {
    await using temp = await temporaryFolder();
    const folder = await writeTree(temp.at('build'), soundBuild);
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    expect(await look(folder)).toMatchObject({
      findings: ['NOT_A_REGULAR_FILE pipe'],
      paths: ['app.js', 'index.html'],
    });
  });

  it('names what it may not read', async (context) => {
    if (process.platform === 'win32') skipLoudly(context, 'Windows has no permission bits for this');
    if (getuid?.() === 0) skipLoudly(context, 'root may read everything');
    await using temp = await temporaryFolder();
    const folder = await writeTree(temp.at('build'), { ...soundBuild, 'locked.txt': '' });
    await mkdir(join(folder, 'shut'));
    await chmod(join(folder, 'locked.txt'), 0);
    await chmod(join(folder, 'shut'), 0);
    expect((await look(folder)).findings).toEqual(['FILE_UNREADABLE locked.txt', 'FILE_UNREADABLE shut']);
    await chmod(join(folder, 'shut'), 0o700);
  });

  it('stops when it is told to', async () => {
    await using temp = await temporaryFolder();
    await writeTree(temp.at('build'), soundBuild);
    await expect(openBuild(temp.at('build'), { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'CANCELLED',
    });
  });
});

describe('what is no build', () => {
  it.each<[string, string, Uint8Array | string]>([
    ['SOURCE_NOT_A_BUILD', 'a text', 'just text, long enough to hold whatever a zip ends with'],
    ['SOURCE_NOT_A_BUILD', 'an empty file', ''],
    ['ZIP_INVALID', 'the first half of a zip', buildZip([indexPart, { name: 'a', content: 'b' }]).subarray(0, 60)],
    ['ZIP_INVALID', 'a zip with bytes behind its end', buildZip([indexPart], { after: Buffer.from('junk') })],
    ['ZIP_INVALID', 'a directory that is not there', buildZip([indexPart], { directoryOffset: 5 })],
    ['ZIP_INVALID', 'a directory beyond the file', buildZip([indexPart], { directoryOffset: 0xfffffff0 })],
    ['ZIP_INVALID', 'a count beyond the directory', buildZip([indexPart], { entries: 9 })],
  ])('is refused as %s: %s', async (code, _, bytes) => {
    await using temp = await temporaryFolder();
    await writeFile(temp.at('given'), bytes);
    await expect(openBuild(temp.at('given'))).rejects.toMatchObject({ code });
  });

  it('is refused when there is nothing', async () => {
    await using temp = await temporaryFolder();
    await expect(openBuild(temp.at('nothing'))).rejects.toMatchObject({ code: 'SOURCE_NOT_FOUND' });
    await writeFile(temp.at('file'), '');
    await expect(openBuild(temp.at('file/below'))).rejects.toMatchObject({ code: 'SOURCE_NOT_FOUND' });
  });
});

describe('opening a zip by the rules of the clients (protocol/clients.md §5)', () => {
  async function lookAtZip(parts: readonly ZipPart[], options?: Parameters<typeof buildZip>[1]) {
    await using temp = await temporaryFolder();
    await writeFile(temp.at('given.zip'), buildZip(parts, options));
    return await look(temp.at('given.zip'));
  }

  it('lists a zip that Slipway could have made without a word', async () => {
    const seen = await lookAtZip([{ name: 'app.js', content: 'x' }, indexPart]);
    expect(seen).toMatchObject({ root: '.', paths: ['app.js', 'index.html'], findings: [] });
  });

  it('says what packing again changes', async () => {
    const seen = await lookAtZip([
      indexPart,
      { name: 'assets/' },
      { name: 'assets/./a.txt', content: 'a', dataDescriptor: true, extra: Buffer.from([0x55, 0x54, 1, 0, 0]) },
      { name: '__MACOSX/._index.html', content: 'x' },
      { name: 'b/../b.txt', content: 'b' },
    ]);
    expect(seen.paths).toEqual(['assets/a.txt', 'b.txt', 'index.html']);
    expect(seen.details).toEqual([
      {
        code: 'ZIP_REPACKED',
        severity: 'info',
        params: { changes: 'data descriptors, extra fields, folder entries, junk, names, order' },
      },
    ]);
  });

  it('takes a single nested folder for the root', async () => {
    const seen = await lookAtZip([
      { name: 'my-app/index.html', content: 'x' },
      { name: '__MACOSX/x', content: 'y' },
    ]);
    expect(seen).toMatchObject({ root: 'my-app', paths: ['index.html'] });
  });

  it.each<[string, ZipPart[], string[]]>([
    ['climbs out of the folder', [{ name: '../../etc/passwd', content: 'x' }], ['NAME_ESCAPES_ROOT ../../etc/passwd']],
    ['climbs out halfway', [{ name: 'a/../../x', content: 'x' }], ['NAME_ESCAPES_ROOT a/../../x']],
    ['is absolute', [{ name: '/etc/passwd', content: 'x' }], ['NAME_ABSOLUTE /etc/passwd']],
    ['starts with a drive', [{ name: 'C:/x.txt', content: 'x' }], ['NAME_ABSOLUTE C:/x.txt']],
    ['starts with a drive and a backslash', [{ name: 'C:\\x.txt', content: 'x' }], ['NAME_BACKSLASH C:\\x.txt']],
    [
      'holds a backslash (windows_path_fail)',
      [{ name: 'assets\\x.js', content: 'x' }],
      ['NAME_BACKSLASH assets\\x.js'],
    ],
    ['holds a NUL (canonical_path_fail)', [{ name: 'a\0.js', content: 'x' }], ['NAME_CONTROL_CHARACTER a\u2400.js']],
    ['is no UTF-8 (Appendix C row 12)', [{ name: Buffer.from([0x61, 0xe9]), content: 'x' }], ['NAME_NOT_UTF8 a\ufffd']],
    [
      'is there twice',
      [
        { name: 'a', content: '1' },
        { name: 'a', content: '2' },
      ],
      ['NAME_DUPLICATE a'],
    ],
    [
      'is there twice in other words',
      [
        { name: 'a', content: '1' },
        { name: './a', content: '2' },
      ],
      ['NAME_DUPLICATE a'],
    ],
    [
      'differs by case',
      [
        { name: 'a', content: '1' },
        { name: 'A', content: '2' },
      ],
      ['NAME_CASE_CLASH a'],
    ],
    [
      'differs by the form of accents',
      [
        { name: 'é', content: '1' },
        { name: 'e\u0301', content: '2' },
      ],
      ['NAME_CASE_CLASH é', 'NAME_NOT_NORMALIZED e\u0301'],
    ],
    [
      'is a file and a folder',
      [
        { name: 'a', content: '1' },
        { name: 'a/b', content: '2' },
      ],
      ['NAME_FILE_AND_FOLDER a'],
    ],
    ['is a link', [{ name: 'a', content: '/etc/passwd', mode: 0o120777 }], ['ZIP_SYMLINK a']],
    ['has a password', [{ name: 'a', content: '1', flags: 0x801 }], ['ZIP_ENTRY_ENCRYPTED a']],
    [
      'is packed by a method that clients lack',
      [{ name: 'a', content: '1', method: 12 }],
      ['ZIP_METHOD_UNSUPPORTED a'],
    ],
    ['is stored with two sizes', [{ name: 'a', content: '1', method: 0, sizeBytes: 2 }], ['ZIP_ENTRY_DAMAGED a']],
    ['lies outside of the file', [{ name: 'a', content: '1', offset: 0x7fffffff }], ['ZIP_ENTRY_DAMAGED a']],
    ['claims a giant out of a few bytes', [{ name: 'a', content: '1', sizeBytes: 0xf0000000 }], ['ZIP_BOMB a']],
  ])('refuses an entry that %s', async (_, parts, findings) => {
    const seen = await lookAtZip([indexPart, ...parts]);
    expect(seen.findings.filter((finding) => finding !== 'ZIP_REPACKED')).toEqual(findings);
    expect(seen.details.some((finding) => finding.severity === 'error')).toBe(true);
    expect(seen.paths).toContain('index.html');
  });

  it('refuses entries that share their bytes, a bomb that no single ratio shows', async () => {
    const parts = Array.from({ length: 50 }, (_, index) => ({ name: `f${index}`, content: 'shared', offset: 0 }));
    const seen = await lookAtZip(parts);
    expect(seen.findings).toContain('ZIP_BOMB');
  });

  it('refuses a zip that unpacks to more than 4 GiB in all', async () => {
    const packed = Buffer.alloc(30 * 1024 * 1024);
    const parts = Array.from({ length: 3 }, (_, index) => ({
      name: `f${index}`,
      method: 8,
      packed,
      sizeBytes: 1.6 * 1024 ** 3,
    }));
    const seen = await lookAtZip(parts);
    expect(seen).toMatchObject({ paths: [] });
    expect(seen.findings).toContain('ZIP_BOMB');
  });

  it('lists a zip without entries', async () => {
    expect(await lookAtZip([])).toMatchObject({ paths: [], findings: [] });
  });
});
