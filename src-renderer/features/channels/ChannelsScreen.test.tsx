import { screen, waitFor, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';

import type { Channel } from '#contract/models/channel.ts';
import { aHistoryEntry, anAnswer, aPreview, aPreviewDevice } from '#renderer/testing/channel-fixtures.ts';
import { createFakeTransport, failure, type Answers } from '#renderer/testing/fake-transport.ts';
import { aChannel, aDevice, anApp, aRelease, aServerStatus, someSettings } from '#renderer/testing/fixtures.ts';
import { renderApp } from '#renderer/testing/render.tsx';

const production = aChannel({ target: { kind: 'release', releaseId: 'r1', version: '1.0.6' } });
const beta = aChannel({ id: 2, name: 'beta', isDefault: false, public: false, deviceCount: 0 });
const rollout: NonNullable<Channel['rollout']> = {
  rolloutId: 'x',
  releaseId: 'r2',
  version: '1.0.7',
  percentageBps: 1_000,
  enabled: true,
  pausedAt: null,
  pauseReason: null,
  cacheTtlSeconds: 2_592_000,
  selectedDevices: 1,
  decidedDevices: 9,
};
const refused = anAnswer({
  outcome: 'blocked',
  code: 'disable_dev_build',
  version: null,
  detail: 'It is a dev build.',
  values: { channel: 'production' },
});

function open(path: string, channels: readonly Channel[] = [production, beta], more: Answers = {}) {
  let now = channels;
  const transport = createFakeTransport({
    answers: {
      'apps.list': () => [anApp()],
      'jobs.list': () => [],
      'settings.get': () => someSettings(),
      'server.status': () => aServerStatus(),
      'releases.list': () => [aRelease({ releaseId: 'r2', version: '1.0.7', liveOn: [] }), aRelease()],
      'devices.list': () => [aDevice({ alias: 'Pixel' })],
      'channels.list': () => [...now],
      'channels.history': () => [],
      'channels.preview': ({ change, target }) => {
        const isRefused = change?.allowDev === false;
        const after = isRefused ? refused : anAnswer({ version: target?.kind === 'release' ? '1.0.7' : '1.0.6' });
        const isChanged = isRefused || target !== undefined;
        return aPreview([aPreviewDevice({ alias: 'Pixel', before: anAnswer({ version: '1.0.6' }), after, isChanged })]);
      },
      ...more,
    },
  });
  renderApp(transport, path);
  const set = (next: readonly Channel[]) => {
    now = next;
  };
  const inputs = (called: string) => transport.calls.filter((call) => call.path === called).map(({ input }) => input);
  return { transport, user: userEvent.setup(), set, inputs };
}

describe('Channels', () => {
  it('says what each offers, for whom it is public, and how far a rollout is', async () => {
    open('/channels', [{ ...production, rollout }, beta]);
    const table = await screen.findByRole('table', { name: 'Channels of Shop' });
    await within(table).findByText('1 updated');
    const [, first, second] = within(table).getAllByRole('row');
    expect(first?.textContent).toContain('productionDefault');
    expect(first?.textContent).toContain('iOSAndroidElectron');
    expect(first?.textContent).toContain('1.0.61.0.7 at 10 %');
    expect(second?.textContent).toContain('Not publicNothing yetNone');
  });

  it('creates one, refusing names that are taken or cannot be', async () => {
    const { user, inputs } = open('/channels', undefined, {
      'channels.create': ({ name }) => ({ channel: aChannel({ id: 3, name }), unpublished: [] }),
    });
    await user.click(await screen.findByRole('button', { name: 'New channel' }));
    const name = await screen.findByRole('textbox', { name: 'Name' });
    await user.type(name, 'beta');
    expect(screen.getByText('There is already a channel of this name.')).toBeDefined();
    await user.type(name, ' x');
    expect(screen.getByText(/^1 to 60 letters/)).toBeDefined();
    await user.clear(name);
    await user.type(name, 'qa{Enter}');
    await waitFor(() => expect(inputs('channels.create')).toEqual([{ appId: 'com.example.shop', name: 'qa' }]));
    expect(window.location.hash).toBe('#/channels/3');
  });

  it('shows a failure with its way out', async () => {
    const { transport, user } = open('/channels', undefined, {
      'channels.list': () => {
        throw failure('DISK_FULL');
      },
    });
    await screen.findByText('The disk is full.');
    transport.answer({ 'channels.list': () => [production] });
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByRole('table')).toBeDefined();
  });
});

describe('A channel', () => {
  it('says for whom a rule changes the answer before it is saved, and takes it back afterwards', async () => {
    const { user, set, inputs } = open('/channels/1', undefined, {
      'channels.update': ({ change }) => {
        set([{ ...production, allowDev: change.allowDev ?? true }, beta]);
        return { channel: production, unpublished: [] };
      },
    });
    await user.click(await screen.findByRole('checkbox', { name: 'Development builds' }));
    expect(await screen.findByText('Changes the answer for 1 device.')).toBeDefined();
    await user.click(screen.getByRole('button', { name: /refused: .*1 changes/ }));
    expect(screen.getByText('was: offered 1.0.6')).toBeDefined();
    expect(screen.getByText('It is a dev build.')).toBeDefined();

    await user.click(screen.getByRole('button', { name: 'Save changes' }));
    await waitFor(() => expect(inputs('channels.update')).toHaveLength(1));
    expect(inputs('channels.update')[0]).toMatchObject({ channel: 1, change: { allowDev: false } });
    await user.click(await screen.findByRole('button', { name: 'Undo' }));
    await waitFor(() => expect(inputs('channels.update')[1]).toMatchObject({ change: { allowDev: true } }));
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Save changes' })).toBeNull());
  });

  it('tells which channel stops being public', async () => {
    const { user } = open('/channels/2');
    await user.click(await screen.findByRole('checkbox', { name: 'Devices that ask for no channel get this one' }));
    await user.click(screen.getByRole('checkbox', { name: 'Android' }));
    expect(
      screen.getByText(/production will no longer be public\..*Nothing is public for Android and Electron then/),
    ).toBeDefined();
  });

  it('is pointed at another release after saying for whom, with a way back', async () => {
    const { user, inputs } = open('/channels/1', undefined, { 'channels.setTarget': () => production });
    await user.click(await screen.findByRole('button', { name: 'Change…' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'What should production offer?' }));
    await user.click(await dialog.findByRole('radio', { name: /^1\.0\.7/ }));
    expect(await dialog.findByText('Changes the answer for 1 device.')).toBeDefined();
    await user.click(dialog.getByRole('button', { name: 'Offer 1.0.7 on production' }));
    await user.click(await screen.findByRole('button', { name: 'Undo' }));
    await waitFor(() =>
      expect(inputs('channels.setTarget')).toMatchObject([
        { target: { kind: 'release', release: 'r2' } },
        { target: { kind: 'release', release: 'r1' } },
      ]),
    );
  });

  it('starts a rollout with a share that keys set to a hundredth of a percent', async () => {
    const { user, inputs } = open('/channels/1', undefined, { 'channels.setRollout': () => production });
    const slider = await screen.findByRole('slider', { name: 'Share of devices' });
    slider.focus();
    await user.keyboard('{ArrowRight}{Shift>}{ArrowRight}{/Shift}');
    expect(slider.getAttribute('aria-valuetext')).toBe('11.01 %');
    await user.click(screen.getByRole('button', { name: 'Start: offer 1.0.7 to 11.01 %' }));
    await waitFor(() =>
      expect(inputs('channels.setRollout')).toMatchObject([{ release: 'r2', percentageBps: 1_101, enabled: true }]),
    );
  });

  it('pauses a rollout at once, and asks before it ends one', async () => {
    const { user, inputs } = open('/channels/1', [{ ...production, rollout }], {
      'channels.pauseRollout': () => production,
      'channels.promoteRollout': () => production,
    });
    await user.click(await screen.findByRole('button', { name: 'Pause' }));
    await waitFor(() => expect(inputs('channels.pauseRollout')).toHaveLength(1));
    await user.click(screen.getByRole('button', { name: 'Promote…' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Offer 1.0.7 to everybody?' }));
    await dialog.findByText('Changes the answer for 1 device.');
    await user.click(dialog.getByRole('button', { name: 'Promote 1.0.7' }));
    await waitFor(() => expect(inputs('channels.promoteRollout')).toHaveLength(1));
  });

  it('says why a rollout is paused', async () => {
    const pauseReason = '4 of 20 devices failed within 60 min; the true share is at least 8.1 %';
    const paused = { ...rollout, pausedAt: '2026-11-24T03:00:00.000Z', pauseReason };
    open('/channels/1', [{ ...production, rollout: paused }]);
    expect(await screen.findByText(/^Paused: 1\.0\.7 at 10 %/)).toBeDefined();
    expect(
      screen.getByText(/^Why: auto-pause: 4 of 20 devices failed within 60 min; really at least 8\.1 % fail$/),
    ).toBeDefined();
    expect(screen.getByRole('button', { name: 'Resume' })).toBeDefined();
  });

  it('says an auto-pause policy in words, with an example', async () => {
    const { user, inputs } = open('/channels/1', undefined, {
      'channels.update': () => ({ channel: production, unpublished: [] }),
    });
    await user.click(await screen.findByRole('checkbox', { name: 'Watch rollouts of this channel' }));
    expect(
      screen.getByText(/When at least 10 devices .* at least 3 of them failed.* 10 % fail, the rollout is paused/),
    ).toBeDefined();
    expect(screen.getByText('Of 10 devices that try, 3 failures are enough.')).toBeDefined();
    await user.click(screen.getByRole('button', { name: 'Save auto-pause' }));
    await waitFor(() =>
      expect(inputs('channels.update')).toMatchObject([
        { change: { autoPause: { enabled: true, failureRateBps: 1_000, minAttempts: 10, minFailures: 3 } } },
      ]),
    );
  });

  it('goes back to what it offered before, in one click', async () => {
    const { user, inputs } = open('/channels/1', undefined, {
      'channels.history': () => [aHistoryEntry({ id: 7, canRollBack: true })],
      'channels.rollBack': () => production,
    });
    await user.click(await screen.findByRole('button', { name: 'Back to 1.0.5' }));
    await waitFor(() => expect(inputs('channels.rollBack')).toMatchObject([{ channel: 1, entryId: 7 }]));
    expect(await screen.findByText('production offers 1.0.5 again.')).toBeDefined();
  });

  it('that is the default one is not deleted, and says why', async () => {
    const { user } = open('/channels/1');
    await user.click(await screen.findByRole('button', { name: 'Delete…' }));
    const dialog = await screen.findByRole('dialog', { name: 'Delete channel production?' });
    expect(dialog.textContent).toContain('Make another channel the default one first.');
    expect(within(dialog).queryByRole('button', { name: 'Delete production' })).toBeNull();
  });

  it('is deleted with devices tied to it only when that is meant, and names them', async () => {
    const override = { kind: 'channel', channelId: 2, channel: 'beta' } as const;
    const { user, inputs } = open('/channels/2', [production, { ...beta, overrideCount: 1 }], {
      'devices.list': () => [aDevice({ alias: 'Pixel', override })],
      'channels.delete': () => ({ channelId: 2, name: 'beta', releasedDevices: 1 }),
    });
    await user.click(await screen.findByRole('button', { name: 'Delete…' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Delete channel beta?' }));
    await dialog.findByText('Tied to it: Pixel.');
    const confirm = dialog.getByRole('button', { name: 'Delete beta' });
    expect(confirm).toHaveProperty('disabled', true);
    await user.click(dialog.getByRole('checkbox'));
    await user.click(confirm);
    await waitFor(() => expect(inputs('channels.delete')).toMatchObject([{ channel: 2, force: true }]));
    expect(window.location.hash).toBe('#/channels');
  });

  it('that is not there says so and leads back', async () => {
    open('/channels/99');
    expect(await screen.findByRole('heading', { name: 'There is no such channel' })).toBeDefined();
  });
});
