import { afterEach, beforeEach, expect, it } from 'vitest';

import { sampleResultSchema } from '#contract/models/job.ts';

import { openTransport, type OpenTransport } from '../contract/transports.ts';

const appId = 'com.example.slipway.sample';

let opened: OpenTransport;

beforeEach(async () => {
  opened = await openTransport('in process');
});
afterEach(() => opened[Symbol.asyncDispose]());

async function runSample() {
  const { jobId } = await opened.client.sample.run({});
  const job = await opened.host.core.jobs.wait(jobId);
  expect(job.error).toBeNull();
  return sampleResultSchema.parse(job.result);
}

it('the sample goes all the way: published, offered, downloaded, applied and ready on a virtual device', async () => {
  const startedAt = performance.now();
  const result = await runSample();
  expect(performance.now() - startedAt).toBeLessThan(20_000);
  expect(result).toMatchObject({ ok: true, appId, version: '1.0.1' });

  const [device] = await opened.client.devices.list({ appId });
  expect(device).toMatchObject({
    deviceId: result.deviceId,
    isVirtual: true,
    platform: 'android',
    bundleVersion: '1.0.1',
    state: { kind: 'ready', version: '1.0.1' },
  });
  const [release] = await opened.client.releases.list({ appId });
  expect(release).toMatchObject({ version: '1.0.1', health: { updated: 1, failed: 0 }, liveOn: ['production'] });
  const { rows } = await opened.client.activity.list({ appId });
  expect(new Set(rows.map(({ kind }) => kind))).toEqual(new Set(['update', 'stats', 'download']));
  expect((await opened.client.builds.recent({})).map(({ path }) => path)).toEqual([]);
});

it('the sample can be run again: the same device gets the next version', async () => {
  const [first, second] = [await runSample(), await runSample()];
  expect(second.version).toBe('1.0.2');
  expect(second.deviceId).toBe(first.deviceId);
  expect(await opened.client.devices.list({ appId })).toHaveLength(1);
});

it('a cancelled sample leaves no half release', async () => {
  const { jobId } = await opened.client.sample.run({});
  await opened.client.jobs.cancel({ jobId });
  expect((await opened.host.core.jobs.wait(jobId)).state).toBe('cancelled');
  expect(await opened.client.apps.list({})).toEqual([]);
});
