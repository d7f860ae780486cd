import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import {
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
} from 'electron';

import { describeError } from '#contract/texts/error-texts.ts';
import { AppError } from '#core/app-error.ts';
import { locateDataDir } from '#hosts/shared/data-dir.ts';
import { createFileSecretStore } from '#hosts/shared/file-secret-store.ts';
import { createKeychainSecretStore } from '#hosts/shared/keychain-secret-store.ts';
import { openHost, type OpenHost } from '#hosts/shared/open-host.ts';
import { locateProgramFiles } from '#hosts/shared/program-files.ts';

import { existingPaths, readArguments } from './arguments.ts';
import { connectPage, sendEvent } from './ipc.ts';
import { menuLanguage, menuTemplate } from './menu.ts';
import { pageUrl, registerPageScheme, servePage } from './page.ts';
import { readWindowPlace, writeWindowPlace, type WindowPlace } from './window-bounds.ts';
import { guardNavigation, guardSession, showWindow, windowOptions } from './window.ts';

/** How long closing may take before the program ends all the same. */
const CLOSE_LIMIT_MS = 10_000;

const given = readArguments(process.argv.slice(1), process.cwd());
// In a checkout, Electron is given the folder to start as well: that is no build.
const givenPaths = given.paths.filter((path) => app.isPackaged || path !== resolve(app.getAppPath()));
const dataDir = locateDataDir({ option: given.dataDir });

/** Builds that came before the page could take them. */
let waitingPaths: string[] = [];
let openWindow: BrowserWindow | undefined;
let isPageListening = false;
const opened = new AsyncDisposableStack();
const starting = new AbortController();
let running: Promise<void> = Promise.resolve();
let closing: Promise<void> | undefined;
let exitCode = 0;

prepare();

/** Everything that Electron wants before it is ready; nothing here waits. */
function prepare(): void {
  app.setName('Slipway');
  app.enableSandbox();
  registerPageScheme(protocol);
  // Chromium's own files stay out of the data folder: one that a newer program wrote must not be touched. One profile,
  // and with it one running program, for each data folder.
  const profile = createHash('sha256').update(resolve(dataDir)).digest('hex').slice(0, 16);
  app.setPath('userData', join(app.getPath('appData'), 'Slipway Window', profile));

  if (!app.requestSingleInstanceLock({ paths: givenPaths })) {
    app.quit();
    return;
  }
  app.on('second-instance', (_event, _argv, _workingDir, data) => {
    if (openWindow) showWindow(openWindow);
    void offerPaths(pathsOf(data));
  });
  // macOS: dropped on the dock icon or opened with this program; may come before it is ready.
  app.on('open-file', (event, path) => {
    event.preventDefault();
    void offerPaths([path]);
  });
  app.on('activate', () => {
    if (openWindow) showWindow(openWindow);
  });
  // Phones are served by this program: a window that is gone but a server that runs on would surprise, on macOS too.
  app.on('window-all-closed', () => app.quit());
  app.on('will-quit', (event) => {
    event.preventDefault();
    void close().finally(() => app.exit(exitCode));
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => app.quit());
  running = app.whenReady().then(run).catch(fail);
}

async function run(): Promise<void> {
  const files = locateProgramFiles();
  const secrets = await createKeychainSecretStore({
    safeStorage,
    platform: process.platform,
    fallback: (missing) => createFileSecretStore(dataDir, missing ? { ...missing, mustChoose: true } : {}),
  });
  const host = opened.use(
    await openHost({
      kind: 'desktop',
      dataDir,
      files,
      // A taken port must not keep the window from opening: the window says it and offers another.
      deviceListener: { kind: 'network', host: given.host, port: given.port, mustOpen: false },
      capabilities: ['pick-folder', 'reveal', 'real-paths'],
      isAttachable: true,
      secrets,
      revealDataFolder,
      signal: starting.signal,
    }),
  );
  if (secrets.kind !== 'keychain') {
    const status = await secrets.protection?.status();
    host.logger.warn({ ...status }, 'no keychain here: secrets are kept in a file of the user or under a passphrase');
  }

  guardNavigation(app, shell, host.logger);
  guardSession(session.defaultSession);
  servePage(protocol, files.rendererDir);
  followSettings(host);
  await openMainWindow(host, join(files.sampleAppDir, '../icons'));
  await offerPaths(givenPaths);
}

async function openMainWindow(host: OpenHost, iconsDir: string): Promise<void> {
  const place = await readWindowPlace(dataDir, screen);
  const icon = nativeImage.createFromPath(join(iconsDir, 'icon-256.png'));
  const window = new BrowserWindow(windowOptions(join(import.meta.dirname, '../preload/index.cjs'), icon, place));
  openWindow = window;
  let lastPlace: WindowPlace | undefined;
  // The core may outlive the window by a moment, and the place is written while the data folder is still ours.
  opened.defer(async () => {
    if (lastPlace) await writeWindowPlace(dataDir, lastPlace);
  });
  opened.use(
    connectPage({
      ipcMain,
      window,
      transport: host.transport,
      pickFolder,
      onListening: () => {
        isPageListening = true;
        flushPaths();
      },
      logger: host.logger,
    }),
  );
  window.on('close', () => {
    lastPlace = { ...window.getNormalBounds(), isMaximized: window.isMaximized() };
  });
  window.on('closed', () => {
    openWindow = undefined;
  });
  window.once('ready-to-show', () => {
    if (place?.isMaximized) window.maximize();
    showWindow(window);
  });
  window.webContents.on('did-navigate', () => {
    isPageListening = false;
  });
  window.webContents.on('render-process-gone', (_event, details) => {
    host.logger.error({ reason: details.reason, exitCode: details.exitCode }, 'the page is gone');
    if (details.reason !== 'clean-exit' && !window.isDestroyed()) window.webContents.reload();
  });
  await window.loadURL(pageUrl);
}

/** Colours of the title bar and words of the menu, as the settings say. */
function followSettings(host: OpenHost): void {
  const apply = () => {
    const { appearance, language } = host.core.settings.get();
    nativeTheme.themeSource = appearance;
    const template = menuTemplate({
      platform: process.platform,
      language: menuLanguage(language, app.getLocale()),
      onOpenFolder: () => void openFolder(),
      onRevealDataFolder: () => void revealDataFolder().catch(() => undefined),
    });
    Menu.setApplicationMenu(Menu.buildFromTemplate(template));
  };
  apply();
  opened.defer(
    host.core.events.subscribe(({ name }) => {
      if (name === 'settings.changed') apply();
    }),
  );
}

async function pickFolder(): Promise<string | null> {
  if (!openWindow) return null;
  const { canceled, filePaths } = await dialog.showOpenDialog(openWindow, { properties: ['openDirectory'] });
  return canceled ? null : (filePaths[0] ?? null);
}

async function openFolder(): Promise<void> {
  const path = await pickFolder();
  if (path !== null) await offerPaths([path]);
}

async function revealDataFolder(): Promise<void> {
  const problem = await shell.openPath(dataDir);
  if (problem !== '') throw new AppError('DATA_FOLDER_UNUSABLE', { dataDir, reason: problem });
}

async function offerPaths(paths: readonly string[]): Promise<void> {
  const found = await existingPaths(paths);
  waitingPaths.push(...found);
  flushPaths();
}

function flushPaths(): void {
  if (!openWindow || !isPageListening || waitingPaths.length === 0) return;
  sendEvent(openWindow, { name: 'paths.opened', payload: { paths: waitingPaths } });
  waitingPaths = [];
}

/** What a second start hands over; it is another process, so it is looked at before it is believed. */
function pathsOf(data: unknown): string[] {
  if (typeof data !== 'object' || data === null || !('paths' in data) || !Array.isArray(data.paths)) return [];
  return data.paths.filter((path: unknown) => typeof path === 'string');
}

function close(): Promise<void> {
  closing ??= closeAll();
  return closing;
}

async function closeAll(): Promise<void> {
  const late = new AbortController();
  const limit = delay(CLOSE_LIMIT_MS, undefined, { signal: late.signal }).catch(() => undefined);
  starting.abort();
  const whole = running.then(() => opened.disposeAsync());
  await Promise.race([whole, limit]).catch(() => {
    exitCode = 1;
  });
  late.abort();
}

/** Says why the program cannot start, in the words of the catalogue, and ends it. */
function fail(error: unknown): void {
  const known = error instanceof AppError ? error : new AppError('INTERNAL', {}, { cause: error });
  if (known.code === 'CANCELLED') return;
  const { message, hint } = describeError(known.toWire());
  process.stderr.write(`${message}\n${hint}\n`);
  if (known.code === 'INTERNAL') process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  dialog.showErrorBox('Slipway', `${message}\n\n${hint}`);
  exitCode = 1;
  app.quit();
}
