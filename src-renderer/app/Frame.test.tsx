import { screen, waitFor, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';

import { createFakeTransport, failure, type Answers } from '#renderer/testing/fake-transport.ts';
import { aJob, anApp, aServerStatus, someSettings } from '#renderer/testing/fixtures.ts';
import { renderApp } from '#renderer/testing/render.tsx';

import { screens } from './screens.ts';

const answers: Answers = {
  'apps.list': () => [anApp(), anApp({ appId: 'com.example.other', name: 'Other' })],
  'server.status': () => aServerStatus(),
  'settings.get': () => someSettings(),
  'jobs.list': () => [],
  'releases.list': () => [],
  'builds.recent': () => [],
  'watches.list': () => [],
};

describe('the frame', () => {
  it('names the screens in the rail and marks the one that is shown', async () => {
    renderApp(createFakeTransport({ answers }), '/settings');
    const rail = await screen.findByRole('navigation', { name: 'Screens' });
    expect(
      within(rail)
        .getAllByRole('link')
        .map((link) => link.textContent),
    ).toEqual(['Release', 'Channels', 'Devices', 'Activity', 'Keys', 'Connect', 'Settings']);
    expect(within(rail).getByRole('link', { name: 'Settings' }).getAttribute('aria-current')).toBe('page');
    expect(await screen.findByRole('heading', { level: 1, name: 'Settings' })).toBeTruthy();
  });

  it('shows where phones reach the listener and how many devices are there', async () => {
    renderApp(createFakeTransport({ answers }));
    const pill = await screen.findByRole('link', { name: /Running 192\.168\.1\.20:8787 · 2 devices/ });
    expect(pill.getAttribute('href')).toBe('#/connect');
  });

  it('says why the listener is down and starts it again', async () => {
    const down = aServerStatus({
      device: {
        state: 'failed',
        host: '0.0.0.0',
        port: 8787,
        urls: [],
        error: { code: 'PORT_IN_USE', params: { port: 8787, host: '0.0.0.0' } },
      },
    });
    const transport = createFakeTransport({
      answers: { ...answers, 'server.status': () => down, 'server.restartDeviceListener': () => aServerStatus() },
    });
    renderApp(transport);
    expect(await screen.findByText(/Port 8787 on 0\.0\.0\.0 is taken/)).toBeTruthy();
    transport.answer({ 'server.status': () => aServerStatus() });
    await userEvent.click(screen.getByRole('button', { name: 'Restart' }));
    expect(await screen.findByRole('link', { name: /^Running/ })).toBeTruthy();
  });

  it('refetches what an event made doubtful', async () => {
    const transport = createFakeTransport({ answers });
    renderApp(transport);
    await screen.findByRole('link', { name: /2 devices/ });
    transport.answer({ 'server.status': () => aServerStatus({ activeDevices: 3 }) });
    transport.emit({ name: 'device.changed', payload: { appId: 'com.example.shop', deviceId: 'd' } });
    expect(await screen.findByRole('link', { name: /3 devices/ })).toBeTruthy();
  });

  it('says that the connection is lost, and asks for everything again when it is back', async () => {
    const transport = createFakeTransport({ answers });
    renderApp(transport);
    await screen.findByRole('link', { name: /2 devices/ });
    transport.setConnection('lost');
    expect(await screen.findByText(/Connection to Slipway lost/)).toBeTruthy();
    transport.answer({ 'server.status': () => aServerStatus({ activeDevices: 5 }) });
    transport.setConnection('open');
    expect(await screen.findByRole('link', { name: /5 devices/ })).toBeTruthy();
    expect(screen.queryByText(/Connection to Slipway lost/)).toBeNull();
  });

  it('opens the palette by keyboard, finds a command and runs it', async () => {
    renderApp(createFakeTransport({ answers }));
    await screen.findByRole('link', { name: /^Running/ });
    await userEvent.keyboard('{Control>}k{/Control}');
    const field = await screen.findByRole('combobox', { name: /Go to, run/ });
    await userEvent.type(field, 'settings{Enter}');
    expect(await screen.findByRole('heading', { level: 1, name: 'Settings' })).toBeTruthy();
    await waitFor(() => expect(screen.queryByRole('combobox', { name: /Go to, run/ })).toBeNull());
  });

  it('switches the screen by Ctrl or Alt and its number', async () => {
    renderApp(createFakeTransport({ answers }), '/settings');
    await screen.findByRole('heading', { level: 1, name: 'Settings' });
    await userEvent.keyboard('{Control>}[Digit1]{/Control}');
    expect(await screen.findByRole('heading', { level: 1, name: 'Releases' })).toBeTruthy();
    const number = screens.findIndex(({ id }) => id === 'settings') + 1;
    await userEvent.keyboard(`{Alt>}[Digit${number}]{/Alt}`);
    expect(await screen.findByRole('heading', { level: 1, name: 'Settings' })).toBeTruthy();
  });

  it('lists the shortcuts on ? and closes the list on Escape', async () => {
    renderApp(createFakeTransport({ answers }));
    await screen.findByRole('link', { name: /^Running/ });
    await userEvent.keyboard('?');
    const list = await screen.findByRole('dialog', { name: 'Keyboard shortcuts' });
    // A browser has Ctrl+1 for its own tabs.
    expect(within(list).getByText('Release').closest('li')?.textContent).toBe('ReleaseAlt1');
    await userEvent.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByRole('dialog', { name: 'Keyboard shortcuts' })).toBeNull());
  });

  it('shows running jobs in the tray and cancels one', async () => {
    const transport = createFakeTransport({ answers: { ...answers, 'jobs.cancel': () => ({}) } });
    renderApp(transport);
    await screen.findByRole('link', { name: /^Running/ });
    transport.emit({ name: 'job.changed', payload: aJob({ progress: 0.4 }) });
    await userEvent.click(await screen.findByRole('button', { name: '1 job running' }));
    await userEvent.click(await screen.findByRole('button', { name: 'Cancel Publish 1.0.7' }));
    expect(transport.calls).toContainEqual({ path: 'jobs.cancel', input: { jobId: 'j1' } });
  });

  it('tells of a job that ended while nobody watched it', async () => {
    const transport = createFakeTransport({ answers });
    renderApp(transport);
    await screen.findByRole('link', { name: /^Running/ });
    transport.emit({ name: 'job.changed', payload: aJob() });
    await screen.findByRole('button', { name: '1 job running' });
    transport.emit({
      name: 'job.changed',
      payload: aJob({ state: 'failed', error: { code: 'DISK_FULL', params: {} } }),
    });
    expect((await screen.findAllByText(/Publish of 1\.0\.7 failed: The disk is full\./)).length).toBeGreaterThan(0);
  });

  it('adds an app, refusing what is no app id', async () => {
    const transport = createFakeTransport({
      answers: {
        ...answers,
        'apps.list': () => [],
        'apps.add': () => anApp({ appId: 'com.example.neu', name: 'Neu' }),
      },
    });
    renderApp(transport);
    await userEvent.click(await screen.findByRole('button', { name: 'App: No app yet' }));
    await userEvent.click(await screen.findByRole('option', { name: 'Add app…' }));
    const field = await screen.findByRole('textbox', { name: /App id/ });
    await userEvent.type(field, 'shop{Enter}');
    expect(transport.calls.some(({ path }) => path === 'apps.add')).toBe(false);
    await userEvent.clear(field);
    transport.answer({ 'apps.list': () => [anApp({ appId: 'com.example.neu', name: 'Neu' })] });
    await userEvent.type(field, 'com.example.neu{Enter}');
    expect(await screen.findByRole('button', { name: /^App: Neu/ })).toBeTruthy();
  });

  it('shows the failure of adding an app and keeps what was typed', async () => {
    const transport = createFakeTransport({
      answers: {
        ...answers,
        'apps.add': () => {
          throw failure('APP_EXISTS', { appId: 'com.example.shop' });
        },
      },
    });
    renderApp(transport);
    await userEvent.click(await screen.findByRole('button', { name: /^App: Shop/ }));
    await userEvent.click(await screen.findByRole('option', { name: 'Add app…' }));
    const field = await screen.findByRole('textbox', { name: /App id/ });
    await userEvent.type(field, 'com.example.shop{Enter}');
    expect(await screen.findByText('The app com.example.shop is already there.')).toBeTruthy();
    expect(field).toHaveProperty('value', 'com.example.shop');
  });
});
