import { act, screen, waitFor, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { afterEach, describe, expect, it } from 'vitest';

import type { Device } from '#contract/models/device.ts';
import type { Settings } from '#contract/models/server.ts';
import { anActivity } from '#renderer/testing/activity-fixtures.ts';
import { createFakeTransport, failure } from '#renderer/testing/fake-transport.ts';
import { aCheck, aDevice, anApp, aServerStatus, someSettings } from '#renderer/testing/fixtures.ts';
import { renderApp } from '#renderer/testing/render.tsx';

import { useConnectStore } from './connect-store.ts';

const app = anApp({
  token: 'TTTTTTTTTTTTTTTTTTTTTT',
  endpoints: [
    {
      interface: 'wlan0',
      address: '192.168.1.20',
      updateUrl: 'http://192.168.1.20:8787/TTTTTTTTTTTTTTTTTTTTTT/updates',
      statsUrl: 'http://192.168.1.20:8787/TTTTTTTTTTTTTTTTTTTTTT/stats',
      channelUrl: 'http://192.168.1.20:8787/TTTTTTTTTTTTTTTTTTTTTT/channel_self',
    },
  ],
});

afterEach(() => useConnectStore.setState(useConnectStore.getInitialState(), true));

type Options = {
  devices?: readonly Device[];
  pickFolder?: () => Promise<string | null>;
  language?: Settings['language'];
};

function open(options: Options = {}) {
  let devices = options.devices ?? [];
  const transport = createFakeTransport({
    ...(options.pickFolder === undefined ? {} : { pickFolder: options.pickFolder }),
    answers: {
      'apps.list': () => [app],
      'apps.get': () => app,
      'jobs.list': () => [],
      'settings.get': () => someSettings({ language: options.language ?? 'en' }),
      'server.status': () => aServerStatus(),
      'server.doctor': () => ({ ok: true, checks: [aCheck('ok', 'DATABASE_ANSWERS')] }),
      'devices.list': () => [...devices],
      'projects.config': ({ format, address }) => ({ config: {}, text: `${format} for ${address}` }),
    },
  });
  renderApp(transport, '/connect');
  const appear = (device: Device) => {
    devices = [...devices, device];
    act(() => transport.emit({ name: 'device.changed', payload: { appId: app.appId, deviceId: device.deviceId } }));
  };
  return { transport, appear, user: userEvent.setup() };
}

describe('Connect', () => {
  it('shows the best address first with its adapter, as QR code of the page for phones', async () => {
    open();
    expect(
      await screen.findByRole('radio', { name: /192\.168\.1\.20:8787\s*wlan0\s*Local network\s*best for a phone/ }),
    ).toHaveProperty('checked', true);
    expect(screen.getByRole('img', { name: 'QR code of http://192.168.1.20:8787/' })).toBeDefined();
    expect(await screen.findByText('json for 192.168.1.20')).toBeDefined();
  });

  it('waits for the first phone and turns green by itself, virtual devices aside', async () => {
    const { appear } = open({ devices: [aDevice({ deviceId: 'v', isVirtual: true })] });
    expect(await screen.findByText('Only virtual devices so far. Waiting for the first phone…')).toBeDefined();
    appear(aDevice({ deviceId: 'p', alias: 'Pixel' }));
    await waitFor(() => expect(screen.getByText('1 device has asked')).toBeDefined());
    expect(screen.getByText('Pixel has asked: the connection works.')).toBeDefined();
  });

  it('tells of a phone that asks with an old address', async () => {
    const { transport } = open();
    await screen.findByText('Waiting for the first phone…');
    act(() =>
      transport.emit({
        name: 'activity.recorded',
        payload: { rows: [anActivity({ kind: 'unpaired', appId: null, remoteAddress: '192.168.1.77' })] },
      }),
    );
    expect(await screen.findByText(/wrong address token came from 192\.168\.1\.77/)).toBeDefined();
  });

  it('gives the config for the emulator and the command for USB (protocol/clients.md §10.2)', async () => {
    const { user } = open();
    await user.click(await screen.findByRole('radio', { name: /Android emulator/ }));
    expect(await screen.findByText('json for 10.0.2.2')).toBeDefined();
    expect(screen.getByText('No QR code: Android emulator reaches Slipway without the network.')).toBeDefined();
    await user.click(screen.getByRole('radio', { name: /Android phone by USB/ }));
    await user.click(screen.getByRole('button', { name: 'Copy adb command: adb reverse tcp:8787 tcp:8787' }));
    expect(await navigator.clipboard.readText()).toBe('adb reverse tcp:8787 tcp:8787');
    await user.click(screen.getByRole('radio', { name: 'TypeScript' }));
    expect(await screen.findByText('ts for localhost')).toBeDefined();
    await user.click(screen.getByRole('button', { name: 'Copy config' }));
    expect(await navigator.clipboard.readText()).toBe('ts for localhost');
  });

  it('shows the change to a project first and then writes exactly that one', async () => {
    const { transport, user } = open({ pickFolder: async () => '/work/shop' });
    transport.answer({
      'projects.preview': () => ({
        path: '/work/shop/capacitor.config.json',
        diff: '--- a\n+++ a\n@@ -1 +1 @@\n-{}\n+{ "plugins": {} }\n',
        hash: 'h1',
        isChanged: true,
      }),
      'projects.apply': ({ hash }) => {
        if (hash !== 'h1') throw failure('PROJECT_CONFIG_CHANGED', { path: '/work/shop/capacitor.config.json' });
        return { path: '/work/shop/capacitor.config.json', diff: '', written: true };
      },
    });
    await user.click(await screen.findByRole('button', { name: 'Choose…' }));
    const diff = await screen.findByRole('group', { name: 'Change to /work/shop/capacitor.config.json' });
    expect(diff.textContent).toContain('added +{ "plugins": {} }');
    expect(transport.calls.some(({ path }) => path === 'projects.apply')).toBe(false);
    await user.click(screen.getByRole('button', { name: 'Write to capacitor.config.json' }));
    expect(await screen.findAllByText('Written to /work/shop/capacitor.config.json.')).not.toHaveLength(0);
    expect(transport.calls.find(({ path }) => path === 'projects.apply')?.input).toEqual({
      appId: app.appId,
      dir: '/work/shop',
      address: '192.168.1.20',
      hash: 'h1',
    });
  });

  it('keeps the folder when a project cannot be read and says what to do', async () => {
    const { transport, user } = open();
    transport.answer({
      'projects.preview': ({ dir }) => {
        throw failure('PROJECT_NOT_FOUND', { path: dir });
      },
    });
    await user.type(await screen.findByRole('textbox', { name: 'Project folder' }), '/nowhere{Enter}');
    expect(await screen.findByText('There is no Capacitor project in /nowhere.')).toBeDefined();
    expect(screen.getByRole('textbox', { name: 'Project folder' })).toHaveProperty('value', '/nowhere');
  });

  it('does not write a preview that was made for another address', async () => {
    const { transport, user } = open();
    transport.answer({
      'projects.preview': () => ({ path: '/p/capacitor.config.json', diff: '@@\n+x', hash: 'h', isChanged: true }),
    });
    await user.type(await screen.findByRole('textbox', { name: 'Project folder' }), '/p{Enter}');
    expect(await screen.findByRole('button', { name: 'Write to capacitor.config.json' })).toBeDefined();
    await user.click(screen.getByRole('radio', { name: /iOS simulator/ }));
    expect(screen.queryByRole('button', { name: 'Write to capacitor.config.json' })).toBeNull();
  });

  it('puts problems of the doctor first, with a command to copy, and runs again on demand', async () => {
    const { transport, user } = open();
    await screen.findByText('Everything checked is in order.');
    transport.answer({
      'server.doctor': () => ({
        ok: false,
        checks: [aCheck('ok', 'DATABASE_ANSWERS'), aCheck('error', 'UFW_ON', { port: 8787 })],
      }),
    });
    await user.click(screen.getByRole('button', { name: 'Check again' }));
    expect(await screen.findByText('1 problem')).toBeDefined();
    const [first] = within(screen.getByText(/^The firewall ufw is on/).closest('ul') ?? document.body).getAllByRole(
      'listitem',
    );
    expect(first?.textContent).toContain('Problem');
    await user.click(within(first ?? document.body).getByRole('button', { name: /^Copy Command/ }));
    expect(await navigator.clipboard.readText()).toBe('sudo ufw allow 8787/tcp');
  });

  it('tells in French what the doctor found, failures that it came upon included', async () => {
    const { transport } = open({ language: 'fr' });
    transport.answer({
      'server.doctor': () => ({
        ok: false,
        checks: [
          aCheck('error', 'PORT_IN_USE', { host: '0.0.0.0', port: 8787 }),
          aCheck('warning', 'APP_UNKNOWN', { appId: 'com.example.shop' }),
          aCheck('ok', 'SPACE_ENOUGH', { freeBytes: 3_200_000_000 }),
        ],
      }),
    });
    expect(await screen.findByText('Il reste 2,98 Gio sur le disque du dossier de données.')).toBeDefined();
    expect(screen.getByText('com.example.shop n’est pas encore une application d’ici.')).toBeDefined();
    expect(screen.getByRole('button', { name: /^Copier Commande/ }).textContent).toBe(
      'slipway app add com.example.shop',
    );
    expect(screen.getByText(/^Le port 8787/)).toBeDefined();
  });

  it('changes the token only after saying who stops working', async () => {
    const { transport, user } = open();
    transport.answer({ 'apps.rotateToken': () => ({ ...app, token: 'N'.repeat(22) }) });
    await user.click(await screen.findByRole('button', { name: 'Change token…' }));
    const dialog = await screen.findByRole('dialog', { name: 'Change the address token of Shop?' });
    expect(dialog.textContent).toContain('stops finding Slipway at once');
    expect(dialog.textContent).toContain('2 devices are affected.');
    expect(transport.calls.some(({ path }) => path === 'apps.rotateToken')).toBe(false);
    await user.click(within(dialog).getByRole('button', { name: 'Change token' }));
    await waitFor(() => expect(transport.calls.some(({ path }) => path === 'apps.rotateToken')).toBe(true));
  });

  it('says why phones cannot arrive when the listener failed, and starts it again', async () => {
    const { transport, user } = open();
    const status = aServerStatus();
    transport.answer({
      'server.status': () => ({
        ...status,
        device: { ...status.device, state: 'failed', urls: [], error: { code: 'PORT_IN_USE', params: { port: 8787 } } },
      }),
      'server.restartDeviceListener': () => {
        transport.answer({ 'server.status': () => status });
        return status;
      },
    });
    act(() => transport.emit({ name: 'server.changed', payload: {} }));
    expect(await screen.findByText('The device listener is not running: no phone can reach Slipway.')).toBeDefined();
    expect(screen.queryByRole('heading', { name: 'Config' })).toBeNull();
    await user.click(screen.getByRole('button', { name: 'Start again' }));
    await waitFor(() => expect(screen.queryByText(/The device listener is not running/)).toBeNull());
  });
});
