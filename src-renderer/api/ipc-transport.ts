import type { DesktopBridge } from '#contract/desktop-bridge.ts';

import type { Transport } from './transport.ts';

/** The desktop window's transport: the preload's four functions. The window and the core live and die together. */
export function createIpcTransport(bridge: DesktopBridge): Transport {
  return {
    kind: 'ipc',
    call: (path, input) => bridge.call(path, input),
    subscribe: (listener) => bridge.subscribe(listener),
    watchConnection(listener) {
      listener('open');
      return () => undefined;
    },
    upload: null,
    pathForFile: (file) => bridge.pathForFile(file),
    pickFolder: () => bridge.pickFolder(),
  };
}
