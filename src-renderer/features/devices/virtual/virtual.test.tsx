import { screen, waitFor, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';

import type { Job, JobStep } from '#contract/models/job.ts';
import type { Settings } from '#contract/models/server.ts';
import type { SimulationReport, VirtualDevice } from '#contract/models/virtual-device.ts';
import { describeStep, does, type SimulationSentence } from '#contract/texts/simulation-texts.ts';
import { createFakeTransport } from '#renderer/testing/fake-transport.ts';
import { aDevice, anApp, aServerStatus, someSettings } from '#renderer/testing/fixtures.ts';
import { renderApp } from '#renderer/testing/render.tsx';

const at = '2026-11-25T16:00:00.000Z';
const device = aDevice({ deviceId: 'dddddddd-4', isVirtual: true });
const { appId, deviceId } = device;

const virtual: VirtualDevice = {
  appId,
  deviceId,
  platform: 'android',
  framework: 'capacitor',
  nativeVersion: '1.0.0',
  pluginVersion: '8.51.23',
  channel: 'beta',
  chosenChannel: null,
  keyId: null,
  bundleVersion: '1.0.6',
  builtin: { name: 'dist', files: 10, bytes: 4096 },
  createdAt: at,
  lastRun: {
    outcome: 'updated',
    version: '1.0.6',
    steps: [
      { step: 'check', at, detail: 'Offered 1.0.6.' },
      { step: 'ready', at, detail: 'The app was run in chrome and called notifyAppReady after 0.3 s.' },
    ],
    requests: [{ method: 'POST', url: 'http://a/updates', status: 200 }],
    stats: [],
    bytes: 2048,
    reused: 1024,
    files: { fetched: 2, builtin: 8, cache: 1 },
    at,
    fault: null,
  },
};

function aJob(part: Partial<Job> = {}): Job {
  return {
    jobId: 'job-1',
    kind: 'simulate',
    title: appId,
    appId,
    state: 'running',
    progress: 0.5,
    steps: [{ name: 'devices', state: 'running', value: 0.5 }],
    error: null,
    result: null,
    startedAt: at,
    endedAt: null,
    ...part,
  };
}

const steps = (builtin: JobStep['state'], devices: JobStep['state']): JobStep[] => [
  { name: 'builtin', state: builtin, value: 0.4 },
  { name: 'devices', state: devices, value: 0 },
];
const reading = aJob({ kind: 'simulate', steps: steps('running', 'waiting') });

/** As the core tells of a step. */
function aStep(...sentences: SimulationSentence[]) {
  return { detail: describeStep(sentences), sentences };
}

function open(path: string, added: readonly VirtualDevice[] = [virtual], language: Settings['language'] = 'en') {
  const transport = createFakeTransport({
    answers: {
      'apps.list': () => [anApp()],
      'jobs.list': () => [],
      'jobs.get': () => reading,
      'jobs.cancel': () => ({}),
      'settings.get': () => someSettings({ language }),
      'server.status': () => aServerStatus(),
      'devices.list': () => [device],
      'devices.get': () => device,
      'devices.timeline': () => [],
      'channels.list': () => [],
      'keys.list': () => [],
      'releases.list': () => [],
      'simulator.list': () => [...added],
      'simulator.addAndRun': () => ({ jobId: 'job-1' }),
      'simulator.run': () => ({ jobId: 'job-1' }),
      'simulator.simulate': () => ({ jobId: 'job-1' }),
      'simulator.remove': () => ({}),
      'simulator.channel': () => ({ isDone: true, ...aStep(does('CHANNEL_ASKED_FOR', { channel: 'beta' })) }),
    },
  });
  renderApp(transport, path);
  const called = (wanted: string) => transport.calls.filter((call) => call.path === wanted).map(({ input }) => input);
  return { transport, called, user: userEvent.setup() };
}

describe('virtual devices', () => {
  it('tell in French what they did, what a server said included; an old cycle stays English, and says so', async () => {
    const steps = [
      { step: 'download', at, ...aStep(does('TRANSFER_FAILED'), does('BROKE_OFF_AT', { percent: 50 })) } as const,
      {
        step: 'check',
        at,
        ...aStep(
          does('SERVER_SAID', { message: 'Cannot upgrade major version', error: 'disable_auto_update_to_major' }),
          does('ERROR_CODE', { error: 'disable_auto_update_to_major' }),
        ),
      } as const,
      { step: 'apply', at, detail: 'Switched to 1.0.5.' } as const,
    ];
    const lastRun = virtual.lastRun && { ...virtual.lastRun, steps };
    const { user } = open(`/devices/${deviceId}`, [{ ...virtual, lastRun }], 'fr');
    const list = await screen.findByRole('list', { name: 'Étapes du dernier cycle' });
    const texts = within(list)
      .getAllByRole('listitem')
      .map((item) => item.lastElementChild?.textContent);
    expect(texts).toEqual([
      'Le transfert a échoué : il s’est arrêté à 50 %.',
      'Réponse du serveur : la version est d’un majeur supérieur à son application (disable_auto_update_to_major).',
      'Switched to 1.0.5.',
    ]);
    expect(within(list).getByText('Switched to 1.0.5.').lang).toBe('en');
    await user.click(screen.getByRole('button', { name: 'Demander la liste' }));
    expect(await screen.findByText('Demande désormais le canal beta.')).toBeDefined();
  });

  it('are added from Devices with client, versions and channel, and run at once', async () => {
    const { called, transport, user } = open('/devices');
    await user.click(await screen.findByRole('button', { name: 'Add virtual device…' }));
    const dialog = await screen.findByRole('dialog', { name: 'Add a virtual device' });
    await user.click(within(dialog).getByRole('radio', { name: 'iOS' }));
    await user.type(within(dialog).getByRole('textbox', { name: 'Plugin version' }), '7.34.0');
    await user.type(within(dialog).getByRole('combobox', { name: 'Channel' }), 'beta');
    await user.click(within(dialog).getByRole('button', { name: 'Add and run' }));
    await waitFor(() => expect(called('simulator.addAndRun')).toHaveLength(1));
    const profile = { platform: 'ios', nativeVersion: '1.0.0', pluginVersion: '7.34.0', channel: 'beta' };
    expect(called('simulator.addAndRun')).toEqual([{ appId, profile, count: 1 }]);
    transport.emit({ name: 'job.changed', payload: { ...reading, steps: steps('done', 'running') } });
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  });

  it('are given the web build that came with their app: a pasted path, or a release', async () => {
    const { called, transport, user } = open('/devices');
    await user.click(await screen.findByRole('button', { name: 'Add virtual device…' }));
    const dialog = await screen.findByRole('dialog', { name: 'Add a virtual device' });
    const add = within(dialog).getByRole('button', { name: 'Add and run' });
    await user.click(within(dialog).getByRole('combobox', { name: 'Built-in bundle' }));
    await user.click(await screen.findByRole('option', { name: 'A folder or zip of this machine…' }));
    expect(add).toHaveProperty('disabled', true);
    await user.type(within(dialog).getByRole('textbox', { name: 'Folder or zip' }), '"/work/shop/dist"');
    await user.click(within(dialog).getByRole('combobox', { name: 'Plugin' }));
    await user.click(await screen.findByRole('option', { name: 'Cordova' }));
    await user.click(add);
    await waitFor(() => expect(called('simulator.addAndRun')).toHaveLength(1));
    const profile = {
      platform: 'android',
      framework: 'cordova',
      nativeVersion: '1.0.0',
      builtin: { kind: 'path', path: '/work/shop/dist' },
    };
    expect(called('simulator.addAndRun')).toEqual([{ appId, profile, count: 1 }]);
    expect(await within(dialog).findByRole('progressbar', { name: 'Reading the built-in bundle' })).toBeDefined();
    await user.click(within(dialog).getByRole('button', { name: 'Stop' }));
    await waitFor(() => expect(called('jobs.cancel')).toEqual([{ jobId: 'job-1' }]));
    transport.emit({ name: 'job.changed', payload: { ...reading, state: 'cancelled', endedAt: at } });
    // What was entered stays.
    expect(await within(dialog).findByRole('button', { name: 'Add and run' })).toHaveProperty('disabled', false);
    expect(within(dialog).getByRole('textbox', { name: 'Folder or zip' })).toHaveProperty('value', '"/work/shop/dist"');
  });

  it('are run many at a time, with a fault', async () => {
    const { called, user } = open('/devices');
    await user.click(await screen.findByRole('button', { name: 'Run virtual devices…' }));
    const dialog = await screen.findByRole('dialog', { name: 'Run virtual devices' });
    await user.click(await within(dialog).findByRole('radio', { name: 'Others, only for this run' }));
    await user.click(within(dialog).getByRole('combobox', { name: 'What goes wrong' }));
    await user.click(await screen.findByRole('option', { name: 'The app never calls notifyAppReady' }));
    await user.click(within(dialog).getByRole('button', { name: 'Run 10 devices' }));
    await waitFor(() => expect(called('simulator.simulate')).toHaveLength(1));
    expect(called('simulator.simulate')[0]).toMatchObject({ devices: 10, fault: { name: 'never-ready' } });
  });

  it('show their last cycle step by step on the page of the device, and run one', async () => {
    const { called, transport, user } = open(`/devices/${deviceId}`);
    const steps = await screen.findByRole('list', { name: 'Steps of the last cycle' });
    expect(
      within(steps)
        .getAllByRole('listitem')
        .map(({ textContent }) => textContent),
    ).toEqual(['CheckOffered 1.0.6.', 'ReadyThe app was run in chrome and called notifyAppReady after 0.3 s.']);
    expect(screen.getByText('Updated, runs 1.0.6')).toBeDefined();
    expect(screen.getByText('Files: 2 fetched, 8 built in, 1 cached')).toBeDefined();
    expect(screen.getByText(/^Came with dist: 10 files, 4/)).toBeDefined();
    await user.click(screen.getByRole('button', { name: 'Run a cycle' }));
    await waitFor(() => expect(called('simulator.run')).toEqual([{ appId, deviceIds: [deviceId] }]));
    expect(await screen.findByRole('progressbar', { name: 'Running…' })).toBeDefined();
    transport.emit({ name: 'job.changed', payload: aJob({ state: 'succeeded', result: report, endedAt: at }) });
    expect(await screen.findByText('1 virtual device: 1 updated.')).toBeDefined();
  });

  it('ask for a channel as their app would, and are removed for good', async () => {
    const { called, user } = open(`/devices/${deviceId}`);
    expect(await screen.findByText('Follows its config: beta.')).toBeDefined();
    await user.type(screen.getByRole('combobox', { name: 'Channel of its own' }), 'beta');
    await user.click(screen.getByRole('button', { name: 'Choose channel' }));
    expect(await screen.findByText('Asks for channel beta from now on.')).toBeDefined();
    expect(called('simulator.channel')).toEqual([{ appId, deviceId, call: { call: 'set', channel: 'beta' } }]);
    await user.click(screen.getByRole('button', { name: 'Remove…' }));
    await user.click(await screen.findByRole('button', { name: /^Remove [^…]/ }));
    await waitFor(() => expect(called('simulator.remove')).toEqual([{ appId, deviceId }]));
  });

  it('of the command line, which are not kept, are forgotten like phones and not run', async () => {
    open(`/devices/${deviceId}`, []);
    expect(await screen.findByRole('button', { name: 'Forget…' })).toBeDefined();
    expect(screen.queryByRole('button', { name: 'Run a cycle' })).toBeNull();
  });
});

const report: SimulationReport = {
  outcome: 'updated',
  version: '1.0.6',
  deviceId,
  platform: 'android',
  steps: [],
  requests: [],
  stats: [],
  bytes: 0,
  reused: 0,
  outcomes: { updated: 1, up_to_date: 0, blocked: 0, failed: 0 },
  devices: [{ deviceId, platform: 'android', outcome: 'updated', version: '1.0.6', detail: '' }],
};
