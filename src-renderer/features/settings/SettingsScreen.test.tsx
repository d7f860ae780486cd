import { screen, waitFor } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';

import { createFakeTransport, failure, type Answers } from '#renderer/testing/fake-transport.ts';
import { aServerStatus, someSettings } from '#renderer/testing/fixtures.ts';
import { renderPart } from '#renderer/testing/render.tsx';

import { SettingsScreen } from './SettingsScreen.tsx';

const answers: Answers = {
  'server.status': () => aServerStatus(),
  'settings.get': () => someSettings(),
  'apps.list': () => [],
  'storage.usage': () => ({ apps: [], storeBytes: 0, unusedBytes: 0, databaseBytes: 0, freeBytes: null }),
  'storage.pendingRestore': () => null,
};

describe('Settings', () => {
  it('applies address and port together and restarts the listener', async () => {
    const moved = aServerStatus({
      device: { state: 'running', host: '0.0.0.0', port: 9000, urls: ['http://192.168.1.20:9000'], error: null },
    });
    const transport = createFakeTransport({
      answers: {
        ...answers,
        'settings.update': () => someSettings({ device: { host: '0.0.0.0', port: 9000 } }),
        'server.restartDeviceListener': () => moved,
      },
    });
    renderPart(<SettingsScreen />, transport);
    const port = await screen.findByRole('textbox', { name: 'Port' });
    await userEvent.clear(port);
    await userEvent.type(port, '9000');
    transport.answer({
      'server.status': () => moved,
      'settings.get': () => someSettings({ device: { host: '0.0.0.0', port: 9000 } }),
    });
    await userEvent.click(screen.getByRole('button', { name: 'Apply' }));
    expect(await screen.findByText('Listening on 0.0.0.0:9000.')).toBeTruthy();
    expect(transport.calls).toContainEqual({
      path: 'settings.update',
      input: { device: { host: '0.0.0.0', port: 9000 } },
    });
  });

  it('refuses what is no port before anything is asked', async () => {
    const transport = createFakeTransport({ answers });
    renderPart(<SettingsScreen />, transport);
    const port = await screen.findByRole('textbox', { name: 'Port' });
    await userEvent.clear(port);
    await userEvent.type(port, '65536{Enter}');
    expect(await screen.findByText('A whole number from 0 to 65535.')).toBeTruthy();
    expect(transport.calls.some(({ path }) => path === 'settings.update')).toBe(false);
  });

  it('changes colours at once, and takes them back when that could not be kept', async () => {
    const transport = createFakeTransport({
      answers: {
        ...answers,
        'settings.update': () => {
          throw failure('DISK_FULL');
        },
      },
    });
    renderPart(<SettingsScreen />, transport);
    await screen.findByRole('textbox', { name: 'Port' });
    await userEvent.click(screen.getByRole('radio', { name: 'Dark' }));
    expect(await screen.findByText('The disk is full.')).toBeTruthy();
    await waitFor(() => expect(screen.getByRole('radio', { name: 'Light' })).toHaveProperty('checked', true));
  });

  it('offers to show the data folder only where the host can', async () => {
    const { unmount } = renderPart(<SettingsScreen />, createFakeTransport({ answers }));
    await screen.findByText('Data folder');
    expect(screen.queryByRole('button', { name: 'Show in the file manager' })).toBeNull();
    unmount();
    const able = { ...answers, 'server.status': () => aServerStatus({ capabilities: ['reveal'] }) } satisfies Answers;
    renderPart(<SettingsScreen />, createFakeTransport({ answers: able }));
    expect(await screen.findByRole('button', { name: 'Show in the file manager' })).toBeTruthy();
  });
});
