import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { costSchema } from '#contract/models/delta.ts';
import { createPackCache } from '#core/bundles/pack-cache.ts';
import { androidCheck } from '#test/helpers/app-entry.ts';
import { askForUpdate, downloadManifest } from '#test/helpers/delta-phone.ts';
import { jobEnd, openDeviceHost, type DeviceHost } from '#test/helpers/device-host.ts';
import { soundBuild, temporaryFolder, writeTree } from '#test/helpers/trees.ts';

let host: DeviceHost;
beforeEach(async () => {
  host = await openDeviceHost();
});
afterEach(() => host[Symbol.asyncDispose]());

const tree = {
  ...soundBuild,
  'a.css': `body { color: red }\n${'/* x */\n'.repeat(3000)}`,
  'old-1a.js': 'same content',
};
const next = {
  ...soundBuild,
  'a.css': `body { color: blue }\n${'/* x */\n'.repeat(3000)}`,
  'new-2b.js': 'same content',
};

describe('two releases', () => {
  it('cost a device what the comparison says', async () => {
    const { appId } = host.app;
    await host.publish(tree, '1.0.1');
    const kept = new Map<string, Buffer>();
    await downloadManifest(await askForUpdate(host.urls.update), { kept });
    await host.publish(next, '1.0.2');
    const offer = await askForUpdate(host.urls.update, { version_name: '1.0.1' });
    const { bytes, fetched } = await downloadManifest(offer, { kept });

    const diff = await host.core.comparisons.diff(appId, '1.0.1', '1.0.2');
    expect(diff).toMatchObject({ deltaBytes: bytes, deltaFiles: fetched });
    expect(diff.added.map(({ path }) => path)).toEqual(['new-2b.js']);
    expect(diff.removed.map(({ path }) => path)).toEqual(['old-1a.js']);
    expect(diff.changed.map(({ path }) => path)).toEqual(['a.css']);

    const cost = costSchema.parse(await host.core.comparisons.cost(appId, '1.0.2'));
    expect(cost.from).toEqual([{ version: '1.0.1', devices: 1, deltaDevices: 1, delta: { files: fetched, bytes } }]);
    expect(cost.hints).toMatchObject([{ code: 'RENAMED_UNCHANGED', paths: ['new-2b.js'] }]);

    const css = await host.core.comparisons.diffFile(appId, '1.0.1', '1.0.2', 'a.css');
    expect(css.kind === 'text' && css.patch).toContain('-body { color: red }\n+body { color: blue }\n');
  });

  it.each([true, false])('are compared file by file when they are encrypted, with delta: %s', async (delta) => {
    const { appId } = host.app;
    await host.core.keys.create('work');
    await host.publish(tree, '1.0.1', { key: 'work', delta });
    await host.publish(next, '1.0.2', { key: 'work', delta });
    const css = await host.core.comparisons.diffFile(appId, '1.0.1', '1.0.2', 'a.css');
    expect(css.kind).toBe(delta ? 'text' : 'sealed');
    host.core.keys.delete('work', true);
    expect((await host.core.comparisons.diffFile(appId, '1.0.1', '1.0.2', 'a.css')).kind).toBe('sealed');
  });

  it('are compared from their bundles where there is no delta', async () => {
    const { appId } = host.app;
    await host.publish(tree, '1.0.1', { delta: false });
    await host.publish(next, '1.0.2', { delta: false });
    expect(await host.core.comparisons.diff(appId, '1.0.1', '1.0.2')).toMatchObject({ deltaBytes: null });
    expect((await host.core.comparisons.diffFile(appId, '1.0.1', '1.0.2', 'a.css')).kind).toBe('text');
    expect((await host.core.comparisons.diffFile(appId, '1.0.1', '1.0.2', 'nope')).kind).toBe('absent');
    await expect(host.core.comparisons.diff(appId, '1.0.1', '9.9.9')).rejects.toThrow('RELEASE_NOT_FOUND');
  });
});

describe('a build that is not published yet', () => {
  it('tells what devices will fetch of it', async () => {
    await using temp = await temporaryFolder();
    const { appId } = host.app;
    await host.publish(tree, '1.0.1');
    await fetch(host.urls.update, { method: 'POST', body: JSON.stringify({ ...androidCheck, version_name: '1.0.1' }) });
    const path = await writeTree(temp.at('dist'), next);
    const weigh = async () =>
      costSchema.parse(await jobEnd(host.core, host.core.comparisons.buildCost(appId, { kind: 'path', path })));
    const before = await weigh();
    expect(before).toMatchObject({ version: null, isExact: false, from: [{ version: '1.0.1', delta: { files: 2 } }] });
    // What was packed for this is kept for the publish that mostly follows.
    const kept = await createPackCache(join(host.dataDir, 'cache')).load(path);
    await kept?.[Symbol.asyncDispose]();
    expect(kept).not.toBeNull();
    await host.publish(next, '1.0.2');
    const published = await host.core.comparisons.cost(appId, '1.0.2');
    expect(before.zipBytes).toBe(published.zipBytes);
    // Now all of it is known.
    expect(await weigh()).toMatchObject({ isExact: true, from: published.from, heaviest: published.heaviest });
  });
});
