import { EventEmitter } from 'node:events';

/**
 * What the desktop host uses of Electron, with Electron's order of events and without its runtime.
 * `glue` stands for the Chromium side: nothing in unit tests, a real page in the harness.
 */
export type WindowGlue = {
  load(url: string, webPreferences: Readonly<Record<string, unknown>>): Promise<void>;
  send(channel: string, args: readonly unknown[]): void;
};

export type FakeOptions = {
  readonly appDataDir: string;
  readonly appPath?: string;
  readonly glue?: WindowGlue;
  /** False: another instance has the lock. */
  readonly hasLock?: boolean;
  readonly isPackaged?: boolean;
  readonly storageBackend?: string;
  readonly isEncryptionAvailable?: boolean;
  readonly onExit?: (code: number) => void;
};

export type FakeFrame = { readonly url: string; readonly parent: FakeFrame | null };

type Handler = (event: unknown, ...args: unknown[]) => unknown;
type RequestGuard = (details: { url: string }, answer: (decision: { cancel?: boolean }) => void) => void;
type PermissionGuard = (
  contents: unknown,
  permission: string,
  answer: (isGranted: boolean) => void,
  details: { requestingUrl: string },
) => void;

const noGlue: WindowGlue = { load: () => Promise.resolve(), send: () => undefined };

export class FakeEvent {
  defaultPrevented = false;
  readonly url: string;
  constructor(url = '') {
    this.url = url;
  }
  preventDefault(): void {
    this.defaultPrevented = true;
  }
}

export class FakeWebContents extends EventEmitter {
  readonly sent: { readonly channel: string; readonly args: readonly unknown[] }[] = [];
  openHandler: ((details: { url: string }) => { action: string }) | undefined;
  reloads = 0;
  url = '';
  readonly #glue: WindowGlue;

  constructor(glue: WindowGlue) {
    super();
    this.#glue = glue;
  }

  get mainFrame(): FakeFrame {
    return { url: this.url, parent: null };
  }

  send(channel: string, ...args: unknown[]): void {
    // As Electron does: what cannot be cloned throws here, and what arrives is a copy.
    const copies = structuredClone(args);
    this.sent.push({ channel, args: copies });
    this.#glue.send(channel, copies);
  }

  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
    this.openHandler = handler;
  }

  reload(): void {
    this.reloads += 1;
  }
}

export class FakeWindow extends EventEmitter {
  readonly webContents: FakeWebContents;
  readonly options: Readonly<Record<string, unknown>>;
  isOpen = true;
  isShown = false;
  isMinimizedNow = false;
  isMaximizedNow = false;
  focusCount = 0;
  readonly #glue: WindowGlue;

  constructor(options: Readonly<Record<string, unknown>>, glue: WindowGlue) {
    super();
    this.options = options;
    this.#glue = glue;
    this.webContents = new FakeWebContents(glue);
  }

  async loadURL(url: string): Promise<void> {
    this.webContents.url = url;
    const preferences = this.options['webPreferences'] as Readonly<Record<string, unknown>>;
    const loading = this.#glue.load(url, preferences);
    this.webContents.emit('did-navigate', new FakeEvent(url), url, 200, 'OK');
    await loading;
    this.emit('ready-to-show');
  }

  isDestroyed(): boolean {
    return !this.isOpen;
  }
  isMinimized(): boolean {
    return this.isMinimizedNow;
  }
  isMaximized(): boolean {
    return this.isMaximizedNow;
  }
  maximize(): void {
    this.isMaximizedNow = true;
  }
  restore(): void {
    this.isMinimizedNow = false;
  }
  show(): void {
    this.isShown = true;
  }
  focus(): void {
    this.focusCount += 1;
  }
  getNormalBounds(): { x: number; y: number; width: number; height: number } {
    return { x: 40, y: 50, width: 1200, height: 700 };
  }
}

/** The module, and the handles by which a test plays the system and the person. */
export function createFakeElectron(options: FakeOptions) {
  const glue = options.glue ?? noGlue;
  const windows: FakeWindow[] = [];
  const handlers = new Map<string, Handler>();
  const ipcMain = Object.assign(new EventEmitter(), {
    handle(channel: string, handler: Handler) {
      if (handlers.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`);
      handlers.set(channel, handler);
    },
    removeHandler: (channel: string) => void handlers.delete(channel),
  });
  const paths = new Map([['appData', options.appDataDir]]);
  const ready = Promise.withResolvers<void>();
  const exited = Promise.withResolvers<number>();
  const log: string[] = [];
  const locks: unknown[] = [];
  let exitCode: number | undefined;

  const app = Object.assign(new EventEmitter(), {
    isPackaged: options.isPackaged ?? false,
    setName: (name: string) => void log.push(`name ${name}`),
    enableSandbox: () => void log.push('sandbox'),
    getAppPath: () => options.appPath ?? '/app',
    getPath: (name: string) => paths.get(name) ?? '',
    setPath: (name: string, path: string) => void paths.set(name, path),
    getLocale: () => 'en-GB',
    whenReady: () => ready.promise,
    requestSingleInstanceLock(data: unknown) {
      locks.push(data);
      return options.hasLock ?? true;
    },
    quit() {
      if (exitCode !== undefined) return;
      for (const window of windows) closeWindow(window, false);
      const event = new FakeEvent();
      app.emit('will-quit', event);
      if (!event.defaultPrevented) app.exit(0);
    },
    exit(code = 0) {
      if (exitCode !== undefined) return;
      exitCode = code;
      exited.resolve(code);
      options.onExit?.(code);
    },
  });

  function closeWindow(window: FakeWindow, tellApp = true): void {
    if (!window.isOpen) return;
    window.emit('close', new FakeEvent());
    window.isOpen = false;
    window.emit('closed');
    if (tellApp && windows.every((other) => !other.isOpen)) app.emit('window-all-closed');
  }

  const dialogs: { title: string; content: string }[] = [];
  const picks: { canceled: boolean; filePaths: string[] }[] = [];
  const protocolHandlers = new Map<string, (request: Request) => Promise<Response>>();
  const privileged: unknown[] = [];
  const opened: string[] = [];
  const guards: { request?: RequestGuard; permission?: PermissionGuard; device?: () => boolean } = {};
  let menu: unknown;
  const nativeTheme = { themeSource: 'system' };

  class BrowserWindow extends FakeWindow {
    constructor(windowOptions: Readonly<Record<string, unknown>>) {
      super(windowOptions, glue);
      windows.push(this);
      app.emit('web-contents-created', new FakeEvent(), this.webContents);
    }
  }

  const module = {
    app,
    BrowserWindow,
    dialog: {
      showErrorBox: (title: string, content: string) => void dialogs.push({ title, content }),
      showOpenDialog: () => Promise.resolve(picks.shift() ?? { canceled: true, filePaths: [] }),
    },
    ipcMain,
    Menu: {
      buildFromTemplate: (template: unknown) => template,
      setApplicationMenu: (template: unknown) => void (menu = template),
    },
    nativeImage: { createFromPath: (path: string) => ({ path, isEmpty: () => false }) },
    nativeTheme,
    protocol: {
      registerSchemesAsPrivileged: (schemes: unknown[]) => void privileged.push(...schemes),
      handle: (scheme: string, handler: (request: Request) => Promise<Response>) =>
        void protocolHandlers.set(scheme, handler),
    },
    safeStorage: {
      getSelectedStorageBackend: () => options.storageBackend ?? 'gnome_libsecret',
      isAsyncEncryptionAvailable: () => Promise.resolve(options.isEncryptionAvailable ?? true),
      encryptStringAsync: (text: string) => Promise.resolve(Buffer.from(`sealed:${text}`)),
      decryptStringAsync: (sealed: Buffer) =>
        Promise.resolve({ shouldReEncrypt: false, result: sealed.toString().slice('sealed:'.length) }),
    },
    screen: { getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }] },
    session: {
      defaultSession: {
        setPermissionRequestHandler: (guard: PermissionGuard) => void (guards.permission = guard),
        setPermissionCheckHandler: () => undefined,
        setDevicePermissionHandler: (guard: () => boolean) => void (guards.device = guard),
        webRequest: { onBeforeRequest: (guard: RequestGuard) => void (guards.request = guard) },
      },
    },
    shell: {
      openPath: (path: string) => {
        opened.push(path);
        return Promise.resolve('');
      },
      openExternal: (url: string) => {
        opened.push(url);
        return Promise.resolve();
      },
    },
  };

  return {
    module,
    app,
    windows,
    handlers,
    ipcMain,
    dialogs,
    /** Answers of the next folder dialogs. */
    picks,
    opened,
    /** What was handed over with the request for the lock. */
    locks,
    guards,
    privileged,
    nativeTheme,
    log,
    exited: exited.promise,
    getPath: (name: string) => paths.get(name),
    menu: () => menu,
    becomeReady: () => ready.resolve(),
    closeWindow,
    /** One call of a page's `ipcRenderer.invoke`, with the frame it comes from. */
    async invoke(
      sender: FakeWebContents,
      frame: FakeFrame | null,
      channel: string,
      ...args: unknown[]
    ): Promise<unknown> {
      const handler = handlers.get(channel);
      if (!handler) throw new Error(`No handler registered for '${channel}'`);
      return structuredClone(await handler({ sender, senderFrame: frame }, ...structuredClone<unknown[]>(args)));
    },
    /** One `ipcRenderer.send` of a page. */
    sendFromPage(sender: FakeWebContents, frame: FakeFrame | null, channel: string, ...args: unknown[]): void {
      ipcMain.emit(channel, { sender, senderFrame: frame }, ...args);
    },
    /** What the program answers to a request of the page. */
    async request(url: string, method = 'GET'): Promise<Response> {
      const handler = protocolHandlers.get(new URL(url).protocol.slice(0, -1));
      if (!handler) throw new Error(`No protocol handler for ${url}`);
      // Request refuses schemes it does not know only when fetching, not when made.
      return await handler(new Request(url, { method }));
    },
    /** Whether the session lets a request out. */
    isRequestAllowed(url: string): boolean {
      let isAllowed = true;
      guards.request?.({ url }, (decision) => (isAllowed = decision.cancel !== true));
      return isAllowed;
    },
  };
}

export type FakeElectron = ReturnType<typeof createFakeElectron>;
