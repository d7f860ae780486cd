import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { expect, it } from 'vitest';

import { androidCheck } from '#test/helpers/app-entry.ts';
import { openDeviceHost } from '#test/helpers/device-host.ts';
import { temporaryFolder } from '#test/helpers/trees.ts';

const child = fileURLToPath(new URL('../helpers/device-child.ts', import.meta.url));
const appId = androidCheck.app_id;

it('loses no stat that was acknowledged when the process is killed, and counts what is sent again once', async () => {
  await using folder = await temporaryFolder();
  const dataDir = folder.at('data');
  const killed = spawn(process.execPath, [child, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
  using stack = new DisposableStack();
  stack.defer(() => killed.kill('SIGKILL'));
  const ended = once(killed, 'close');
  const [line] = (await once(createInterface(killed.stdout), 'line')) as [string];
  const { stats } = JSON.parse(line) as { stats: string };

  const acknowledged: object[][] = [];
  const unanswered: object[][] = [];
  let next = 0;
  const batchOf = (): object[] =>
    Array.from({ length: 5 }, () => ({
      ...androidCheck,
      action: 'set',
      version_name: '1.0.1',
      timestamp: (next += 1),
    }));
  const report = async (): Promise<void> => {
    for (;;) {
      const batch = batchOf();
      try {
        const response = await fetch(stats, { method: 'POST', body: JSON.stringify(batch) });
        await response.json();
        acknowledged.push(batch);
      } catch {
        unanswered.push(batch);
        return;
      }
    }
  };
  const devices = Promise.all(Array.from({ length: 8 }, report));
  await expect.poll(() => acknowledged.length, { timeout: 20_000 }).toBeGreaterThan(50);
  killed.kill('SIGKILL');
  await devices;
  await ended;

  await using host = await openDeviceHost({ dataDir });
  const stored = new Set(
    host.core.activity
      .export({ appId, limit: 1_000_000 })
      .map(({ request }) => (request.body as { timestamp: number }).timestamp),
  );
  const missing = acknowledged.flat().filter((event) => !stored.has((event as { timestamp: number }).timestamp));
  expect(missing).toEqual([]);

  // The devices keep what was not answered and send it again, whether or not it had arrived.
  for (const batch of unanswered) {
    expect((await fetch(host.urls.stats, { method: 'POST', body: JSON.stringify(batch) })).status).toBe(200);
  }
  expect((await host.core.activity.list({ appId, kinds: ['stats'], limit: 1 })).total).toBe(next);
});
