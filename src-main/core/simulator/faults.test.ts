import { describe, expect, it } from 'vitest';

import type { FaultName, SimulationResult } from '#contract/models/virtual-device.ts';
import { openFakeProtocolServer, type FakeMode } from '#test/helpers/fake-protocol-server.ts';

import type { ClientPlatform } from './client-profile.ts';
import { runVirtualDevice } from './virtual-device.ts';

async function run(platform: ClientPlatform, fault: FaultName, mode: FakeMode = 'zip'): Promise<SimulationResult> {
  await using server = await openFakeProtocolServer(mode);
  const { updateUrl, statsUrl, channelUrl } = server;
  return await runVirtualDevice({
    updateUrl,
    statsUrl,
    channelUrl,
    appId: 'com.example.app',
    platform,
    fault: { name: fault },
    timeScale: 0.0005,
  });
}

/** Action and version of what is reported about the update; `-` for no version. */
function told({ stats }: SimulationResult): string[] {
  const lifecycle = /^(app_(?!launch_timeout)|webview_)/;
  return stats
    .filter(({ action }) => !lifecycle.test(String(action)))
    .map((event) => `${String(event['action'])} ${(event['version_name'] as string | undefined) ?? '-'}`);
}

/** Requests other than stats, by what they asked for. */
function asked({ requests }: SimulationResult): string[] {
  return requests
    .filter(({ url }) => !url.endsWith('/stats'))
    .map(({ method, url, rangeStart, status }) => {
      const range = rangeStart === undefined ? '' : ' Range';
      return `${method} ${new URL(url).pathname.replace(/\d+$/, 'N')}${range} ${status ?? '-'}`;
    });
}

const check = 'POST /updates 200';
const [now, next] = ['1.0.0', '1.0.1'];
const zipDone = [`download_80 ${next}`, `download_90 ${next}`, `download_complete ${next}`];

/** Rows of the table in protocol/clients.md §9.9: what is asked for and what is told. */
const rows: readonly {
  readonly row: string;
  readonly fault: FaultName;
  readonly platform: ClientPlatform;
  readonly outcome: SimulationResult['outcome'];
  readonly requests: readonly string[];
  readonly stats: readonly string[];
}[] = [
  ...(['android', 'ios'] as const).flatMap((platform) => [
    {
      row: 'Server 5xx / HTML',
      fault: 'http-500' as const,
      platform,
      outcome: 'failed' as const,
      requests: ['POST /updates 500'],
      stats: [`download_fail ${now}`],
    },
    {
      row: 'Server unreachable',
      fault: 'unreachable' as const,
      platform,
      outcome: 'failed' as const,
      requests: ['POST /updates -'],
      stats: [`download_fail ${now}`],
    },
    {
      row: '429 on check',
      fault: 'rate-limited' as const,
      platform,
      outcome: 'failed' as const,
      requests: ['POST /updates 429'],
      stats: [`rate_limit_reached ${now}`, `download_fail ${now}`],
    },
  ]),
  {
    row: 'zip 404',
    fault: 'file-404',
    platform: 'android',
    outcome: 'failed',
    requests: [check, 'GET /zip 404'],
    stats: [`download_zip_start ${next}`, 'download_fail -'],
  },
  {
    row: 'zip 404',
    fault: 'file-404',
    platform: 'ios',
    outcome: 'failed',
    requests: [check, 'GET /zip 404'],
    stats: [`download_zip_start ${next}`, `download_0 ${next}`, `download_fail ${now}`],
  },
  {
    row: 'Appendix C, row 7: zip 5xx',
    fault: 'file-500',
    platform: 'android',
    outcome: 'failed',
    requests: [check, 'GET /zip 500', 'GET /zip 500', 'GET /zip 500'],
    stats: Array.from({ length: 3 }, () => `download_zip_start ${next}`),
  },
  {
    row: 'Appendix C, row 7: zip cut, gone on with Range',
    fault: 'drop',
    platform: 'android',
    outcome: 'updated',
    requests: [check, 'GET /zip 200', 'GET /zip Range 206', check],
    stats: [
      `download_zip_start ${next}`,
      `download_40 ${next}`,
      `download_zip_start ${next}`,
      `download_70 ${next}`,
      `download_zip_complete ${next}`,
      ...zipDone,
      `set_next ${next}`,
      `set ${next}`,
    ],
  },
  {
    row: 'zip cut',
    fault: 'drop',
    platform: 'ios',
    outcome: 'failed',
    requests: [check, 'GET /zip 200'],
    stats: [`download_zip_start ${next}`, `download_0 ${next}`, `download_fail ${now}`],
  },
  {
    row: 'slow zip > 25 s',
    fault: 'slow-link',
    platform: 'android',
    outcome: 'updated',
    requests: [check, 'GET /zip 200', check],
    stats: [
      `download_zip_start ${next}`,
      `download_70 ${next}`,
      `download_zip_complete ${next}`,
      ...zipDone,
      `set_next ${next}`,
      `set ${next}`,
    ],
  },
  {
    row: 'slow zip > 25 s',
    fault: 'slow-link',
    platform: 'ios',
    outcome: 'failed',
    requests: [check, 'GET /zip 200'],
    stats: [`download_zip_start ${next}`, `download_0 ${next}`, `download_fail ${now}`],
  },
  {
    row: 'wrong checksum',
    fault: 'wrong-checksum',
    platform: 'android',
    outcome: 'failed',
    requests: [check, 'GET /zip 200'],
    stats: [
      `download_zip_start ${next}`,
      `download_70 ${next}`,
      `download_zip_complete ${next}`,
      `checksum_fail ${now}`,
      `delete ${next}`,
      `download_fail ${now}`,
      `finish_download_fail ${next}`,
    ],
  },
  {
    row: 'wrong checksum',
    fault: 'wrong-checksum',
    platform: 'ios',
    outcome: 'failed',
    requests: [check, 'GET /zip 200'],
    stats: [
      `download_zip_start ${next}`,
      `download_0 ${next}`,
      `download_70 ${next}`,
      `download_90 ${next}`,
      `download_zip_complete ${next}`,
      `download_complete ${next}`,
      `checksum_fail ${next}`,
      `delete ${next}`,
      `download_fail ${now}`,
    ],
  },
  {
    row: 'bad zip',
    fault: 'corrupt-zip',
    platform: 'android',
    outcome: 'failed',
    requests: [check, 'GET /zip 200'],
    stats: [
      `download_zip_start ${next}`,
      `download_70 ${next}`,
      `download_zip_complete ${next}`,
      `unzip_fail ${now}`,
      `download_fail ${now}`,
      `finish_download_fail ${next}`,
    ],
  },
  {
    row: 'bad zip',
    fault: 'corrupt-zip',
    platform: 'ios',
    outcome: 'failed',
    requests: [check, 'GET /zip 200'],
    stats: [
      `download_zip_start ${next}`,
      `download_0 ${next}`,
      `download_70 ${next}`,
      `unzip_fail ${now}`,
      `download_fail ${now}`,
    ],
  },
  {
    row: 'app crashes / no notifyAppReady',
    fault: 'never-ready',
    platform: 'android',
    outcome: 'failed',
    requests: [check, 'GET /zip 200'],
    stats: [
      `download_zip_start ${next}`,
      `download_70 ${next}`,
      `download_zip_complete ${next}`,
      ...zipDone,
      `set_next ${next}`,
      `set ${next}`,
      `app_launch_timeout ${next}`,
      `update_fail ${next}`,
      `delete ${next}`,
    ],
  },
];

describe('a fault ends as protocol/clients.md §9.9 says:', () => {
  it.each(rows)('$row with $platform ($fault)', async ({ fault, platform, outcome, requests, stats }) => {
    const result = await run(platform, fault);
    expect(asked(result)).toEqual(requests);
    expect(told(result)).toEqual(stats);
    expect(result.outcome).toBe(outcome);
    expect(result.version).toBe(outcome === 'updated' ? next : now);
  });

  it('manifest file 404 on Android: both reports, and a failure without a version', async () => {
    const result = await run('android', 'file-404', 'manifest');
    const stats = told(result);
    expect(stats[0]).toBe(`download_manifest_start ${next}`);
    expect(stats.filter((each) => each === `download_manifest_file_fail ${next}:assets/app.js.br`)).toHaveLength(1);
    expect(stats.filter((each) => each === `download_manifest_file_fail ${next}:app.js`)).toHaveLength(1);
    expect(stats.at(-1)).toBe('download_fail -');
    // All are tried: clients.md §6.4.
    expect(asked(result).filter((each) => each === 'GET /files/N 404')).toHaveLength(73);
  });

  it('manifest file 404 on iOS: one report, and the running bundle', async () => {
    const stats = told(await run('ios', 'file-404', 'manifest'));
    expect(stats.slice(0, 2)).toEqual([`download_manifest_start ${next}`, `download_0 ${next}`]);
    expect(
      stats.filter((each) => each.startsWith('download_manifest_file_fail')).every((each) => each.includes(':')),
    ).toBe(true);
    expect(stats.at(-1)).toBe(`download_fail ${now}`);
  });

  it.each([
    ['android', 'download_manifest_checksum_fail 1.0.1:index.html'],
    ['ios', 'download_manifest_checksum_fail 1.0.1:index.html'],
  ] as const)('wrong checksum of a manifest file on %s (§6.5)', async (platform, expected) => {
    expect(told(await run(platform, 'wrong-checksum', 'manifest'))).toContain(expected);
  });

  it('an app with another key refuses a plain bundle, with one stat (Appendix C, row 4)', async () => {
    expect(told(await run('android', 'wrong-key'))).toEqual([`session_key_required ${now}`]);
    expect(told(await run('ios', 'wrong-key'))).toEqual([`session_key_required ${next}`, `download_fail ${now}`]);
  });

  it('an app with another key cannot open an encrypted bundle', async () => {
    const stats = told(await run('android', 'wrong-key', 'encrypted'));
    expect(stats.slice(-2)).toEqual([`download_fail ${now}`, `finish_download_fail ${next}`]);
  });
});
