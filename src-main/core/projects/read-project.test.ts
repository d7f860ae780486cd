import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { isStrayPluginVersion } from './plugin-version.ts';
import { findCapacitorProject, findProjectDir, readCapacitorProject } from './read-project.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'slipway-project-'));
});
afterEach(async () => {
  await rm(dir, { recursive: true, force: true });
});

async function put(path: string, content: unknown): Promise<void> {
  const target = join(dir, path);
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, typeof content === 'string' ? content : JSON.stringify(content, null, 2));
}

describe('readCapacitorProject', () => {
  it('reads a JSON config with a byte order mark, the package and the installed plugin', async () => {
    const config = {
      appId: 'com.example.app',
      appName: 'Example',
      webDir: 'www',
      server: { url: 'http://192.168.1.3:5173', cleartext: true },
      plugins: { CapacitorUpdater: { version: '2.1.0', publicKey: '-----BEGIN RSA PUBLIC KEY-----\nA\n' } },
    };
    await put('capacitor.config.json', `\uFEFF${JSON.stringify(config)}`);
    await put('package.json', { version: '3.2.1', dependencies: { '@capgo/capacitor-updater': '^8.51.0' } });
    await put('node_modules/@capgo/capacitor-updater/package.json', { version: '8.51.23' });
    expect(await readCapacitorProject(dir)).toMatchObject({
      dir,
      configPath: join(dir, 'capacitor.config.json'),
      appId: 'com.example.app',
      name: 'Example',
      webDir: 'www',
      packageVersion: '3.2.1',
      nativeVersion: '2.1.0',
      pluginVersion: '8.51.23',
      isPluginStray: false,
      serverUrl: 'http://192.168.1.3:5173',
      publicKey: '-----BEGIN RSA PUBLIC KEY-----\nA\n',
      updater: { updateUrl: { state: 'missing' } },
      isComputed: false,
    });
  });

  it.each([
    [
      'capacitor.config.ts',
      `import type { CapacitorConfig } from '@capacitor/cli';
const config: CapacitorConfig = { appId: 'a.b', appName: \`App\`, 'webDir': "dist" };
export default config;`,
    ],
    [
      'capacitor.config.ts',
      `export default { appId: 'a.b', appName: 'App', webDir: 'dist' } satisfies CapacitorConfig;`,
    ],
    ['capacitor.config.ts', `const c = { appId: 'a.b', appName: 'App', webDir: 'dist' } as const;\nexport = c;`],
    ['capacitor.config.ts', `export default defineConfig({ appId: 'a.b', appName: 'App', webDir: 'dist' });`],
    ['capacitor.config.js', `const id = 'a.b';\nmodule.exports = { appId: id, appName: 'App', webDir: 'dist' };`],
    [
      'capacitor.config.mjs',
      `export const config = { appId: 'a.b', appName: 'App', webDir: 'dist' };\nexport default config;`,
    ],
  ])('reads %s without running it: %#', async (name, text) => {
    await put(name, text);
    expect(await readCapacitorProject(dir)).toMatchObject({
      appId: 'a.b',
      name: 'App',
      webDir: 'dist',
      isComputed: false,
    });
  });

  it('never runs a config', async () => {
    const proof = join(dir, 'ran');
    await put(
      'capacitor.config.js',
      `require('fs').writeFileSync(${JSON.stringify(proof)}, '');\nmodule.exports = { appId: (() => { throw 1 })() };`,
    );
    const project = await readCapacitorProject(dir);
    expect(project).toMatchObject({ appId: null, isComputed: true });
    await expect(readCapacitorProject(proof)).rejects.toMatchObject({ code: 'PROJECT_NOT_FOUND' });
  });

  it('knows which parts are computed and keeps the others', async () => {
    await put(
      'capacitor.config.ts',
      `const config = { appId: 'a.b', appName: process.env.NAME ?? 'x', webDir: 'dist' };
if (process.env.LIVE) config.server = { url: 'http://x' };
export default config;`,
    );
    const project = await readCapacitorProject(dir);
    expect(project).toMatchObject({ appId: 'a.b', name: null, webDir: 'dist', serverUrl: null, isComputed: true });
    expect(project.server.url).toEqual({ state: 'computed' });
  });

  it('takes nothing before a spread for certain', async () => {
    await put('capacitor.config.ts', `export default { appId: 'a.b', ...base, webDir: 'dist' };`);
    expect(await readCapacitorProject(dir)).toMatchObject({ appId: null, webDir: 'dist', isComputed: true });
  });

  it('takes a config that a function makes, a variable that leads to itself or nothing at all for computed', async () => {
    for (const text of [
      'export default () => ({})',
      'const a = b; const b = a; export default a',
      'const x = 1;',
      '',
    ]) {
      await put('capacitor.config.ts', text);
      expect(await readCapacitorProject(dir)).toMatchObject({ appId: null, isComputed: true });
    }
  });

  it('prefers the TypeScript config, as Capacitor does, and names those that it does not read', async () => {
    await put('capacitor.config.json', { appId: 'json.config' });
    await put('capacitor.config.ts', `export default { appId: 'ts.config' };`);
    const project = await readCapacitorProject(dir);
    expect(project.appId).toBe('ts.config');
    expect(project.shadowedConfigs).toEqual([join(dir, 'capacitor.config.json')]);
  });

  it('uses the id that devices send when the plugin has its own', async () => {
    await put('capacitor.config.json', { appId: 'a.b', plugins: { CapacitorUpdater: { appId: 'c.d' } } });
    expect((await readCapacitorProject(dir)).appId).toBe('c.d');
  });

  it('finds a plugin that a workspace hoisted', async () => {
    await put('node_modules/@capgo/capacitor-updater/package.json', { version: '10.0.0' });
    await put('apps/one/capacitor.config.json', { appId: 'a.b' });
    expect(await readCapacitorProject(join(dir, 'apps/one'))).toMatchObject({
      pluginVersion: '10.0.0',
      isPluginStray: true,
    });
  });

  it('survives a hostile package.json', async () => {
    await put('capacitor.config.json', { appId: 'a.b' });
    for (const text of ['{', '[]', '{"version":{"x":1},"dependencies":"no"}', '{"dependencies":{"__proto__":1}}']) {
      await put('package.json', text);
      expect(await readCapacitorProject(dir)).toMatchObject({ packageVersion: null, pluginVersion: null });
    }
  });

  it.each([
    ['capacitor.config.json', '{ "appId": ', /not valid JSON/],
    ['capacitor.config.json', '[1]', /not a JSON object/],
    ['capacitor.config.json', '// c\n{}', /not valid JSON/],
    ['capacitor.config.ts', 'export default {{', /line 1 is not valid/],
    ['capacitor.config.ts', `export default ${'['.repeat(60_000)}`, /.+/],
    ['capacitor.config.ts', ' '.repeat(600 * 1024), /larger than 512 KiB/],
  ])('refuses a broken %s with a reason: %#', async (name, text, reason) => {
    await put(name, text);
    await expect(readCapacitorProject(dir)).rejects.toMatchObject({
      code: 'PROJECT_CONFIG_UNREADABLE',
      params: { path: join(dir, name), reason: expect.stringMatching(reason) as string },
    });
  });

  it('says nothing of the content of a file it could not read', async () => {
    await writeFile(join(dir, 'secret'), 'hunter2 hunter2');
    await symlink(join(dir, 'secret'), join(dir, 'capacitor.config.json'));
    const failure: unknown = await readCapacitorProject(dir).catch((error: unknown) => error);
    expect(JSON.stringify((failure as { params: unknown }).params)).not.toContain('hunter');
  });

  it.skipIf(process.platform === 'win32')('does not wait for a pipe in place of a config', async () => {
    await promisify(execFile)('mkfifo', [join(dir, 'capacitor.config.ts')]);
    await expect(readCapacitorProject(dir)).rejects.toMatchObject({ params: { reason: 'it is not a file' } });
  });

  it('refuses text that is not UTF-8', async () => {
    await writeFile(join(dir, 'capacitor.config.json'), Buffer.from([0xff, 0xfe, 0x7b, 0x00]));
    await expect(readCapacitorProject(dir)).rejects.toMatchObject({ params: { reason: 'it is not UTF-8 text' } });
  });
});

describe('findCapacitorProject', () => {
  it('finds the project above a build folder and from a file in it', async () => {
    await put('capacitor.config.json', { appId: 'a.b' });
    await put('dist/app/browser/index.html', '');
    expect(await findProjectDir(join(dir, 'dist/app/browser'))).toBe(dir);
    expect((await findCapacitorProject(join(dir, 'dist/app/browser/index.html')))?.dir).toBe(dir);
  });

  it('takes a config that cannot be read for none', async () => {
    await put('capacitor.config.json', '{');
    await put('www/index.html', '');
    expect(await findCapacitorProject(join(dir, 'www'))).toBeNull();
  });

  it('gives null where there is none, and stops when asked to', async () => {
    expect(await findCapacitorProject(join(dir, 'a/b/c'))).toBeNull();
    await expect(findCapacitorProject(dir, AbortSignal.abort())).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});

describe('isStrayPluginVersion', () => {
  it.each([
    ['10.0.0', true],
    ['^10.0.0', true],
    ['latest', true],
    ['*', true],
    ['>=8', true],
    ['^8.51.0', false],
    ['8.51.23', false],
    ['~7.51.21', false],
    ['next', false],
    ['workspace:*', false],
    ['file:../x', false],
    [null, false],
  ])('%s: %s', (version, expected) => {
    expect(isStrayPluginVersion(version)).toBe(expected);
  });
});
