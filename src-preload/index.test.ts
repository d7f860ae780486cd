import { EventEmitter } from 'node:events';

import { beforeEach, describe, expect, it, vi } from 'vitest';

import type { DesktopBridge } from '#contract/desktop-bridge.ts';

let exposed: Record<string, unknown>;
let sent: string[];
let invoke: (channel: string, ...args: unknown[]) => Promise<unknown>;
let emitter: EventEmitter;

async function loadPreload(): Promise<DesktopBridge> {
  exposed = {};
  sent = [];
  emitter = new EventEmitter();
  vi.resetModules();
  vi.doMock('electron', () => ({
    contextBridge: { exposeInMainWorld: (name: string, value: unknown) => void (exposed[name] = value) },
    ipcRenderer: {
      on: (channel: string, listener: (...args: unknown[]) => void) => emitter.on(channel, listener),
      send: (channel: string) => void sent.push(channel),
      invoke: (channel: string, ...args: unknown[]) => invoke(channel, ...args),
    },
    webUtils: { getPathForFile: (file: { path?: string }) => file.path ?? '' },
  }));
  await import('./index.ts');
  return exposed['desktop'] as DesktopBridge;
}

beforeEach(() => {
  invoke = (channel, ...args) => Promise.resolve({ ok: true, value: [channel, ...args] });
});

describe('preload', () => {
  it('exposes four functions and nothing else', async () => {
    const bridge = await loadPreload();
    expect(Object.keys(exposed)).toEqual(['desktop']);
    expect(Object.keys(bridge).toSorted()).toEqual(['call', 'pathForFile', 'pickFolder', 'subscribe']);
    expect(Object.values(bridge).every((value) => typeof value === 'function')).toBe(true);
  });

  it('carries a call over one channel, and never rejects', async () => {
    const bridge = await loadPreload();
    expect(await bridge.call('apps.list', {})).toEqual({ ok: true, value: ['api:call', 'apps.list', {}] });
    invoke = () => Promise.reject(new Error('An object could not be cloned.'));
    expect(await bridge.call('apps.list', {})).toEqual({ ok: false, error: { code: 'HOST_UNREACHABLE', params: {} } });
  });

  it('hands events on until their listener is undone, and says when somebody listens', async () => {
    const bridge = await loadPreload();
    const seen: unknown[] = [];
    const listener = (message: unknown) => seen.push(message);
    const undo = [bridge.subscribe(listener), bridge.subscribe(listener)];
    expect(sent).toEqual(['api:listening', 'api:listening']);
    const message = { name: 'server.changed', payload: {} };
    emitter.emit('api:event', { sender: 'kept out' }, message);
    expect(seen).toEqual([message, message]);
    undo[0]?.();
    emitter.emit('api:event', {}, message);
    expect(seen).toHaveLength(3);
  });

  it('tells paths and folders', async () => {
    const bridge = await loadPreload();
    expect(bridge.pathForFile({ path: '/builds/www' })).toBe('/builds/www');
    invoke = (channel) => Promise.resolve(channel === 'dialog:pick-folder' ? '/builds' : null);
    expect(await bridge.pickFolder()).toBe('/builds');
  });
});
