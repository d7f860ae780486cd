import { describe, expect, it } from 'vitest';

import { conformanceReportSchema } from '#contract/models/conformance.ts';
import { simulationReportSchema } from '#contract/models/virtual-device.ts';
import { deltaFiles, openFakeProtocolServer } from '#test/helpers/fake-protocol-server.ts';
import { runCommand } from '#test/helpers/headless-host.ts';
import { soundBuild, temporaryFolder, writeTree } from '#test/helpers/trees.ts';

const appId = 'com.example.cli';

async function json(...words: string[]): Promise<{ readonly exitCode: number | null; readonly document: unknown }> {
  const { exitCode, stdout, stderr } = await runCommand([...words, '--json']);
  if (!stdout.endsWith('\n')) throw new Error(`${stdout}\n${stderr}`);
  return { exitCode, document: JSON.parse(stdout) as unknown };
}

describe('simulate', () => {
  it('runs a device against an app of a data folder, through a listener of its own', async () => {
    await using folder = await temporaryFolder();
    const [data, build] = [folder.at('data'), folder.at('build')];
    await writeTree(build, soundBuild);
    await runCommand([
      'publish',
      build,
      '--app',
      appId,
      '--version',
      '1.0.1',
      '--allow-warnings',
      '--data-dir',
      data,
      '--json',
    ]);
    const { exitCode, document } = await json('simulate', '--app', appId, '--platform', 'ios', '--data-dir', data);
    const report = simulationReportSchema.parse(document);
    expect(exitCode).toBe(0);
    expect(report).toMatchObject({ outcome: 'updated', platform: 'ios', outcomes: { updated: 1 } });
    expect(report.steps.map(({ step }) => step)).toContain('ready');

    // The app came with the same build: nothing is fetched but what is not in it.
    const words = ['simulate', '--app', appId, '--data-dir', data, '--builtin'];
    const store = await writeTree(folder.at('store'), { ...soundBuild, 'index.html': '<p>of the store</p>' });
    const delta = simulationReportSchema.parse((await json(...words, store)).document);
    expect(delta).toMatchObject({ outcome: 'updated', files: { fetched: 1, cache: 0 } });
    expect(delta.files?.builtin).toBe(Object.keys(soundBuild).length - 1);
    const wrong = await json(...words, data);
    expect(wrong).toMatchObject({ exitCode: 1, document: { error: { code: 'BUILTIN_WITHOUT_INDEX' } } });
  });

  it('runs many against any server, and ends with 1 when one fails', async () => {
    await using server = await openFakeProtocolServer();
    const words = ['simulate', '--update-url', server.updateUrl, '--stats-url', server.statsUrl, '--app-id', appId];
    const good = await json(...words, '--devices', '5');
    expect(good.exitCode).toBe(0);
    expect(simulationReportSchema.parse(good.document).outcomes.updated).toBe(5);
    await using folder = await temporaryFolder();
    await using manifest = await openFakeProtocolServer('manifest');
    const [page] = deltaFiles();
    const store = await writeTree(folder.at('store'), { 'index.html': page?.content.toString() ?? '' });
    const url = ['--update-url', manifest.updateUrl, '--app-id', appId, '--devices', '2', '--builtin', store];
    const report = simulationReportSchema.parse((await json('simulate', ...url)).document);
    expect(report).toMatchObject({ outcomes: { updated: 2 }, files: { fetched: deltaFiles().length - 1, builtin: 1 } });
    const nowhere = await json(...words, '--builtin', '/nowhere/at/all');
    expect(nowhere).toMatchObject({ exitCode: 1, document: { error: { code: 'SOURCE_NOT_FOUND' } } });
    const bad = await json(...words, '--fault', 'corrupt-zip');
    expect(bad.exitCode).toBe(1);
    expect(simulationReportSchema.parse(bad.document)).toMatchObject({ outcome: 'failed', version: '1.0.0' });
  });

  it.each([
    [['simulate', '--update-url', 'ftp://a', '--app-id', 'a.b']],
    [['simulate', '--update-url', 'http://a/u']],
    [['simulate', '--app', 'a.b', '--fault', 'earthquake']],
    [['simulate', '--app', 'a.b', '--fault', 'drop:0']],
    [['simulate', '--app', 'a.b', '--update-url', 'http://a/u']],
    [['simulate', '--app', 'a.b', '--devices', '0']],
    [['simulate', '--app', 'a.b', '--builtin', 'dist', '--builtin-release', '1.0.0']],
    [['simulate', '--update-url', 'http://a/u', '--app-id', 'a.b', '--builtin-release', '1.0.0']],
    [['simulate', '--app', 'a.b', '--framework', 'cordova', '--platform', 'electron']],
    [['conformance', '--app-id', 'a.b']],
    [['conformance', '--update-url', 'nowhere', '--app-id', 'a.b']],
  ])('that is wrong ends with 2: %j', async (words) => {
    expect(await json(...words)).toMatchObject({ exitCode: 2, document: { error: { code: 'USAGE' } } });
  });
});

describe('conformance', () => {
  it('says which rules hold, and ends with 1 when one does not', async () => {
    await using right = await openFakeProtocolServer('manifest');
    await using wrong = await openFakeProtocolServer('zip', { stats: (_, answer) => ({ ...answer, body: '' }) });
    const words = ({ updateUrl, statsUrl, channelUrl }: typeof right) => [
      'conformance',
      `--update-url=${updateUrl}`,
      `--stats-url=${statsUrl}`,
      `--channel-url=${channelUrl}`,
      `--app-id=${appId}`,
    ];
    const good = await json(...words(right));
    expect(good.exitCode).toBe(0);
    expect(conformanceReportSchema.parse(good.document)).toMatchObject({ ok: true });
    const bad = await json(...words(wrong));
    expect(bad.exitCode).toBe(1);
    const failed = conformanceReportSchema.parse(bad.document).checks.filter(({ status }) => status === 'failed');
    expect(failed.map(({ id }) => id)).toEqual(['13.24']);
  });
});
