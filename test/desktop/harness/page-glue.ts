/**
 * Electron's side of a page, as a script that runs before the page's own: the built preload between stand-ins for
 * `contextBridge`, `ipcRenderer` and `webUtils` over bindings of the page. Arguments are cloned as Electron clones them.
 */
export function pageGlue(preload: string): string {
  return `(() => {
  if (window !== window.top) return;
  const listeners = new Map();
  const paths = new Map();
  const electron = {
    contextBridge: {
      exposeInMainWorld(name, api) {
        Object.defineProperty(window, name, { value: Object.freeze(api), enumerable: true });
      },
    },
    ipcRenderer: {
      on(channel, listener) {
        listeners.set(channel, [...(listeners.get(channel) ?? []), listener]);
      },
      send(channel, ...args) {
        void window.harnessSend(channel, structuredClone(args));
      },
      async invoke(channel, ...args) {
        const { value, failure } = await window.harnessInvoke(channel, structuredClone(args));
        if (failure !== undefined) throw new Error("Error invoking remote method '" + channel + "': " + failure);
        return value;
      },
    },
    webUtils: { getPathForFile: (file) => paths.get(file.name) ?? '' },
  };
  Object.defineProperty(window, 'harness', {
    value: {
      deliver(channel, args) {
        for (const listener of listeners.get(channel) ?? []) listener({}, ...args);
      },
      knowPath(name, path) {
        paths.set(name, path);
      },
    },
  });
  const require = (name) => {
    if (name === 'electron') return electron;
    throw new Error('module not found: ' + name);
  };
  (function (require, exports, module) {
${preload}
  })(require, {}, { exports: {} });
})();`;
}
