import { chmod, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { getuid } from 'node:process';

import { describe, expect, it } from 'vitest';

import { findingCodes } from '#contract/models/finding.ts';
import { describeFinding } from '#contract/texts/finding-texts.ts';
import { openBuild } from '#core/bundles/build-files.ts';
import { skipLoudly } from '#test/helpers/programs.ts';
import { soundBuild, temporaryFolder, type Tree, writeTree } from '#test/helpers/trees.ts';
import { buildZip, type ZipPart } from '#test/helpers/zip-builder.ts';

import { inspectBuild, inspectOpenBuild } from './inspect-build.ts';

const seenCodes = new Set<string>();

/** `CODE path` of each finding; every one of them must have its sentences filled in. */
async function check(path: string): Promise<string[]> {
  const inspection = await inspectBuild(path);
  expect(inspection.isPublishable).toBe(inspection.findings.every((finding) => finding.severity !== 'error'));
  return inspection.findings.map((finding) => {
    seenCodes.add(finding.code);
    const { message, fix } = describeFinding(finding);
    expect(`${message} ${fix}`).not.toMatch(/\?(?!\w)|[{}]/);
    return finding.path === undefined ? finding.code : `${finding.code} ${finding.path}`;
  });
}

async function checkTree(tree: Tree): Promise<string[]> {
  await using temp = await temporaryFolder();
  return await check(await writeTree(temp.at('build'), tree));
}

async function checkZip(parts: readonly ZipPart[]): Promise<string[]> {
  await using temp = await temporaryFolder();
  await writeFile(temp.at('given.zip'), buildZip(parts));
  return await check(temp.at('given.zip'));
}

const soundParts: readonly ZipPart[] = Object.entries(soundBuild)
  .toSorted(([left], [right]) => (left < right ? -1 : 1))
  .map(([name, content]) => ({ name, content }));

const megabyte = 1024 * 1024;
const privateKey = '-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\n';

describe('the check of a folder', () => {
  it('has nothing to say about a sound build, and tells its size, largest files and root', async () => {
    await using temp = await temporaryFolder();
    const folder = await writeTree(temp.at('build'), { ...soundBuild, 'big.txt': 'x'.repeat(5000), '.DS_Store': '' });
    const inspection = await inspectBuild(folder);
    expect(inspection.isPublishable).toBe(true);
    expect(inspection.findings.map((finding) => finding.code)).toEqual(['JUNK_LEFT_OUT']);
    expect(inspection.summary).toEqual({
      files: 3,
      bytes: 5000 + Object.values(soundBuild).reduce((sum, content) => sum + content.length, 0),
      root: '.',
      leftOut: 1,
      source: 'folder',
    });
    expect(inspection.largest[0]).toEqual({ path: 'big.txt', bytes: 5000 });
    expect(inspection.project).toBeNull();
  });

  it.each<[string, Tree, string[]]>([
    ['nothing at all', {}, ['BUILD_EMPTY']],
    ['nothing but junk', { '.DS_Store': '' }, ['BUILD_EMPTY', 'JUNK_LEFT_OUT']],
    ['no index.html', { 'app.js': 'u.notifyAppReady()' }, ['INDEX_HTML_MISSING']],
    [
      'an index.html that is not where it should be',
      { 'app.js': 'u.notifyAppReady()', 'a/b/index.html': '', 'c/index.html': '' },
      ['INDEX_HTML_MISSING c/index.html'],
    ],
    ['an index.html by another case', { 'Index.html': '<script>u.notifyAppReady()</script>' }, ['INDEX_HTML_MISSING']],
    [
      'one folder around the build',
      { 'www/index.html': '<script>u.notifyAppReady()</script>' },
      ['INDEX_HTML_NESTED www/index.html'],
    ],
    [
      'no call of notifyAppReady',
      { 'index.html': '<p>notifyAppReady()', 'a.txt': 'u.notifyAppReady()' },
      ['NOTIFY_APP_READY_MISSING'],
    ],
    [
      'only the plugin’s own definition',
      { 'index.html': '', 'web.js': 'class W{async notifyAppReady(){return{}}}' },
      ['NOTIFY_APP_READY_MISSING'],
    ],
    ['the call in an .mjs', { 'index.html': '', 'deep/x.mjs': 'u.notifyAppReady()' }, []],
    ['the call in a .cjs', { 'index.html': '', 'x.cjs': 'u.notifyAppReady()' }, []],
    ['the call in another page', { 'index.html': '', 'start.html': '<script>u.notifyAppReady()</script>' }, []],
    [
      'the call far inside a large minified script',
      { 'index.html': '', 'x.js': `${'a();'.repeat(1_500_000)}u.notifyAppReady()` },
      [],
    ],
    [
      'a script that is not there',
      { ...soundBuild, 'index.html': '<script src="gone.js"></script>' },
      ['REFERENCED_FILE_MISSING index.html'],
    ],
    [
      'a script above the root',
      { ...soundBuild, 'index.html': '<script src="/my-app/app.js"></script>' },
      ['REFERENCED_FILE_ABOVE_ROOT index.html'],
    ],
    [
      'a script by another case',
      { ...soundBuild, 'index.html': '<script src="App.js"></script>' },
      ['REFERENCED_FILE_CASE index.html'],
    ],
    [
      'an icon that is not there',
      { ...soundBuild, 'index.html': '<link rel="icon" href="/favicon.ico">' },
      ['REFERENCED_ASSET_MISSING index.html'],
    ],
    [
      'a script in a folder that counts as junk',
      { ...soundBuild, 'index.html': '<script src="node_modules/x.js"></script>', 'node_modules/x.js': '' },
      ['REFERENCED_FILE_MISSING index.html', 'JUNK_LEFT_OUT'],
    ],
    [
      'the sources of a project',
      { ...soundBuild, 'package.json': '{"private":true,"scripts":{"build":"vite build"}}' },
      ['PROJECT_SOURCES package.json'],
    ],
    ['a package that is its own build', { ...soundBuild, 'package.json': '{"name":"x","scripts":{"test":"x"}}' }, []],
    ['a package.json that is none', { ...soundBuild, 'package.json': '{' }, []],
    [
      'source maps',
      { ...soundBuild, 'app.js.map': 'x'.repeat(200_000), 'app.css.map': '{}', 'level1.map': '' },
      ['SOURCE_MAP_INCLUDED app.css.map'],
    ],
    [
      'more than 20 MiB',
      {
        ...soundBuild,
        'a.bin': Buffer.alloc(8 * megabyte),
        'b.bin': Buffer.alloc(8 * megabyte),
        'c.bin': Buffer.alloc(5 * megabyte),
      },
      ['BUILD_LARGE'],
    ],
    ['one large file', { ...soundBuild, 'a.bin': Buffer.alloc(11 * megabyte) }, ['FILE_LARGE a.bin']],
  ])('tells about %s', async (_, tree, expected) => {
    expect(await checkTree(tree)).toEqual(expected);
  });

  it('tells about very many files', async () => {
    // In a zip: as many files take a busy disk a minute.
    const many = Array.from({ length: 10_001 }, (_, index) => ({ name: `many/${10_000 + index}` }));
    expect(await checkZip([...soundParts, ...many])).toEqual(['TOO_MANY_FILES']);
  });

  it.each<[string, string]>([
    ['.env', 'KEY=1'],
    ['assets/.env.production', 'KEY=1'],
    ['id_rsa', privateKey],
    ['.capgo_key_v2', privateKey],
    ['android/release.jks', 'x'],
    ['upload.keystore', 'x'],
    ['cert.p12', 'x'],
    ['server.pem', privateKey],
    ['server.key', '-----BEGIN PRIVATE KEY-----'],
    ['AuthKey_1.p8', '-----BEGIN PRIVATE KEY-----'],
    ['.npmrc', '//registry.npmjs.org/:_authToken=x'],
    ['app-firebase-adminsdk.json', '{"private_key": "-----BEGIN PRIVATE KEY-----"}'],
  ])('takes %s for a secret', async (path, content) => {
    expect(await checkTree({ ...soundBuild, [path]: content })).toEqual([`SECRET_INCLUDED ${path}`]);
  });

  it.each<[string, string]>([
    ['.env.example', 'KEY='],
    ['environment.js', 'KEY=1'],
    ['id_rsa.pub', 'ssh-rsa AAAA'],
    ['.capgo_key_v2.pub', '-----BEGIN RSA PUBLIC KEY-----'],
    ['ca.pem', '-----BEGIN CERTIFICATE-----'],
    ['talk.key', 'PK\u0003\u0004'],
    ['credentials-form.json', '{"title":"Credentials"}'],
  ])('takes %s for no secret', async (path, content) => {
    expect(await checkTree({ ...soundBuild, [path]: content })).toEqual([]);
  });

  it('tells about a Capacitor config beside the build', async () => {
    await using temp = await temporaryFolder();
    await writeTree(temp.path, {
      'capacitor.config.json': JSON.stringify({
        appId: 'com.example.app',
        appName: 'Example',
        webDir: 'www',
        server: { url: 'http://192.168.1.5:5173' },
        plugins: { CapacitorUpdater: { version: '2.0.0' } },
      }),
      'package.json': JSON.stringify({ version: '1.2.3', dependencies: { '@capgo/capacitor-updater': '10.0.0' } }),
    });
    await writeTree(temp.at('www'), soundBuild);
    expect(await check(temp.at('www'))).toEqual([
      'SERVER_URL_SET capacitor.config.json',
      'PLUGIN_VERSION_STRAY package.json',
    ]);
    const { project } = await inspectBuild(temp.path);
    expect(project).toMatchObject({
      appId: 'com.example.app',
      name: 'Example',
      webDir: 'www',
      packageVersion: '1.2.3',
      nativeVersion: '2.0.0',
      pluginVersion: '10.0.0',
    });
  });

  it('tells about names and links', async () => {
    await using temp = await temporaryFolder();
    const folder = await writeTree(temp.at('build'), {
      ...soundBuild,
      'back\\slash.js': '',
      'bell\u0007.js': '',
      'App.js': '',
      [`${'x'.repeat(200)}/${'y'.repeat(200)}/${'z'.repeat(200)}/${'w'.repeat(250)}.txt`]: '',
      'nul.txt': '',
      'e\u0301.txt': '',
      'x.br': '',
    });
    await symlink('/etc/hostname', join(folder, 'escape'));
    await symlink('gone', join(folder, 'broken'));
    await symlink('loop', join(folder, 'loop'));
    await symlink('app.js', join(folder, 'link.js'));
    expect((await check(folder)).map((finding) => finding.split(' ')[0])).toEqual([
      'NAME_BACKSLASH',
      'NAME_CONTROL_CHARACTER',
      'NAME_CASE_CLASH',
      'NAME_TOO_LONG',
      'SYMLINK_ESCAPES',
      'SYMLINK_BROKEN',
      'SYMLINK_LOOP',
      'NAME_RESERVED',
      'NAME_NOT_NORMALIZED',
      'NAME_ENDS_IN_BR',
      'SYMLINK_FOLLOWED',
    ]);
  });

  it('tells about files that the system does not open', async () => {
    await using temp = await temporaryFolder();
    const folder = await writeTree(temp.at('build'), { ...soundBuild, 'other.js': '' });
    await using build = await openBuild(folder);
    const absolutePath = `${folder}/${'long'.repeat(2000)}`;
    const files = build.files.map((file) =>
      file.path.endsWith('.js') && file.source.kind === 'file'
        ? { ...file, source: { ...file.source, absolutePath } }
        : file,
    );
    const { findings } = await inspectOpenBuild({ ...build, files });
    expect(findings.map(({ code, path }) => `${code} ${path}`)).toEqual([
      'NOTIFY_APP_READY_MISSING undefined',
      'FILE_UNREADABLE app.js',
      'FILE_UNREADABLE other.js',
    ]);
    findings.forEach((finding) => seenCodes.add(finding.code));
  });

  it('does not judge a build that is being written', async () => {
    await using temp = await temporaryFolder();
    const folder = await writeTree(temp.at('build'), soundBuild);
    await using build = await openBuild(folder);
    await utimes(join(folder, 'index.html'), 1, 1);
    await expect(inspectOpenBuild(build)).rejects.toMatchObject({ code: 'SOURCE_CHANGED' });
    await using emptied = await openBuild(folder);
    await rm(join(folder, 'app.js'));
    await expect(inspectOpenBuild(emptied)).rejects.toMatchObject({ code: 'SOURCE_CHANGED' });
  });

  it('tells about files it may not read', async (context) => {
    if (process.platform === 'win32') skipLoudly(context, 'Windows has no permission bits for this');
    if (getuid?.() === 0) skipLoudly(context, 'root may read everything');
    await using temp = await temporaryFolder();
    const folder = await writeTree(temp.at('build'), { ...soundBuild, 'locked.js': '' });
    await chmod(join(folder, 'locked.js'), 0);
    expect(await check(folder)).toEqual(['FILE_UNREADABLE locked.js']);
  });

  it('tells progress and stops when it is told to', async () => {
    await using temp = await temporaryFolder();
    const folder = await writeTree(temp.at('build'), soundBuild);
    const told: number[] = [];
    await inspectBuild(folder, { report: ({ done, total }) => void told.push(done / total) });
    expect(told.at(-1)).toBe(1);
    await expect(inspectBuild(folder, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});

describe('the check of a zip', () => {
  it('has nothing to say about one that Slipway made', async () => {
    expect(await checkZip(soundParts)).toEqual([]);
  });

  it('says the same of what is in it as of a folder', async () => {
    expect(
      await checkZip([
        { name: 'index.html', content: '<script src="x.js"></script>' },
        { name: '.env', content: 'A=1' },
      ]),
    ).toEqual([
      'NOTIFY_APP_READY_MISSING',
      'REFERENCED_FILE_MISSING index.html',
      'SECRET_INCLUDED .env',
      'ZIP_REPACKED',
    ]);
  });

  const good = Buffer.from('hello hello hello hello');
  it.each<[string, ZipPart, string]>([
    ['whose CRC is wrong', { name: 'x.txt', content: good, crc: 1 }, 'ZIP_ENTRY_DAMAGED x.txt'],
    ['whose CRC is wrong, stored', { name: 'x.txt', content: good, method: 0, crc: 1 }, 'ZIP_ENTRY_DAMAGED x.txt'],
    [
      'that is no deflate',
      { name: 'x.txt', content: good, packed: Buffer.from('nonsense') },
      'ZIP_ENTRY_DAMAGED x.txt',
    ],
    ['that unpacks to more than it claims', { name: 'x.txt', content: good, sizeBytes: 3 }, 'ZIP_ENTRY_DAMAGED x.txt'],
    [
      'that unpacks to less than it claims',
      { name: 'x.txt', content: good, sizeBytes: 3000 },
      'ZIP_ENTRY_DAMAGED x.txt',
    ],
    ['that claims to be empty', { name: 'x.txt', content: good, sizeBytes: 0 }, 'ZIP_ENTRY_DAMAGED x.txt'],
    [
      'that is large and unpacks to more than it claims',
      { name: 'x.bin', content: Buffer.alloc(9 * megabyte, 'ab c'), sizeBytes: 5 * megabyte },
      'ZIP_ENTRY_DAMAGED x.bin',
    ],
    ['with a password', { name: 'x.txt', content: good, flags: 0x801 }, 'ZIP_ENTRY_ENCRYPTED x.txt'],
    ['of an unknown method', { name: 'x.txt', content: good, method: 93 }, 'ZIP_METHOD_UNSUPPORTED x.txt'],
    ['that is a link', { name: 'x.txt', content: good, mode: 0o120777 }, 'ZIP_SYMLINK x.txt'],
    ['that is a bomb', { name: 'x.txt', content: Buffer.alloc(40 * megabyte) }, 'ZIP_BOMB x.txt'],
    ['whose name climbs out', { name: '../x.txt', content: good }, 'NAME_ESCAPES_ROOT ../x.txt'],
    ['whose name is absolute', { name: '/x.txt', content: good }, 'NAME_ABSOLUTE /x.txt'],
    ['whose name is no UTF-8', { name: Buffer.from([0xff]), content: good }, 'NAME_NOT_UTF8 \ufffd'],
    ['that is there twice', { name: 'app.js', content: good }, 'NAME_DUPLICATE app.js'],
    ['that is the folder of another', { name: 'app.js/x', content: good }, 'NAME_FILE_AND_FOLDER app.js'],
  ])('refuses an entry %s', async (_, part, expected) => {
    const findings = await checkZip([...soundParts, part]);
    expect(findings).toContain(expected);
    expect(findings.filter((finding) => finding !== expected && finding !== 'ZIP_REPACKED')).toEqual([]);
  });

  it('refuses an entry whose local header is not there', async () => {
    expect(await checkZip([...soundParts, { name: 'x.txt', content: good, offset: 3 }])).toContain(
      'ZIP_ENTRY_DAMAGED x.txt',
    );
  });

  it('stops when it is told to', async () => {
    await using temp = await temporaryFolder();
    await writeFile(temp.at('given.zip'), buildZip(soundParts));
    await using build = await openBuild(temp.at('given.zip'));
    await expect(inspectOpenBuild(build, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});

describe('the list of findings', () => {
  it.runIf(process.platform !== 'win32')('leaves pipes out with a word', async () => {
    const { execFileSync } = await import('node:child_process');
    await using temp = await temporaryFolder();
    const folder = await writeTree(temp.at('build'), soundBuild);
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    expect(await check(folder)).toEqual(['NOT_A_REGULAR_FILE pipe']);
  });

  it('holds no code that the check never gives', () => {
    expect(findingCodes.filter((code) => !seenCodes.has(code))).toEqual([]);
  });
});
