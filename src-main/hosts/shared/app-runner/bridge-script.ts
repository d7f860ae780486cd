import type { VirtualPlatform } from '#contract/models/virtual-device.ts';

/** Name of the binding by which the page tells that it is ready. */
export const READY_BINDING = '__slipwayReady';

/**
 * What the native side puts into a page before its own scripts run, as far as an app needs it to start: the bridge by
 * which `@capacitor/core` knows that it is on a device, and plugins that answer. `CapacitorUpdater.notifyAppReady` is
 * told to us; every other plugin answers with its web implementation where the app brings one, else with nothing.
 */
export function bridgeScript(platform: VirtualPlatform): string {
  return `(${script})(${JSON.stringify(platform)}, ${JSON.stringify(READY_BINDING)});`;
}

/** A text and no function: a bundler would rename what is in it. */
const script = String.raw`(platform, bindingName) => {
  const report = globalThis[bindingName];
  delete globalThis[bindingName];
  const updater = 'CapacitorUpdater';
  const bundle = { id: 'virtual', version: '0.0.0', downloaded: '', checksum: '', status: 'pending' };
  const answers = {
    notifyAppReady: { bundle },
    current: { bundle, native: '0.0.0' },
    getLatest: { version: '' },
    list: { bundles: [] },
    getDeviceId: { deviceId: 'virtual' },
    getPluginVersion: { version: '0.0.0' },
    isAutoUpdateEnabled: { enabled: true },
  };

  function answer(plugin, method) {
    if (plugin === updater && method === 'notifyAppReady') report(String(performance.now()));
    return Promise.resolve(plugin === updater ? (answers[method] ?? {}) : {});
  }

  function listen() {
    const handle = { remove: () => Promise.resolve() };
    return Object.assign(Promise.resolve(handle), handle);
  }

  function pluginOf(name, implementations) {
    const web = implementations?.web;
    let loaded;
    async function call(method, values) {
      if (name === updater || web === undefined) return answer(name, method);
      try {
        loaded ??= Promise.resolve(typeof web === 'function' ? web() : web);
        const found = await loaded;
        if (typeof found[method] === 'function') return await found[method](...values);
      } catch {
        // On a device the native side would have answered.
      }
      return {};
    }
    return new Proxy({}, {
      get(_, method) {
        if (typeof method !== 'string' || method === 'then' || method === 'toJSON') return undefined;
        if (method === 'addListener') return listen;
        return (...values) => call(method, values);
      },
    });
  }

  const known = new Map();
  function register(name, implementations) {
    if (!known.has(name)) known.set(name, pluginOf(name, implementations));
    return known.get(name);
  }
  const plugins = new Proxy({}, {
    get: (_, name) => (typeof name === 'string' ? register(name) : undefined),
    has: () => true,
  });
  const capacitor = {
    getPlatform: () => platform,
    platform,
    isNative: true,
    isNativePlatform: () => true,
    isPluginAvailable: () => true,
    convertFileSrc: (path) => path,
    nativePromise: (plugin, method) => answer(plugin, method),
    nativeCallback(plugin, method) {
      void answer(plugin, method);
      return '1';
    },
    handleError() {},
    PluginHeaders: [],
    Plugins: plugins,
  };
  // The app's own copy of the core sets this anew: it keeps ours.
  Object.defineProperty(capacitor, 'registerPlugin', { get: () => register, set() {}, enumerable: true });
  globalThis.Capacitor = capacitor;
  if (platform === 'android') globalThis.androidBridge = { postMessage() {} };
  if (platform === 'ios') globalThis.webkit = { messageHandlers: { bridge: { postMessage() {} } } };
  if (platform === 'electron') globalThis.CapacitorCustomPlatform = { name: 'electron', plugins };
}`;
