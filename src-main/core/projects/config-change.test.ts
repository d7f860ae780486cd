import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { applyPatch } from 'diff';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { configFragment, literal } from '#core/connect/config-fragment.ts';
import { endpointAt } from '#core/connect/endpoints.ts';

import { applyConfigChange, previewConfigChange } from './config-change.ts';
import { setConfigValues } from './config-edit.ts';
import { parseConfig } from './config-source.ts';
import { settingAt } from './project.ts';

const endpoint = endpointAt('TOKEN', 'en0', '192.168.1.20', 8787);
const fragment = configFragment({ endpoint });

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'slipway-config-'));
});
afterEach(async () => {
  await chmod(dir, 0o700);
  await rm(dir, { recursive: true, force: true });
});

async function preview(name: string, text: string, appId = 'a.b') {
  await writeFile(join(dir, name), text);
  return await previewConfigChange({ dir, appId, fragment });
}

describe('previewConfigChange', () => {
  it('adds to a usual TypeScript config without touching another byte', async () => {
    const before = `import type { CapacitorConfig } from '@capacitor/cli';

// The shop's config
const config: CapacitorConfig = {
  appId: 'a.b', // do not change
  appName: 'Shop',
  webDir: 'dist',
  plugins: {
    SplashScreen: { launchShowDuration: 0 },
  },
};

export default config;
`;
    const { newText, diff, path } = await preview('capacitor.config.ts', before);
    expect(newText).toBe(
      before.replace(
        '    SplashScreen: { launchShowDuration: 0 },\n',
        `    SplashScreen: { launchShowDuration: 0 },
    CapacitorUpdater: {
      updateUrl: 'http://192.168.1.20:8787/TOKEN/updates',
      statsUrl: 'http://192.168.1.20:8787/TOKEN/stats',
      channelUrl: 'http://192.168.1.20:8787/TOKEN/channel_self',
      autoUpdate: true,
    },
`,
      ),
    );
    expect(path).toBe(join(dir, 'capacitor.config.ts'));
    expect(applyPatch(before, diff)).toBe(newText);
  });

  it('keeps CRLF, tabs and the lack of a trailing comma in JSON', async () => {
    const before = '{\r\n\t"appId": "a.b",\r\n\t"webDir": "www"\r\n}\r\n';
    const { newText } = await preview('capacitor.config.json', before);
    expect(newText).toBe(
      '{\r\n\t"appId": "a.b",\r\n\t"webDir": "www",\r\n\t"plugins": {\r\n\t\t"CapacitorUpdater": {\r\n' +
        '\t\t\t"updateUrl": "http://192.168.1.20:8787/TOKEN/updates",\r\n' +
        '\t\t\t"statsUrl": "http://192.168.1.20:8787/TOKEN/stats",\r\n' +
        '\t\t\t"channelUrl": "http://192.168.1.20:8787/TOKEN/channel_self",\r\n' +
        '\t\t\t"autoUpdate": true\r\n\t\t}\r\n\t}\r\n}\r\n',
    );
  });

  it.each(["'false'", "'off'", 'false'])(
    'turns checks on that %s keeps from happening (clients.md §9.3)',
    async (off) => {
      const before = `export default { appId: 'a.b', plugins: { CapacitorUpdater: { autoUpdate: ${off} } } };`;
      expect((await preview('capacitor.config.ts', before)).newText).toContain('autoUpdate: true');
    },
  );

  it('replaces old URLs in place, in the quotes they have', async () => {
    const before = `export default {
  appId: 'a.b',
  plugins: { CapacitorUpdater: {
    updateUrl: "https://old/updates", /* keep me */ statsUrl: 'https://old/stats',
    autoUpdate: 'always'
    // last words
  } },
};`;
    const { newText } = await preview('capacitor.config.ts', before);
    expect(newText).toBe(`export default {
  appId: 'a.b',
  plugins: { CapacitorUpdater: {
    updateUrl: "http://192.168.1.20:8787/TOKEN/updates", /* keep me */ statsUrl: 'http://192.168.1.20:8787/TOKEN/stats',
    autoUpdate: 'always',
    // last words
    channelUrl: 'http://192.168.1.20:8787/TOKEN/channel_self'
  } },
};`);
  });

  it.each([
    ['{"appId":"a.b"}', /^\{"appId":"a\.b", "plugins": \{ "CapacitorUpdater": \{ "updateUrl": .* \} \}\}$/],
    ['{"appId":"a.b","plugins":{}}', /"plugins":\{"CapacitorUpdater": \{/],
    ['{"appId":"a.b"}\n', /^[^\n]*\n$/],
  ])('keeps a one-line config on its line: %s', async (before, shape) => {
    const { newText } = await preview('capacitor.config.json', before);
    expect(newText).toMatch(shape);
    expect(JSON.parse(newText)).toMatchObject({ plugins: { CapacitorUpdater: { channelUrl: endpoint.channelUrl } } });
  });

  it('turns updates on where they are off and leaves a mode that updates (protocol/clients.md §9.3)', async () => {
    for (const [value, expected] of [
      ['false', true],
      ["'off'", true],
      ["'onLaunch'", 'onLaunch'],
      ['true', true],
    ] as const) {
      const text = `export default { appId: 'a.b', plugins: { CapacitorUpdater: { autoUpdate: ${value} } } };`;
      const { newText } = await preview('capacitor.config.ts', text);
      const { root } = await parseConfig(newText, 'script');
      expect(settingAt(root, 'plugins', 'CapacitorUpdater', 'autoUpdate')).toEqual({ state: 'set', value: expected });
    }
  });

  it('pins the app id only when the project has another', async () => {
    expect((await preview('capacitor.config.json', '{"appId":"a.b"}', 'a.b')).newText).not.toContain('"appId": ');
    expect((await preview('capacitor.config.json', '{"appId":"a.b"}', 'c.d')).newText).toContain('"appId": "c.d"');
  });

  it('changes nothing the second time', async () => {
    const first = await preview('capacitor.config.json', '{\n  "appId": "a.b"\n}\n');
    const second = await preview('capacitor.config.json', first.newText);
    expect(second).toMatchObject({ isChanged: false, diff: '' });
  });

  it('follows constants and mends them where they stand', async () => {
    const { newText } = await preview(
      'capacitor.config.ts',
      `const updater = { statsUrl: '' };\nconst config = { appId: 'a.b', plugins: { CapacitorUpdater: updater } };\nexport default config;\n`,
    );
    expect(newText).toMatch(/^const updater = \{ statsUrl: 'http.*channelUrl: 'http.* \};\nconst config/);
  });

  it.each([
    ['export default { ...base };', /taken over from elsewhere|plugins is computed/],
    ['export default { plugins: makePlugins() };', /plugins is computed/],
    ['export default { plugins: { CapacitorUpdater: { updateUrl: process.env.URL } } };', /updateUrl is computed/],
    ['export default { plugins: { CapacitorUpdater: { ...shared } } };', /computed|elsewhere/],
    ['export default { plugins: [] };', /plugins is not an object/],
    ['const c = {}; c.plugins = {}; export default c;', /plugins is computed/],
    ['const c = {}; change(c); export default c;', /config is computed/],
    ['export default () => ({});', /config is computed/],
  ])('refuses what only running it would tell: %s', async (text, reason) => {
    await expect(preview('capacitor.config.ts', text)).rejects.toMatchObject({
      code: 'PROJECT_CONFIG_NOT_PATCHABLE',
      params: { reason: expect.stringMatching(reason) as string },
    });
  });

  it('changes a config whose server part alone is computed', async () => {
    const text = `const c = {\n  appId: 'a.b',\n};\nif (process.env.LIVE) c.server = { url: 'x' };\nexport default c;\n`;
    expect((await preview('capacitor.config.ts', text)).newText).toContain("statsUrl: 'http://192");
  });
});

describe('applyConfigChange', () => {
  it('writes what was previewed, keeps mode and byte order mark, leaves nothing beside it', async () => {
    const path = join(dir, 'capacitor.config.json');
    await writeFile(path, '\uFEFF{\n  "appId": "a.b"\n}\n', { mode: 0o640 });
    const { hash, newText } = await previewConfigChange({ dir, appId: 'a.b', fragment });
    expect(await applyConfigChange({ dir, appId: 'a.b', fragment, hash })).toMatchObject({ written: true, path });
    expect(await readFile(path, 'utf8')).toBe(`\uFEFF${newText}`);
    expect((await stat(path)).mode & 0o777).toBe(process.platform === 'win32' ? 0o666 : 0o640);
    expect(await readdir(dir)).toEqual(['capacitor.config.json']);
    expect(await applyConfigChange({ dir, appId: 'a.b', fragment })).toMatchObject({ written: false });
  });

  it('refuses when the file changed since the preview', async () => {
    const { hash } = await preview('capacitor.config.json', '{"appId":"a.b"}');
    await writeFile(join(dir, 'capacitor.config.json'), '{"appId":"a.b","webDir":"x"}');
    await expect(applyConfigChange({ dir, appId: 'a.b', fragment, hash })).rejects.toMatchObject({
      code: 'PROJECT_CONFIG_CHANGED',
    });
    expect(await readFile(join(dir, 'capacitor.config.json'), 'utf8')).toBe('{"appId":"a.b","webDir":"x"}');
  });

  it('does not write through a link', async () => {
    const real = join(dir, 'elsewhere.json');
    await writeFile(real, '{"appId":"a.b"}');
    await symlink(real, join(dir, 'capacitor.config.json'));
    await expect(applyConfigChange({ dir, appId: 'a.b', fragment })).rejects.toMatchObject({
      code: 'PROJECT_CONFIG_NOT_PATCHABLE',
      params: { reason: 'it is a link to another place' },
    });
    expect(await readFile(real, 'utf8')).toBe('{"appId":"a.b"}');
  });

  it('says so when the folder cannot be written, and leaves the file as it was', async (context) => {
    if (process.platform === 'win32') context.skip('Windows has no permission bits for this');
    if (process.getuid?.() === 0) context.skip('root may write everywhere');
    await preview('capacitor.config.json', '{"appId":"a.b"}');
    await chmod(dir, 0o500);
    await expect(applyConfigChange({ dir, appId: 'a.b', fragment })).rejects.toMatchObject({
      code: 'PROJECT_CONFIG_NOT_PATCHABLE',
      params: { reason: expect.stringContaining('cannot be written') as string },
    });
    expect(await readFile(join(dir, 'capacitor.config.json'), 'utf8')).toBe('{"appId":"a.b"}');
  });
});

describe('setConfigValues', () => {
  const key = fc.stringMatching(/^[a-z]{1,6}$/).filter((name) => name !== 'plugins');
  const json = fc.dictionary(key, fc.jsonValue({ maxDepth: 2 }), { maxKeys: 5 });
  const layout = fc.constantFrom<readonly (string | number | undefined)[]>(
    [2, '\n'],
    ['\t', '\r\n'],
    [4, '\n'],
    [undefined, '\n'],
  );

  it('sets its values and nothing else in any JSON, whatever the layout', async () => {
    await fc.assert(
      fc.asyncProperty(
        json,
        fc.option(json),
        fc.option(json),
        layout,
        fc.string(),
        async (root, plugins, updater, style, url) => {
          const config = {
            ...root,
            ...(plugins === null
              ? {}
              : { plugins: updater === null ? plugins : { ...plugins, CapacitorUpdater: updater } }),
          };
          const text = JSON.stringify(config, null, style[0]).replaceAll('\n', String(style[1]));
          const changed = setConfigValues(await parseConfig(text, 'json'), ['plugins', 'CapacitorUpdater'], {
            updateUrl: url,
          });
          const before = JSON.parse(text) as { plugins?: { CapacitorUpdater?: object } };
          expect(JSON.parse(changed)).toEqual({
            ...before,
            plugins: { ...before.plugins, CapacitorUpdater: { ...before.plugins?.CapacitorUpdater, updateUrl: url } },
          });
          expect(changed.replaceAll('\r\n', '').includes('\n')).toBe(/[^\r]\n/.test(text));
        },
      ),
      { numRuns: 300 },
    );
  });

  /** An object as people write it: any indentation, quotes, trailing commas, and comments that look like code. */
  function write(value: unknown, style: ScriptStyle, depth = 1): string {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return typeof value === 'string' && style.isSingle ? literal(value) : JSON.stringify(value);
    }
    const entries = Object.entries(value);
    if (entries.length === 0) return style.hasComments ? '{ /* }, */ }' : '{}';
    const lines = entries.map(([key, item], index) => {
      const isLast = index === entries.length - 1;
      const comma = isLast && !style.hasTrailingComma ? '' : ',';
      const note = style.hasComments ? " // it's { a: 'note', }" : '';
      const block = style.hasComments ? '/* , */ ' : '';
      return `${style.indent.repeat(depth)}${key}: ${block}${write(item, style, depth + 1)}${comma}${note}`;
    });
    return `{${style.eol}${lines.join(style.eol)}${style.eol}${style.indent.repeat(depth - 1)}}`;
  }

  type ScriptStyle = {
    readonly indent: string;
    readonly eol: string;
    readonly isSingle: boolean;
    readonly hasTrailingComma: boolean;
    readonly hasComments: boolean;
  };
  const scriptStyle: fc.Arbitrary<ScriptStyle> = fc.record({
    indent: fc.constantFrom('  ', '    ', '\t', ''),
    eol: fc.constantFrom('\n', '\r\n'),
    isSingle: fc.boolean(),
    hasTrailingComma: fc.boolean(),
    hasComments: fc.boolean(),
  });
  const word = fc.stringMatching(/^[a-z]{2,6}$/).map((name) => `${name}_`);
  const tree = fc.dictionary(
    word,
    fc.oneof(fc.string(), fc.boolean(), fc.integer(), fc.dictionary(word, fc.string())),
    {
      maxKeys: 4,
    },
  );

  it('sets its values and removes no line of any script, whatever its comments and commas', async () => {
    await fc.assert(
      fc.asyncProperty(
        tree,
        fc.option(tree),
        fc.option(tree),
        scriptStyle,
        fc.string(),
        async (root, plugins, updater, style, url) => {
          const before = {
            ...root,
            ...(plugins && { plugins: { ...plugins, ...(updater && { CapacitorUpdater: updater }) } }),
          };
          const text = `// config${style.eol}export default ${write(before, style)};${style.eol}`;
          const changed = setConfigValues(await parseConfig(text, 'script'), ['plugins', 'CapacitorUpdater'], {
            updateUrl: url,
          });
          expect(run(changed)).toEqual({
            ...before,
            plugins: { ...plugins, CapacitorUpdater: { ...(plugins && updater), updateUrl: url } },
          });
          const after = new Set(changed.split(style.eol).map((line) => line.replaceAll(/[\s,]/g, '')));
          const lost = text.split(style.eol).filter((line) => !after.has(line.replaceAll(/[\s,]/g, '')));
          // Only an empty object is opened up; every other line is still there.
          expect(lost.filter((line) => !/\{(?: \/\* \}, \*\/ )?\}/.test(line))).toEqual([]);
        },
      ),
      { numRuns: 300 },
    );
  });
});

function run(script: string): unknown {
  // oxlint-disable-next-line typescript/no-implied-eval, no-new-func -- what the script evaluates to is under test
  return new Function(script.replace('export default', 'return'))();
}
