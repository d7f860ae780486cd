import { act, screen, waitFor, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';

import type { Device } from '#contract/models/device.ts';
import { anActivity, anActivityDetail } from '#renderer/testing/activity-fixtures.ts';
import { anExplanation } from '#renderer/testing/channel-fixtures.ts';
import { createFakeTransport, failure } from '#renderer/testing/fake-transport.ts';
import { aChannel, aDevice, anApp, aServerStatus, someSettings } from '#renderer/testing/fixtures.ts';
import { renderApp } from '#renderer/testing/render.tsx';

const pixel = aDevice({ deviceId: 'aaaaaaaa-1', alias: 'Pixel', lastSeenAt: '2026-11-24T03:00:05.000Z' });
const iphone = aDevice({ deviceId: 'bbbbbbbb-2', platform: 'ios', pluginVersion: '10.0.0', state: { kind: 'seen' } });

function open(devices: readonly Device[], path = '/devices') {
  let now = devices;
  const transport = createFakeTransport({
    answers: {
      'apps.list': () => [anApp()],
      'jobs.list': () => [],
      'settings.get': () => someSettings(),
      'server.status': () => aServerStatus(),
      'devices.list': () => [...now],
      'devices.get': ({ deviceId }) => {
        const found = now.find((device) => device.deviceId === deviceId);
        if (!found) throw failure('DEVICE_NOT_FOUND', { deviceId });
        return found;
      },
      'devices.timeline': () => [],
      'devices.explain': () => anExplanation(),
      'channels.list': () => [aChannel()],
    },
  });
  const change = (next: readonly Device[]) => {
    now = next;
    for (const { appId, deviceId } of next) transport.emit({ name: 'device.changed', payload: { appId, deviceId } });
  };
  renderApp(transport, path);
  return { transport, change, user: userEvent.setup() };
}

const rowNames = () =>
  screen
    .getAllByRole('row')
    .slice(1)
    .map((row) => within(row).getByRole('link').textContent);

describe('Devices', () => {
  it('lists devices with their state as a sentence, last seen first', async () => {
    open([iphone, pixel]);
    expect(await screen.findByRole('table', { name: 'Devices of Shop' })).toBeDefined();
    expect(rowNames()).toEqual(['Pixel', 'bbbbbbbb']);
    expect(screen.getByText('runs 1.0.6, ready')).toBeDefined();
    expect(screen.getByText('seen, no update check yet')).toBeDefined();
  });

  it('shows a change of state at its event, with the bar of a download', async () => {
    const { change } = open([pixel]);
    await screen.findByRole('table');
    const state = { kind: 'downloading', version: '1.0.7', percent: 41.7, bytesSent: 417, totalBytes: 1000 } as const;
    act(() => change([{ ...pixel, state }]));
    await waitFor(() => expect(screen.getByText('downloading 1.0.7, 41 %')).toBeDefined());
    expect(screen.getByRole('progressbar', { name: 'Download of 1.0.7' }).getAttribute('aria-valuenow')).toBe('41');
  });

  it('warns of the stray plugin in words (protocol/clients.md Appendix C)', async () => {
    open([iphone]);
    expect(await screen.findByRole('button', { name: /^10\.0\.0 stray ?: .*stray release/ })).toBeDefined();
  });

  it('sorts by a column and says so, and moves between rows by keyboard', async () => {
    const { user } = open([iphone, pixel]);
    await screen.findByRole('table');
    await user.click(screen.getByRole('button', { name: 'Platform' }));
    expect(screen.getByRole('columnheader', { name: 'Platform' }).getAttribute('aria-sort')).toBe('ascending');
    expect(rowNames()).toEqual(['Pixel', 'bbbbbbbb']);
    await user.click(screen.getByRole('button', { name: 'Platform' }));
    expect(rowNames()).toEqual(['bbbbbbbb', 'Pixel']);

    screen.getByRole('link', { name: 'bbbbbbbb' }).focus();
    await user.keyboard('j');
    expect(document.activeElement).toBe(screen.getByRole('link', { name: 'Pixel' }));
    await user.keyboard('{Home}');
    expect(document.activeElement).toBe(screen.getByRole('link', { name: 'bbbbbbbb' }));
    await user.keyboard('j{Enter}');
    expect(await screen.findByRole('heading', { level: 1, name: 'Pixel' })).toBeDefined();
  });

  it('filters by any word and says when nothing matches', async () => {
    const { user } = open([iphone, pixel]);
    await screen.findByRole('table');
    await user.type(screen.getByRole('searchbox', { name: 'Find a device' }), 'ios seen');
    expect(rowNames()).toEqual(['bbbbbbbb']);
    await user.type(screen.getByRole('searchbox', { name: 'Find a device' }), ' nowhere');
    expect(screen.getByRole('heading', { name: 'No device matches “ios seen nowhere”.' })).toBeDefined();
    await user.click(screen.getAllByRole('button', { name: 'Show all devices' }).at(-1) ?? document.body);
    expect(rowNames()).toHaveLength(2);
  });

  it('leads to Connect while no phone has asked', async () => {
    const { user } = open([]);
    await user.click(await screen.findByRole('button', { name: 'Open Connect' }));
    expect(window.location.hash).toBe('#/connect');
  });

  it('shows a failure with its way out and keeps nothing else on screen', async () => {
    const { transport, user } = open([pixel]);
    transport.answer({
      'devices.list': () => {
        throw failure('DISK_FULL');
      },
    });
    expect(await screen.findByText('The disk is full.')).toBeDefined();
    transport.answer({ 'devices.list': () => [pixel] });
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByRole('table')).toBeDefined();
  });
});

describe('A device', () => {
  const path = `/devices/${pixel.deviceId}`;

  it('tells its facts, and its timeline by days with the raw exchange one click away', async () => {
    const { transport, user } = open([pixel], path);
    transport.answer({
      'devices.timeline': () => [anActivity({ id: 8, deviceId: pixel.deviceId, summary: 'Was offered 1.0.7.' })],
      'activity.get': ({ id }) => anActivityDetail({ id }),
    });
    const row = await screen.findByRole('button', { name: /Was offered 1\.0\.7\./ });
    expect(row.getAttribute('aria-expanded')).toBe('false');
    await user.click(row);
    expect((await screen.findByRole('group', { name: 'Response: Body' })).textContent).toContain('"version": "1.0.7"');
    expect(screen.getByText('Real device')).toBeDefined();
  });

  it('grows its timeline by events of this device only', async () => {
    const { transport } = open([pixel], path);
    await screen.findByText(/Nothing recorded yet/);
    act(() =>
      transport.emit({
        name: 'activity.recorded',
        payload: {
          rows: [
            anActivity({ id: 1, deviceId: 'other', summary: 'Somebody else.' }),
            anActivity({ id: 2, deviceId: pixel.deviceId, summary: 'Reported set_next.' }),
          ],
        },
      }),
    );
    expect(await screen.findByText('Reported set_next.')).toBeDefined();
    expect(screen.queryByText('Somebody else.')).toBeNull();
  });

  it('is renamed', async () => {
    const { transport, user, change } = open([pixel], path);
    transport.answer({
      'devices.rename': ({ alias }) => {
        change([{ ...pixel, alias }]);
        return { ...pixel, alias };
      },
    });
    await user.click(await screen.findByRole('button', { name: 'Rename…' }));
    const name = await screen.findByRole('textbox', { name: 'Name' });
    await user.clear(name);
    await user.type(name, 'Desk phone{Enter}');
    expect(await screen.findByRole('heading', { level: 1, name: 'Desk phone' })).toBeDefined();
    expect(transport.calls.find((call) => call.path === 'devices.rename')?.input).toMatchObject({
      alias: 'Desk phone',
    });
  });

  it('is forgotten only after it was said that it comes back', async () => {
    const { transport, user } = open([pixel], path);
    transport.answer({ 'devices.forget': () => ({}) });
    await user.click(await screen.findByRole('button', { name: 'Forget…' }));
    const dialog = await screen.findByRole('dialog', { name: 'Forget Pixel?' });
    expect(dialog.textContent).toContain('It comes back as a new row when it asks again.');
    await user.click(within(dialog).getByRole('button', { name: 'Forget Pixel' }));
    await waitFor(() => expect(window.location.hash).toBe('#/devices'));
  });

  it('that is not known says why and leads back', async () => {
    open([pixel], '/devices/nobody');
    expect(await screen.findByRole('heading', { name: 'This device is not known here' })).toBeDefined();
  });
});
