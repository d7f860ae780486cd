import { screen, waitFor, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';

import { createFakeTransport, failure, type Answers } from '#renderer/testing/fake-transport.ts';
import { aDevice, aJob, anApp, aRelease, aServerStatus, someSettings } from '#renderer/testing/fixtures.ts';
import { renderPart } from '#renderer/testing/render.tsx';

import { ReleaseScreen } from './ReleaseScreen.tsx';

const answers: Answers = {
  'apps.list': () => [anApp()],
  'server.status': () => aServerStatus(),
  'settings.get': () => someSettings(),
  'builds.recent': () => [],
  'watches.list': () => [],
  'releases.list': () => [aRelease(), aRelease({ releaseId: 'r0', version: '1.0.5', liveOn: [] })],
  'releases.get': () => aRelease(),
  'devices.list': () => [aDevice({ alias: 'Pixel' })],
};

describe('the list of releases', () => {
  it('says in words which release is live, and how devices fare with it', async () => {
    renderPart(<ReleaseScreen />, createFakeTransport({ answers }), '/release');
    const table = await screen.findByRole('table', { name: 'Releases of Shop, newest first' });
    const [, first, second] = within(table).getAllByRole('row');
    expect(first?.textContent).toContain('Live · production');
    expect(first?.textContent).toContain('1 updated');
    expect(second?.textContent).toContain('Not live');
  });

  it('offers every way in when there is nothing yet, and starts the sample', async () => {
    const transport = createFakeTransport({
      answers: {
        ...answers,
        'apps.list': () => [],
        'sample.run': () => ({ jobId: 's' }),
        'jobs.get': () => aJob({ jobId: 's', kind: 'sample' }),
      },
    });
    renderPart(<ReleaseScreen />, transport, '/release');
    expect(await screen.findByText('Drop a web build to publish it to your phones')).toBeTruthy();
    for (const name of ['Choose folder…', 'Choose zip…', 'Paste a path…']) {
      expect(screen.getByRole('button', { name })).toBeTruthy();
    }
    await userEvent.click(screen.getByRole('button', { name: 'Try the sample' }));
    await waitFor(() => expect(transport.calls.some(({ path }) => path === 'sample.run')).toBe(true));
    expect(await screen.findByText(/a virtual phone updates itself/)).toBeTruthy();
  });

  it('shows a failure with what to do, and tries again', async () => {
    const transport = createFakeTransport({
      answers: {
        ...answers,
        'releases.list': () => {
          throw failure('HOST_UNREACHABLE');
        },
      },
    });
    renderPart(<ReleaseScreen />, transport, '/release');
    expect(await screen.findByText('The running Slipway does not answer.')).toBeTruthy();
    transport.answer({ 'releases.list': () => [aRelease()] });
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByRole('link', { name: '1.0.6' })).toBeTruthy();
  });
});

describe('the page of a release', () => {
  it('tells what it is, where it is, and where each device stands', async () => {
    renderPart(<ReleaseScreen />, createFakeTransport({ answers }), '/release/r1');
    expect(await screen.findByRole('heading', { level: 1, name: '1.0.6' })).toBeTruthy();
    const devices = await screen.findByRole('table', { name: 'On devices' });
    expect(devices.textContent).toContain('Pixel');
    expect(devices.textContent).toContain('Runs it');
    const address = await screen.findByRole('button', { name: /^Copy Download address on wlan0/ });
    expect(address.title).toContain(`http://192.168.1.20:8787/AAAAAAAAAAAAAAAAAAAAAA/bundles/`);
  });

  it('deletes a live release only after that is said to be meant', async () => {
    const transport = createFakeTransport({
      answers: { ...answers, 'releases.delete': () => ({ releaseId: 'r1', version: '1.0.6', freedBytes: 10 }) },
    });
    renderPart(<ReleaseScreen />, transport, '/release/r1');
    await userEvent.click(await screen.findByRole('button', { name: 'Delete release…' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Delete release 1.0.6?' }));
    expect(dialog.getByText(/It is live on production/)).toBeTruthy();
    const confirm = dialog.getByRole('button', { name: 'Delete 1.0.6' });
    expect(confirm).toHaveProperty('disabled', true);
    await userEvent.click(dialog.getByRole('checkbox'));
    await userEvent.click(confirm);
    await waitFor(() =>
      expect(transport.calls).toContainEqual({
        path: 'releases.delete',
        input: { appId: 'com.example.shop', release: 'r1', force: true },
      }),
    );
  });

  it('says so when the release is gone', async () => {
    const transport = createFakeTransport({
      answers: {
        ...answers,
        'releases.get': () => {
          throw failure('RELEASE_NOT_FOUND', { appId: 'com.example.shop', release: 'r9' });
        },
      },
    });
    renderPart(<ReleaseScreen />, transport, '/release/r9');
    expect(await screen.findByText('com.example.shop has no release r9.')).toBeTruthy();
  });
});
