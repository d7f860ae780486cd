import { describe, expect, it } from 'vitest';

import { runCommand } from '#test/helpers/headless-host.ts';
import { soundBuild, temporaryFolder, writeTree } from '#test/helpers/trees.ts';

const appId = 'com.example.channels';

/** Runs a command with `--json`: its exit code, and its one document. */
async function run(
  dataDir: string,
  ...words: string[]
): Promise<{ readonly exitCode: number; readonly document: unknown }> {
  const { exitCode, stdout, stderr } = await runCommand([...words, '--app', appId, '--data-dir', dataDir, '--json']);
  if (!stdout.endsWith('\n')) throw new Error(`slipway ${words.join(' ')}: ${stdout}\n${stderr}`);
  return { exitCode, document: JSON.parse(stdout) as unknown };
}

const done = (document: unknown): object => ({
  exitCode: 0,
  document: expect.objectContaining(document as object) as unknown,
});
const failed = (exitCode: number, code: string): object => ({
  exitCode,
  document: { error: expect.objectContaining({ code }) as unknown },
});

describe('the commands of channels and devices (design/command-line.md §3)', () => {
  it('create, set, tell, roll back and delete; and explain what a phone would be answered', async () => {
    await using folder = await temporaryFolder();
    const dataDir = folder.at('data');
    const build = await writeTree(folder.at('dist'), soundBuild);
    const slipway = (...words: string[]) => run(dataDir, ...words);

    expect(await slipway('publish', build, '--version', '1.0.1')).toMatchObject({ exitCode: 0 });
    expect(await slipway('publish', build, '--version', '2.0.0')).toMatchObject({ exitCode: 0 });
    expect(
      await slipway(
        'channel',
        'create',
        'beta',
        '--release',
        '1.0.1',
        '--allow-prod',
        'false',
        '--public',
        '--android=false',
      ),
    ).toEqual(done({ name: 'beta', public: true, android: false, allowProd: false, unpublished: ['production'] }));
    expect(await slipway('channel', 'create', 'beta')).toEqual(failed(1, 'CHANNEL_EXISTS'));
    expect(await slipway('channel', 'create', 'a/b')).toEqual(failed(2, 'CHANNEL_NAME_INVALID'));
    expect(await slipway('channel', 'set', 'production', '--public', 'true', '--disable-auto-update', 'major')).toEqual(
      done({ public: true, disableAutoUpdate: 'major', unpublished: ['beta'] }),
    );

    expect(await slipway('channel', 'set', 'production')).toEqual(failed(2, 'USAGE'));

    const request = await writeTree(folder.at('check'), {
      'check.json': JSON.stringify({
        platform: 'android',
        device_id: '0f0c6a7e-5f7b-4c0e-9f6e-1b7d1a2c3d4e',
        app_id: appId,
        version_build: '1.0.0',
        version_name: '1.0.0',
        plugin_version: '8.51.23',
      }),
    });
    const explain = () => slipway('explain', '--request', `${request}/check.json`);
    const { document } = await explain();
    expect(document).toMatchObject({
      response: { error: 'disable_auto_update_to_major', kind: 'blocked', major: true, version: '2.0.0', old: '1.0.0' },
      status: 200,
      channel: 'production',
      release: { version: '2.0.0' },
      trace: expect.arrayContaining([
        expect.objectContaining({
          rule: 'policy.major',
          outcome: 'stop',
          action: expect.objectContaining({ kind: 'setChannel' }) as unknown,
        }),
      ]) as unknown,
    });
    expect(await slipway('channel', 'set', 'production', '--disable-auto-update', 'none')).toMatchObject({
      exitCode: 0,
    });
    expect((await explain()).document).toMatchObject({
      response: { version: '2.0.0', url: expect.any(String) as string },
    });

    expect(await slipway('channel', 'rollback', 'production')).toEqual(
      done({ target: expect.objectContaining({ version: '1.0.1' }) as unknown }),
    );
    expect(
      await slipway(
        'channel',
        'set',
        'production',
        '--rollout-version',
        '2.0.0',
        '--rollout-percentage',
        '12.5',
        '--rollout-paused',
      ),
    ).toEqual(
      done({
        rollout: expect.objectContaining({
          version: '2.0.0',
          percentageBps: 1250,
          enabled: true,
          pausedAt: expect.any(String) as string,
        }) as unknown,
      }),
    );
    expect(await slipway('channel', 'set', 'production', '--rollout-percentage', '101')).toEqual(failed(2, 'USAGE'));
    expect(
      await slipway('channel', 'set', 'production', '--auto-pause-enabled', '--auto-pause-confidence', '2'),
    ).toEqual(failed(2, 'BAD_INPUT'));
    expect(await slipway('channel', 'promote', 'production')).toEqual(done({ rollout: null }));
    expect(await slipway('channel', 'history', 'production', '--limit', '2')).toMatchObject({
      document: [{ cause: 'rollout_promoted', target: { version: '2.0.0' } }, { cause: 'rollout_paused' }],
    });
    expect(await slipway('channel', 'rename', 'beta', 'preview')).toEqual(done({ name: 'preview' }));
    expect(await slipway('channel', 'delete', 'preview')).toEqual(done({ name: 'preview' }));
    expect(await slipway('channel', 'delete', 'production', '--force')).toEqual(failed(1, 'CHANNEL_IS_DEFAULT'));
    expect(await slipway('device', 'override', 'nobody', '--block')).toEqual(failed(1, 'DEVICE_NOT_FOUND'));
    expect(await slipway('device', 'override', 'nobody')).toEqual(failed(2, 'USAGE'));
    expect(await slipway('explain')).toEqual(failed(2, 'USAGE'));
    expect(await slipway('explain', '--device', 'nobody')).toEqual(failed(1, 'DEVICE_NOT_FOUND'));
    // Two dozen programs, each of which loads the core.
  }, 180_000);
});
