const plugin = globalThis.Capacitor?.Plugins?.CapacitorUpdater;

/** Says that this bundle runs, and reports what the updater does. In a browser there is no updater. */
export async function startUpdates(log) {
  if (!plugin) {
    log('No updater here: this is a browser, or the plugin is not installed.');
    return { current: async () => null, check: () => log('Open this app on a phone to check for updates.') };
  }
  await plugin.notifyAppReady();
  log('Told the updater that this bundle works.');
  plugin.addListener('download', ({ percent }) => log(`Downloading, ${percent} %`));
  plugin.addListener('updateAvailable', ({ bundle }) => log(`${bundle.version} is here. It starts when you leave the app.`));
  plugin.addListener('downloadFailed', ({ version }) => log(`${version} could not be downloaded.`));
  plugin.addListener('updateFailed', ({ bundle }) => log(`${bundle.version} did not start and was rolled back.`));
  return {
    current: () => plugin.current(),
    async check() {
      try {
        const latest = await plugin.getLatest();
        if (!latest.url) {
          log('This is the newest version.');
          return;
        }
        log(`${latest.version} is offered.`);
        await plugin.next({ id: (await plugin.download(latest)).id });
      } catch (error) {
        log(error instanceof Error ? error.message : String(error));
      }
    },
  };
}

export async function describeBundle(updates) {
  const state = await updates.current();
  if (state === null) return 'In a browser';
  return state.bundle.id === 'builtin' ? `Built in, ${state.native}` : `Bundle ${state.bundle.version}`;
}
