import { createFakeElectron, type FakeFrame, type FakeWindow } from '../fake-electron.ts';
import type { FromProgram, ToProgram, WireFrame } from './messages.ts';

/**
 * Takes the place of the `electron` module in a Node process that runs the built main entry. Windows are pages of a
 * real Chromium that the parent process drives; messages cross by structured clone, as Electron's do.
 */
const appDataDir = process.env['SLIPWAY_HARNESS_PROFILE'];
const appPath = process.env['SLIPWAY_HARNESS_APP'];
if (appDataDir === undefined || appPath === undefined) throw new Error('The harness was not set up.');

// Electron is given the folder of the program, Node the file.
process.argv = [process.execPath, appPath, ...process.argv.slice(2)];

const loaded = Promise.withResolvers<void>();

function tell(message: FromProgram): void {
  if (process.connected) process.send?.(message);
}

const electron = createFakeElectron({
  appDataDir,
  appPath,
  storageBackend: 'basic_text',
  glue: {
    load(url, webPreferences) {
      tell({ kind: 'load', url, preload: String(webPreferences['preload']) });
      return loaded.promise;
    },
    send: (channel, args) => tell({ kind: 'send', channel, args }),
  },
  onExit(code) {
    // Electron's own end is as sudden; the messages before it have to leave first.
    process.disconnect();
    process.exit(code);
  },
});

export const {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  nativeImage,
  nativeTheme,
  protocol,
  safeStorage,
  screen,
  session,
  shell,
} = electron.module;

process.on('message', (message: ToProgram) => void receive(message));
process.on('disconnect', () => electron.app.quit());
setImmediate(() => electron.becomeReady());

async function receive(message: ToProgram): Promise<void> {
  switch (message.kind) {
    case 'loaded':
      loaded.resolve();
      break;
    case 'invoke': {
      const { id, channel, args } = message;
      try {
        const value = await electron.invoke(mainWindow().webContents, frameOf(message.frame), channel, ...args);
        tell({ kind: 'invoke-reply', id, value });
      } catch (error) {
        tell({ kind: 'invoke-reply', id, failure: error instanceof Error ? error.message : String(error) });
      }
      break;
    }
    case 'page-send':
      electron.sendFromPage(mainWindow().webContents, frameOf(message.frame), message.channel, ...message.args);
      break;
    case 'request':
      tell({ kind: 'response', id: message.id, response: await respond(message.url, message.method) });
      break;
    case 'pick':
      electron.picks.push({ canceled: message.path === null, filePaths: message.path === null ? [] : [message.path] });
      break;
    case 'second-instance':
      electron.app.emit('second-instance', {}, [], '/', { paths: [...message.paths] });
      break;
    case 'close-window':
      electron.closeWindow(mainWindow());
      break;
  }
}

async function respond(url: string, method: string) {
  if (!electron.isRequestAllowed(url)) return null;
  const response = await electron.request(url, method);
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: new Uint8Array(await response.arrayBuffer()),
  };
}

function mainWindow(): FakeWindow {
  const [window] = electron.windows;
  if (!window) throw new Error('There is no window.');
  return window;
}

function frameOf({ url, isMain }: WireFrame): FakeFrame {
  return { url, parent: isMain ? null : mainWindow().webContents.mainFrame };
}
