import { contextBridge, ipcRenderer, webUtils } from 'electron';

import type { DesktopBridge } from '#contract/desktop-bridge.ts';
import type { Reply } from '#contract/errors.ts';
import type { EventMessage } from '#contract/events.ts';

type EventListener = (message: EventMessage) => void;

const listeners = new Set<EventListener>();

ipcRenderer.on('api:event', (_event, message: EventMessage) => {
  for (const listener of listeners) listener(message);
});

const bridge: DesktopBridge = {
  async call(path, input) {
    try {
      return (await ipcRenderer.invoke('api:call', path, input)) as Reply;
    } catch {
      // Something that cannot be cloned, or a main process on its way out.
      return { ok: false, error: { code: 'HOST_UNREACHABLE', params: {} } };
    }
  },
  subscribe(listener) {
    // The bridge hands over one proxy per function: a wrapper of our own keeps two equal listeners apart.
    const own: EventListener = (message) => listener(message);
    listeners.add(own);
    // What came before anybody listened, such as a folder dropped on the dock icon, waits in the main process.
    ipcRenderer.send('api:listening');
    return () => void listeners.delete(own);
  },
  pathForFile: (file) => webUtils.getPathForFile(file as File),
  pickFolder: async () => (await ipcRenderer.invoke('dialog:pick-folder')) as string | null,
};

contextBridge.exposeInMainWorld('desktop', bridge);
