import type { DesktopBridge } from '#contract/desktop-bridge.ts';

import { createHttpTransport } from './http-transport.ts';
import { createIpcTransport } from './ipc-transport.ts';
import type { Transport } from './transport.ts';

declare global {
  interface Window {
    readonly desktop?: DesktopBridge;
  }
}

/** Picked once, at the start of the page. */
export function pickTransport(): Transport {
  return window.desktop ? createIpcTransport(window.desktop) : createHttpTransport();
}
