import { screen, waitFor, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { Activity } from '#contract/models/activity.ts';
import type { SimulationReport, VirtualDevice } from '#contract/models/virtual-device.ts';
import { anActivity, anActivityDetail } from '#renderer/testing/activity-fixtures.ts';
import { createFakeTransport } from '#renderer/testing/fake-transport.ts';
import { aDevice, aJob, anApp, aRelease, aServerStatus, someSettings } from '#renderer/testing/fixtures.ts';
import { renderApp } from '#renderer/testing/render.tsx';

const phone = aDevice();
const { appId, deviceId } = phone;
const at = '2026-11-25T16:00:00.000Z';
const check = anActivity({ id: 7, outcome: 'offered', deviceId, summary: 'Offered 1.0.7.' });
const stat = anActivity({ id: 8, kind: 'stats', deviceId, summary: 'Said something.' });
const body = {
  platform: 'ios',
  device_id: deviceId,
  custom_id: 'Pixel',
  version_build: '1.0.0',
  version_code: '100',
  version_name: '1.0.6',
  plugin_version: '8.51.14',
  is_emulator: false,
  is_prod: false,
  defaultChannel: 'beta',
  key_id: 'MIIBCgKCAQEAzzzzzzzz',
};
const added: VirtualDevice = {
  appId,
  deviceId: 'eeeeeeee-5',
  platform: 'ios',
  framework: 'capacitor',
  nativeVersion: '1.0.0',
  pluginVersion: '8.51.14',
  channel: 'beta',
  chosenChannel: null,
  keyId: null,
  bundleVersion: '1.0.6',
  createdAt: at,
  builtin: null,
  lastRun: null,
};
const report: SimulationReport = {
  outcome: 'updated',
  version: '1.0.7',
  deviceId: added.deviceId,
  platform: 'ios',
  steps: [],
  requests: [],
  stats: [],
  bytes: 0,
  reused: 0,
  outcomes: { updated: 1, up_to_date: 0, blocked: 0, failed: 0 },
  devices: [{ deviceId: added.deviceId, platform: 'ios', outcome: 'updated', version: '1.0.7', detail: '' }],
};
const job = aJob({ kind: 'simulate', title: appId, appId });

// jsdom has no layout: the view is as high as twenty rows.
beforeEach(() => {
  vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(680);
  vi.spyOn(HTMLElement.prototype, 'offsetWidth', 'get').mockReturnValue(1_000);
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(680);
});
afterEach(() => vi.restoreAllMocks());

function open(path: string, rows: readonly Activity[] = [check, stat]) {
  const transport = createFakeTransport({
    answers: {
      'apps.list': () => [anApp()],
      'jobs.list': () => [],
      'jobs.get': () => job,
      'settings.get': () => someSettings(),
      'server.status': () => aServerStatus(),
      'devices.list': () => [phone],
      'devices.get': () => phone,
      'devices.timeline': () => [...rows],
      'channels.list': () => [],
      'keys.list': () => [],
      'releases.list': () => [aRelease({ version: '1.0.6' })],
      'activity.list': ({ beforeId }) => ({ rows: beforeId === undefined ? [...rows] : [], total: rows.length }),
      'activity.get': ({ id }) =>
        anActivityDetail({
          ...rows.find((row) => row.id === id),
          id,
          request: { method: 'POST', path: '/AAAA…/updates', headers: {}, body },
        }),
      'simulator.list': () => [],
      'simulator.add': () => [added],
      'simulator.run': () => ({ jobId: job.jobId }),
    },
  });
  renderApp(transport, path);
  const called = (wanted: string) => transport.calls.filter((call) => call.path === wanted).map(({ input }) => input);
  return { transport, called, user: userEvent.setup() };
}

const action = 'Replay on a virtual device…';

describe('a captured update check on a virtual device', () => {
  it('is made of what the request said, names what is lost, runs once, and shows the way to its steps', async () => {
    const { called, transport, user } = open('/activity');
    await user.click(await screen.findByRole('row', { name: /Offered 1\.0\.7/ }));
    await user.click(await screen.findByRole('button', { name: action }));
    const dialog = await screen.findByRole('dialog', { name: 'Replay on a virtual device' });
    const lost = await within(dialog).findByRole('list', { name: 'Not replayed' });
    expect(dialog.textContent).toContain('the request of row 7 said');
    expect(lost.textContent).toContain('custom_id Pixel: it has none.');
    expect(lost.textContent).toContain('key_id MIIBCgKCAQEAzzzzzzzz: the vault has no such key');
    await user.click(within(dialog).getByRole('button', { name: 'Add and run' }));
    await waitFor(() => expect(called('simulator.run')).toEqual([{ appId, deviceIds: [added.deviceId] }]));
    expect(called('simulator.add')).toEqual([
      {
        appId,
        count: 1,
        current: '1.0.6',
        profile: {
          platform: 'ios',
          nativeVersion: '1.0.0',
          pluginVersion: '8.51.14',
          channel: 'beta',
          build: { nativeCode: '100', isEmulator: false, isProd: false },
        },
      },
    ]);
    expect(await screen.findByRole('progressbar', { name: 'The virtual device runs…' })).toBeDefined();
    transport.emit({
      name: 'job.changed',
      payload: { ...job, state: 'succeeded', progress: 1, result: report, endedAt: at },
    });
    expect(await screen.findByText('Updated, runs 1.0.7')).toBeDefined();
    expect(screen.getByRole('link', { name: 'Show its steps' }).getAttribute('href')).toMatch(/\/devices\/eeeeeeee-5$/);
  });

  it('is offered in the timeline of the device, for checks only', async () => {
    const { user } = open(`/devices/${encodeURIComponent(deviceId)}`);
    const timeline = await screen.findByRole('group', { name: /^What happened on/ });
    const [first, second] = await within(timeline).findAllByRole('button', { expanded: false });
    if (!first || !second) throw new Error('two rows are there');
    await user.click(first);
    await user.click(second);
    await waitFor(() => expect(within(timeline).getAllByText('Request')).toHaveLength(2));
    expect(within(timeline).getAllByRole('button', { name: action })).toHaveLength(1);
  });

  it('is not offered for a report', async () => {
    const { user } = open('/activity');
    await user.click(await screen.findByRole('row', { name: /Said something/ }));
    expect(await screen.findByRole('button', { name: 'Send again' })).toBeDefined();
    await screen.findByRole('group', { name: 'Request: Body' });
    expect(screen.queryByRole('button', { name: action })).toBeNull();
  });
});
