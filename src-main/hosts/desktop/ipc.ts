import type { BrowserWindow, IpcMain, IpcMainEvent, IpcMainInvokeEvent } from 'electron';

import type { ApiTransport } from '#api/transport.ts';
import type { Reply } from '#contract/errors.ts';
import type { EventMessage } from '#contract/events.ts';
import type { Logger } from '#core/ports.ts';

import { isOwnPage } from './page.ts';

export type IpcDeps = {
  readonly ipcMain: IpcMain;
  readonly window: BrowserWindow;
  readonly transport: ApiTransport;
  readonly pickFolder: () => Promise<string | null>;
  /** The page has begun to listen for events. */
  readonly onListening: () => void;
  readonly logger: Logger;
};

const refusal: Reply = { ok: false, error: { code: 'UNAUTHORIZED', params: {} } };

/**
 * Connects the page with the core. Every message is checked for its sender: our window, its main frame, our page.
 * Returns its own undo.
 */
export function connectPage(deps: IpcDeps): Disposable {
  const { ipcMain, window, transport, logger } = deps;
  const contents = window.webContents;

  function isOurs(event: IpcMainEvent | IpcMainInvokeEvent): boolean {
    const frame = event.senderFrame;
    const isOwn = event.sender === contents && frame !== null && frame.parent === null && isOwnPage(frame.url);
    if (!isOwn) logger.warn({ url: frame?.url ?? null }, 'refused a message of a foreign sender');
    return isOwn;
  }

  ipcMain.handle('api:call', async (event, path: unknown, input: unknown) => {
    if (!isOurs(event)) return refusal;
    return await transport.call(typeof path === 'string' ? path : '', input);
  });
  ipcMain.handle('dialog:pick-folder', async (event) => (isOurs(event) ? await deps.pickFolder() : null));
  const onListening = (event: IpcMainEvent) => {
    if (isOurs(event)) deps.onListening();
  };
  ipcMain.on('api:listening', onListening);

  const stopEvents = transport.subscribe((message) => sendEvent(window, message));
  return {
    [Symbol.dispose]() {
      stopEvents();
      ipcMain.removeHandler('api:call');
      ipcMain.removeHandler('dialog:pick-folder');
      ipcMain.off('api:listening', onListening);
    },
  };
}

export function sendEvent(window: BrowserWindow, message: EventMessage): void {
  if (!window.isDestroyed()) window.webContents.send('api:event', message);
}
