import { describe, expect, it } from 'vitest';

import { costOf, type LiveVersion, type Weighed, type WeighedFile } from './cost.ts';

const file = (path: string, content: string, bodyBytes: number | null = content.length): WeighedFile => ({
  path,
  sha256: content,
  sizeBytes: content.length * 10,
  bodyBytes,
});

const live = (parts: Partial<LiveVersion>): LiveVersion => ({
  version: '1.0.0',
  devices: 1,
  deltaDevices: 1,
  files: null,
  ...parts,
});

const weighed = (parts: Partial<Weighed>): Weighed => ({
  version: '1.0.1',
  files: [file('index.html', 'new page', 100), file('a/app.js', 'app', 50), file('logo.svg', 'logo', 7)],
  zipBytes: 500,
  hasDelta: true,
  isExact: true,
  live: [],
  previous: [],
  ...parts,
});

const codes = async (parts: Partial<Weighed>) => (await costOf(weighed(parts))).hints.map(({ code }) => code);

describe('what devices fetch', () => {
  it('is what they do not have under its name, by what they run, the most of them first', async () => {
    const there = [file('index.html', 'old page'), file('b/app.js', 'app'), file('brand.svg', 'logo')];
    const cost = await costOf(
      weighed({
        live: [
          live({ version: null, devices: 2, deltaDevices: 2 }),
          live({ version: '1.0.0', devices: 5, deltaDevices: 4, files: there }),
        ],
      }),
    );
    // app.js moved to another folder, which clients find; logo.svg had another name, which they do not (clients.md §6.3).
    expect(cost.from).toEqual([
      { version: '1.0.0', devices: 5, deltaDevices: 4, delta: { files: 2, bytes: 107 } },
      { version: null, devices: 2, deltaDevices: 2, delta: { files: 3, bytes: 157 } },
    ]);
    expect(cost).toMatchObject({ files: 3, rawBytes: 150, zipBytes: 500, delta: { files: 3, bytes: 157 } });
    expect(cost.heaviest.map(({ path, bytes }) => [path, bytes])).toEqual([
      ['index.html', 100],
      ['a/app.js', 50],
      ['logo.svg', 7],
    ]);
  });

  it('is the bundle for all where there is no delta', async () => {
    const cost = await costOf(weighed({ hasDelta: false, live: [live({ files: [] })] }));
    expect([cost.delta, cost.from[0]?.delta]).toEqual([null, null]);
  });
});

describe('hints', () => {
  it.each<[string, Partial<Weighed>, string[]]>([
    ['nothing to say', {}, []],
    ['the same under a new name', { previous: [file('app-1a2b.js', 'app')] }, ['RENAMED_UNCHANGED']],
    ['the same under an old and a new name', { previous: [file('a/app.js', 'app'), file('x.js', 'app')] }, []],
    ['a copy of what stays', { previous: [file('index.html', 'app')] }, []],
    ['maps', { files: [file('a.js.map', 'm'), file('b.css.map', 'm'), file('roads.map', 'm')] }, ['SOURCE_MAPS']],
    [
      'sound and fonts',
      { files: [file('a.wav', 'w'.repeat(6000)), file('b.TTF', 't'.repeat(6000)), file('tiny.bmp', 'b')] },
      ['MEDIA_UNCOMPRESSED'],
    ],
    ['no delta', { hasDelta: false }, ['DELTA_OFF']],
    ['old plugins', { live: [live({ devices: 3, deltaDevices: 1 })] }, ['PLUGINS_WITHOUT_DELTA']],
  ])('%s', async (_, parts, expected) => {
    expect(await codes(parts)).toEqual(expected);
  });

  it('name the heaviest files, and count them all', async () => {
    const maps = Array.from({ length: 30 }, (_, index) => file(`${index}.js.map`, 'm', index));
    const [hint] = (await costOf(weighed({ files: maps }))).hints;
    expect(hint).toMatchObject({ code: 'SOURCE_MAPS', params: { count: 30, bytes: 435 } });
    expect(hint?.paths).toHaveLength(10);
    expect(hint?.paths[0]).toBe('29.js.map');
  });
});
