import { openDeviceHost } from '#test/helpers/device-host.ts';
import { soundBuild } from '#test/helpers/trees.ts';

/** The process whose memory `memory.bench.ts` looks at; started with --expose-gc. */
const host = await openDeviceHost();
await host.publish(soundBuild, '1.0.1');
// The log is full soon, so that old rows go all the time, as they do after days.
host.core.settings.update({ log: { maxRows: 5_000 } });

async function tellMemory(): Promise<void> {
  const { total: rows } = await host.core.activity.list({ limit: 1 });
  globalThis.gc?.();
  globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  process.send?.({ rss, heapUsed, external, rows, devices: host.core.devices.list(host.app.appId).length });
}

process.on('message', (message) => {
  if (message === 'memory') void tellMemory();
  else if (message === 'end') void host[Symbol.asyncDispose]().then(() => process.disconnect());
});
process.send?.({ urls: host.urls });
