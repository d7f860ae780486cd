import type { App, BrowserWindow, BrowserWindowConstructorOptions, NativeImage, Session, Shell } from 'electron';

import type { Logger } from '#core/ports.ts';

import { isOwnPage, pageScheme } from './page.ts';
import type { WindowPlace } from './window-bounds.ts';

/** Sandboxed, isolated, without Node: the page gets the four functions of the preload and nothing else. */
export function windowOptions(
  preloadPath: string,
  icon: NativeImage,
  place: WindowPlace | null,
): BrowserWindowConstructorOptions {
  return {
    title: 'Slipway',
    // An empty image would take the place of the program's own icon.
    ...(icon.isEmpty() ? {} : { icon }),
    width: place?.width ?? 1280,
    height: place?.height ?? 820,
    ...(place === null ? {} : { x: place.x, y: place.y }),
    minWidth: 720,
    minHeight: 480,
    // Shown with its first picture, not as an empty frame.
    show: false,
    autoHideMenuBar: true,
    webPreferences: {
      preload: preloadPath,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
    },
  };
}

/** Keeps every page of the program where it is: no navigation, no other windows, no webview. */
export function guardNavigation(app: App, shell: Shell, logger: Logger): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-navigate', (event) => {
      if (isOwnPage(event.url)) return;
      event.preventDefault();
      logger.warn({ url: event.url }, 'refused to leave the page');
    });
    contents.on('will-redirect', (event) => event.preventDefault());
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(({ url }) => {
      // Links to the web open where a person browses; nothing opens inside.
      if (URL.parse(url)?.protocol === 'https:') void shell.openExternal(url).catch(() => undefined);
      return { action: 'deny' };
    });
  });
}

/** Refuses every permission but writing text to the clipboard, and every request that leaves the program. */
export function guardSession(session: Session): void {
  const isAllowed = (permission: string, address: string) =>
    permission === 'clipboard-sanitized-write' && isOwnPage(address);
  session.setPermissionRequestHandler((_contents, permission, answer, details) =>
    answer(isAllowed(permission, details.requestingUrl)),
  );
  session.setPermissionCheckHandler((_contents, permission, origin) => isAllowed(permission, origin));
  session.setDevicePermissionHandler(() => false);
  session.webRequest.onBeforeRequest((details, answer) => {
    const protocol = URL.parse(details.url)?.protocol ?? '';
    answer({ cancel: ![`${pageScheme}:`, 'blob:', 'data:', 'devtools:'].includes(protocol) });
  });
}

/** Brings the window to the person's eyes. */
export function showWindow(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}
