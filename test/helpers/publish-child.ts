/**
 * A process that publishes one build and tells how it went, for tests that kill it or starve it of disk.
 * Arguments: data folder, build, version, where to kill itself (`KillPoint`), and `encrypted` for a release that is,
 * without delta files.
 */
import { createServices, type Services } from '#core/create-services.ts';
import { silentLogger, systemClock, type Ports } from '#core/ports.ts';

import { startBundleListener } from './bundle-listener.ts';

export const publishAppId = 'com.example.killed';

/** A step that is under way, the one transaction of a publish, the moment after its commit, or never. */
export const killPoints = [
  'inspect',
  'pack',
  'delta',
  'store',
  'verify',
  'in-transaction',
  'after-commit',
  'never',
] as const;
export type KillPoint = (typeof killPoints)[number];

if (import.meta.main) {
  const [, , dataDir = '', build = '', version = '1.0.0', killAt = 'never', form] = process.argv;
  await publishOnce({ dataDir, build, version, killAt: killAt as KillPoint, isEncrypted: form === 'encrypted' });
}

async function publishOnce(input: {
  readonly dataDir: string;
  readonly build: string;
  readonly version: string;
  readonly killAt: KillPoint;
  readonly isEncrypted: boolean;
}): Promise<void> {
  const { dataDir, build, version, killAt, isEncrypted } = input;
  let services: Services | undefined;
  await using listener = await startBundleListener(() => services);
  let isInVerify = false;
  const ports: Ports = {
    clock: {
      now() {
        // After the fetch-back the clock is asked only inside the transaction that makes the release real.
        if (killAt === 'in-transaction' && isInVerify) kill();
        return systemClock.now();
      },
    },
    logger: silentLogger,
    deviceOrigin: listener.origin,
    network: { interfaces: () => ({}) },
    secrets: { kind: 'none', seal: (plain) => Promise.resolve(plain), open: (sealed) => Promise.resolve(sealed) },
  };
  services = await createServices(ports, dataDir);
  await using opened = services;
  // Slow enough to be met in the middle.
  listener.beforeAnswer = () => {
    isInVerify = true;
    return new Promise((resolve) => setTimeout(resolve, killAt === 'verify' ? 50 : 0));
  };
  opened.events.subscribe(({ name }) => {
    if (killAt === 'after-commit' && name === 'release.changed') kill();
  });
  const source = { kind: 'path', path: build } as const;
  const sealed = isEncrypted ? { key: (await opened.vault.create('work')).name, delta: false } : {};
  const jobId = opened.releases.publish({ appId: publishAppId, source, version, allowWarnings: true, ...sealed });
  process.stdout.write('started\n');
  const watch = setInterval(() => {
    const step = opened.jobs.get(jobId).steps.find(({ state }) => state === 'running');
    if (step?.name === killAt) kill();
  }, 0);
  const job = await opened.jobs.wait(jobId);
  clearInterval(watch);
  const step = job.steps.find(({ state }) => state === 'running')?.name ?? null;
  process.stdout.write(`${JSON.stringify({ state: job.state, code: job.error?.code ?? null, step })}\n`);
}

function kill(): void {
  process.kill(process.pid, 'SIGKILL');
}
