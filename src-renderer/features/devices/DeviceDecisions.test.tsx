import { screen, waitFor, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';

import type { Device } from '#contract/models/device.ts';
import { anExplanation } from '#renderer/testing/channel-fixtures.ts';
import { createFakeTransport } from '#renderer/testing/fake-transport.ts';
import { aChannel, aDevice, anApp, aRelease, aServerStatus, someSettings } from '#renderer/testing/fixtures.ts';
import { renderApp } from '#renderer/testing/render.tsx';

const at = '2026-11-24T03:00:00.000Z';

function open(device: Device) {
  let now = device;
  const become = (parts: Partial<Device>): Device => {
    now = { ...now, ...parts };
    return now;
  };
  const transport = createFakeTransport({
    answers: {
      'apps.list': () => [anApp()],
      'jobs.list': () => [],
      'settings.get': () => someSettings(),
      'server.status': () => aServerStatus(),
      'releases.list': () => [aRelease()],
      'channels.list': () => [aChannel(), aChannel({ id: 2, name: 'beta', isDefault: false, public: false })],
      'devices.list': () => [now],
      'devices.get': () => now,
      'devices.timeline': () => [],
      'devices.explain': (input) =>
        'override' in input && input.override?.kind === 'blocked'
          ? anExplanation({ outcome: 'blocked', code: 'disable_update' })
          : anExplanation(),
      'devices.setOverride': ({ override }) =>
        become({ override: override.kind === 'channel' ? { kind: 'channel', channelId: 2, channel: 'beta' } : null }),
      'devices.clearOverride': () => become({ override: null }),
      'devices.offerAgain': () => become({ failedVersions: [] }),
    },
  });
  renderApp(transport, `/devices/${device.deviceId}`);
  const inputs = (called: string) => transport.calls.filter((call) => call.path === called).map(({ input }) => input);
  return { user: userEvent.setup(), inputs };
}

describe('What a person decides for a device', () => {
  it('says where its channel comes from, ties it to another, and lets go again', async () => {
    const { user, inputs } = open(aDevice({ alias: 'Pixel' }));
    expect(await screen.findByText('The device asks for none, and this is the public one.')).toBeDefined();
    await user.click(screen.getByRole('button', { name: 'Override…' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Decide for Pixel' }));
    await user.click(await dialog.findByRole('combobox', { name: 'Tie it to a channel' }));
    await user.click(await screen.findByRole('option', { name: 'beta' }));
    await user.click(dialog.getByRole('button', { name: 'Override' }));
    expect(await screen.findByText('Tied to beta')).toBeDefined();
    expect(inputs('devices.setOverride')).toMatchObject([{ override: { kind: 'channel', channel: 2 } }]);
    await user.click(screen.getByRole('button', { name: 'Clear override' }));
    await waitFor(() => expect(screen.queryByText('Tied to beta')).toBeNull());
  });

  it('says what the device would be answered before anything is decided', async () => {
    const { user, inputs } = open(aDevice({ alias: 'Pixel' }));
    await user.click(await screen.findByRole('button', { name: 'Override…' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Decide for Pixel' }));
    expect((await dialog.findByRole('status')).textContent).toBe('Its next check would be answered: up to date');
    await user.click(dialog.getByRole('radio', { name: 'Block updates' }));
    await waitFor(() => expect(dialog.getByRole('status').textContent).toContain('refused'));
    expect(inputs('devices.explain')).toContainEqual(expect.objectContaining({ override: { kind: 'blocked' } }));
    expect(inputs('devices.setOverride')).toEqual([]);
  });

  it.each([
    ['Give it one release', { kind: 'release', release: 'r1' }],
    ['Force the built-in bundle', { kind: 'builtin' }],
    ['Block updates', { kind: 'blocked' }],
  ])('%s', async (choice, override) => {
    const { user, inputs } = open(aDevice({ alias: 'Pixel' }));
    await user.click(await screen.findByRole('button', { name: 'Override…' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Decide for Pixel' }));
    await user.click(dialog.getByRole('radio', { name: choice }));
    await user.click(dialog.getByRole('button', { name: 'Override' }));
    await waitFor(() => expect(inputs('devices.setOverride')).toMatchObject([{ override }]));
  });

  it('offers a version again that failed here', async () => {
    const failed = { version: '1.0.7', action: 'update_fail', at, nativeVersion: '1.0.0' };
    const { user, inputs } = open(aDevice({ failedVersions: [failed] }));
    expect(await screen.findByRole('heading', { name: 'Not offered again here' })).toBeDefined();
    await user.click(screen.getByRole('button', { name: 'Offer again' }));
    await waitFor(() => expect(screen.queryByRole('heading', { name: 'Not offered again here' })).toBeNull());
    expect(inputs('devices.offerAgain')).toMatchObject([{ version: '1.0.7' }]);
  });

  it('hands out what makes it ask now, and warns of an old plugin', async () => {
    open(aDevice({ pluginVersion: '6.14.0' }));
    expect((await screen.findByRole('group', { name: /^From this computer/ })).textContent).toContain(
      'adb shell monkey -p com.example.shop',
    );
    expect(screen.getByRole('group', { name: /^In the console/ }).textContent).toContain(
      'CapacitorUpdater.getLatest()',
    );
    expect(screen.getAllByText(/^Older than 8\.45\.11/).length).toBeGreaterThan(0);
  });
});
