import { v5 as uuidv5 } from 'uuid';

import type { SampleResult } from '#contract/models/job.ts';

import { AppError, throwIfAborted } from '../app-error.ts';
import { devicePaths } from '../connect/endpoints.ts';
import type { JobContext } from '../jobs/job-runner.ts';
import { publish, publishSteps, type PublishDeps } from '../releases/publish.ts';
import { suggestVersion } from '../releases/versions.ts';
import { runVirtualDevice } from '../simulator/virtual-device.ts';

export const SAMPLE_APP_ID = 'com.example.slipway.sample';

const SAMPLE_APP_NAME = 'Slipway sample';

/** What the store's version of the sample app would be; releases are numbered above it. */
const NATIVE_VERSION = '1.0.0';

export type SampleService = {
  /**
   * Starts the job that shows the whole way without a phone: the sample build is published, and a virtual Android
   * device asks for it, downloads it, applies it and reports that it is ready. Its result is a `SampleResult`.
   */
  run(): string;
};

type SampleStep = SampleResult['steps'][number];

export function createSample({
  deps,
  sampleAppDir,
}: {
  readonly deps: PublishDeps;
  readonly sampleAppDir: string;
}): SampleService {
  async function work(job: JobContext): Promise<SampleResult> {
    const facts = deps.versions.facts(SAMPLE_APP_ID, NATIVE_VERSION);
    const published = await publish(
      {
        appId: SAMPLE_APP_ID,
        source: { kind: 'path', path: sampleAppDir },
        appName: SAMPLE_APP_NAME,
        version: suggestVersion(facts),
        allowWarnings: true,
      },
      { path: sampleAppDir },
      job,
      deps,
    );
    const { version } = published;
    const steps: SampleStep[] = Object.entries(published.timings).map(([step, ms]) => ({
      step,
      detail: publishDetails[step] ?? '',
      ms,
    }));
    const deviceId = await job.step('update', () => updateVirtualDevice(version, job, deps, steps));
    return { ok: true, appId: SAMPLE_APP_ID, version, deviceId, steps };
  }

  return {
    run: () =>
      deps.jobs.start(
        {
          kind: 'sample',
          title: SAMPLE_APP_ID,
          appId: SAMPLE_APP_ID,
          steps: [...publishSteps({}).map(({ name }) => ({ name, weight: 1 })), { name: 'update', weight: 5 }],
        },
        work,
      ),
  };
}

const publishDetails: Readonly<Record<string, string>> = {
  inspect: 'The sample build was checked.',
  pack: 'It was packed into a bundle zip.',
  delta: 'Its files can be fetched one by one.',
  store: 'The bundle was stored under its SHA-256.',
  verify: 'It was fetched back through the device listener and matched.',
  publish: 'The default channel points at it.',
};

/** Adds what the device did to `steps`. Returns its id. */
async function updateVirtualDevice(
  version: string,
  { signal }: JobContext,
  { apps, ports }: PublishDeps,
  steps: SampleStep[],
): Promise<string> {
  const app = apps.get(SAMPLE_APP_ID);
  if (!app) throw new AppError('APP_NOT_FOUND', { appId: SAMPLE_APP_ID });
  const origin = await ports.deviceOrigin.loopback();
  const paths = devicePaths(app.token);
  // The same device each time: it has a history instead of many twins. Another data folder has another token.
  const deviceId = uuidv5(app.token, uuidv5.URL);
  let since = performance.now();
  const result = await runVirtualDevice({
    updateUrl: origin + paths.update,
    statsUrl: origin + paths.stats,
    channelUrl: origin + paths.channel,
    appId: SAMPLE_APP_ID,
    platform: 'android',
    nativeVersion: NATIVE_VERSION,
    deviceId,
    signal,
    onStep({ step, detail }) {
      const now = performance.now();
      steps.push({ step: `device.${step}`, detail, ms: Math.round((now - since) * 10) / 10 });
      since = now;
    },
  });
  throwIfAborted(signal);
  if (result.outcome !== 'updated' || result.version !== version) {
    const last = steps.at(-1);
    throw new AppError('SAMPLE_FAILED', {
      reason: `the device ended "${result.outcome}" (${last?.detail ?? 'no step'})`,
    });
  }
  return deviceId;
}
