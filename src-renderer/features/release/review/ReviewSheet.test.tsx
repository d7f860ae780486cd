import { act, screen, waitFor, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';

import type { Job } from '#contract/models/job.ts';
import { addToIntake } from '#renderer/stores/intake-store.ts';
import { createFakeTransport, failure, type Answers } from '#renderer/testing/fake-transport.ts';
import {
  aChannel,
  aDevice,
  aJob,
  anApp,
  anInspection,
  aKey,
  aRelease,
  aServerStatus,
  someSettings,
} from '#renderer/testing/fixtures.ts';
import { renderApp } from '#renderer/testing/render.tsx';

const inspected = (result: Job['result']): Job => aJob({ jobId: 'check', kind: 'inspect', state: 'succeeded', result });

const answers: Answers = {
  'apps.list': () => [anApp()],
  'server.status': () => aServerStatus(),
  'settings.get': () => someSettings(),
  'jobs.list': () => [],
  'releases.list': () => [],
  'devices.list': () => [],
  'builds.recent': () => [],
  'watches.list': () => [],
  'keys.list': () => [],
  'channels.list': () => [aChannel()],
  'builds.inspect': () => ({ jobId: 'check' }),
  'jobs.get': ({ jobId }) => (jobId === 'check' ? inspected(anInspection()) : aJob({ jobId })),
  'releases.suggestVersion': ({ version }) => ({
    version: version ?? '1.0.7',
    isValid: version === undefined || /^\d+\.\d+\.\d+$/.test(version),
    isFree: version !== '1.0.6',
    latest: '1.0.6',
    nativeVersion: null,
    warnings: [],
  }),
};

async function openSheet(more: Answers = {}, path = '/home/dev/shop/dist') {
  const transport = createFakeTransport({ answers: { ...answers, ...more } });
  renderApp(transport);
  await screen.findByRole('link', { name: /^Running/ });
  act(() => addToIntake([{ kind: 'path', path }]));
  return { transport, sheet: within(await screen.findByRole('dialog', { name: /^Review build/ })) };
}

describe('the review sheet', () => {
  it('names the effect on its button: version, channel and the devices that get it', async () => {
    const { sheet } = await openSheet();
    expect(await sheet.findByRole('button', { name: 'Publish 1.0.7 to production: 2 devices' })).toBeTruthy();
    expect(sheet.getByText('132')).toBeTruthy();
  });

  it('shows the form at once, while the check still runs', async () => {
    const { sheet } = await openSheet({ 'jobs.get': () => aJob({ jobId: 'check', kind: 'inspect', progress: 0.3 }) });
    expect(sheet.getByText('Checking…')).toBeTruthy();
    const publish = await sheet.findByRole('button', { name: /^Publish 1\.0\.7/ });
    expect(publish).toHaveProperty('disabled', true);
    expect(sheet.getByText('The check is still running.')).toBeTruthy();
  });

  it('takes app id and version from the project around the build', async () => {
    const project = {
      configPath: '/home/dev/tides/capacitor.config.ts',
      appId: 'com.example.tides',
      name: 'Tides',
      webDir: 'dist',
      packageVersion: '0.4.0',
      nativeVersion: null,
      pluginVersion: null,
      keyId: null,
    };
    const { sheet } = await openSheet({
      'jobs.get': () => inspected(anInspection({ project })),
      'releases.suggestVersion': ({ version }) => ({
        version: version ?? '1.0.0',
        isValid: true,
        isFree: true,
        latest: null,
        nativeVersion: null,
        warnings: [],
      }),
    });
    expect(await sheet.findByText('From capacitor.config.ts · New: publishing adds it')).toBeTruthy();
    expect(await sheet.findByRole('button', { name: 'Publish 0.4.0 to production: no device yet' })).toBeTruthy();
  });

  it('blocks on errors and says how many, with each finding and its fix', async () => {
    const { sheet } = await openSheet({
      'jobs.get': () =>
        inspected(
          anInspection({
            isPublishable: false,
            findings: [{ code: 'NOTIFY_APP_READY_MISSING', severity: 'error', params: {} }],
          }),
        ),
    });
    expect(await sheet.findByText('No script calls notifyAppReady().')).toBeTruthy();
    expect(sheet.getByText(/^Call CapacitorUpdater\.notifyAppReady\(\)/)).toBeTruthy();
    expect(sheet.getByText(/^Correct 1 error first/)).toBeTruthy();
    expect(sheet.getByRole('button', { name: /^Publish/ })).toHaveProperty('disabled', true);
  });

  it('explains why a used version cannot be used again', async () => {
    const { sheet } = await openSheet();
    const version = await sheet.findByRole('textbox', { name: 'Version' });
    await waitFor(() => expect(version).toHaveProperty('value', '1.0.7'));
    await userEvent.clear(version);
    await userEvent.type(version, '1.0.6');
    expect(await sheet.findByText(/^1\.0\.6 was used before/)).toBeTruthy();
    expect(sheet.getByText('Choose a free version first.')).toBeTruthy();
  });

  it('says published only when the job says so, and then shows the release', async () => {
    const { sheet, transport } = await openSheet({
      'releases.publish': () => ({ jobId: 'publish' }),
      'releases.get': () => aRelease({ releaseId: 'r7', version: '1.0.7' }),
    });
    await userEvent.click(await sheet.findByRole('button', { name: /^Publish 1\.0\.7/ }));
    expect(await sheet.findByText('Publishing 1.0.7 to production')).toBeTruthy();
    expect(screen.queryByText(/is live/)).toBeNull();
    expect(transport.calls.find(({ path }) => path === 'releases.publish')?.input).toEqual({
      appId: 'com.example.shop',
      source: { kind: 'path', path: '/home/dev/shop/dist' },
      delta: true,
      version: '1.0.7',
      channel: 'production',
      allowWarnings: true,
    });
    const result = {
      releaseId: 'r7',
      appId: 'com.example.shop',
      version: '1.0.7',
      channel: 'production',
      checksum: 'a'.repeat(64),
      size: 1,
      encrypted: false,
      delta: null,
      findings: [],
      timings: {},
    };
    act(() => transport.emit({ name: 'job.changed', payload: aJob({ jobId: 'publish', state: 'succeeded', result }) }));
    expect(await screen.findByRole('heading', { level: 1, name: '1.0.7' })).toBeTruthy();
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  });

  it('keeps what was entered when publishing fails, and says why', async () => {
    const { sheet, transport } = await openSheet({ 'releases.publish': () => ({ jobId: 'publish' }) });
    await userEvent.type(await sheet.findByRole('textbox', { name: 'Notes' }), 'For the fair');
    await userEvent.click(await sheet.findByRole('button', { name: /^Publish 1\.0\.7/ }));
    await sheet.findByText('Publishing 1.0.7 to production');
    act(() =>
      transport.emit({
        name: 'job.changed',
        payload: aJob({ jobId: 'publish', state: 'failed', error: { code: 'DISK_FULL', params: {} } }),
      }),
    );
    expect(await sheet.findByText('Not published')).toBeTruthy();
    expect(sheet.getByText('The disk is full.')).toBeTruthy();
    expect(sheet.getByRole('textbox', { name: 'Notes' })).toHaveProperty('value', 'For the fair');
    expect(sheet.getByRole('button', { name: /^Publish 1\.0\.7/ })).toHaveProperty('disabled', false);
  });

  it('shows a refusal at once, before any job', async () => {
    const { sheet } = await openSheet({
      'releases.publish': () => {
        throw failure('VERSION_EXISTS', { version: '1.0.7', appId: 'com.example.shop', suggested: '1.0.8' });
      },
    });
    await userEvent.click(await sheet.findByRole('button', { name: /^Publish 1\.0\.7/ }));
    expect(await sheet.findByText('Version 1.0.7 of com.example.shop was already used.')).toBeTruthy();
  });

  it('tells why a build could not be read, and tries again', async () => {
    const { sheet, transport } = await openSheet({
      'builds.inspect': () => {
        throw failure('SOURCE_NOT_FOUND', { path: '/home/dev/shop/dist' });
      },
    });
    expect(await sheet.findByText('There is nothing at /home/dev/shop/dist.')).toBeTruthy();
    transport.answer({ 'builds.inspect': () => ({ jobId: 'check' }) });
    await userEvent.click(sheet.getByRole('button', { name: 'Try again' }));
    await waitFor(() =>
      expect(sheet.getByRole('button', { name: /^Publish 1\.0\.7/ })).toHaveProperty('disabled', false),
    );
  });

  it('offers the key of the project, and publishes with it', async () => {
    const project = {
      configPath: '/home/dev/shop/capacitor.config.ts',
      appId: 'com.example.shop',
      name: 'Shop',
      webDir: 'dist',
      packageVersion: null,
      nativeVersion: null,
      pluginVersion: null,
      keyId: 'MIIBCgKCAQEAqJikYizo',
    };
    const { sheet, transport } = await openSheet({
      'keys.list': () => [aKey({ name: 'other', keyId: 'MIIBCgKCAQEAoooooooo' }), aKey()],
      'apps.list': () => [anApp({ keyName: 'other' })],
      'jobs.get': ({ jobId }) => (jobId === 'check' ? inspected(anInspection({ project })) : aJob({ jobId })),
      'releases.publish': () => ({ jobId: 'publish' }),
    });
    expect(await sheet.findByText('The key in capacitor.config.ts.')).toBeTruthy();
    await userEvent.click(await sheet.findByRole('button', { name: /^Publish 1\.0\.7/ }));
    await sheet.findByText('Publishing 1.0.7 to production');
    expect(transport.calls.find(({ path }) => path === 'releases.publish')?.input).toMatchObject({
      key: 'work',
      format: 'v3',
    });
  });

  it('warns of devices that read the old form only', async () => {
    const { sheet } = await openSheet({
      'keys.list': () => [aKey()],
      'apps.list': () => [anApp({ keyName: 'work' })],
      'devices.list': () => [aDevice({ pluginVersion: '7.29.9' }), aDevice({ deviceId: 'b', pluginVersion: '7.30.0' })],
    });
    expect(await sheet.findByText('The key of the last release.')).toBeTruthy();
    expect(await sheet.findByText(/1 device has an older plugin and reads the old form only/)).toBeTruthy();
  });

  it('shows the ways out when devices have another key: that key, or publishing all the same', async () => {
    const { sheet, transport } = await openSheet({
      'keys.list': () => [aKey({ name: 'old', keyId: 'MIIBCgKCAQEAoooooooo' }), aKey()],
      'apps.list': () => [anApp({ keyName: 'work' })],
      'releases.publish': ({ allowKeyMismatch }) => {
        if (allowKeyMismatch) return { jobId: 'publish' };
        throw failure('KEY_MISMATCH', {
          keyId: 'MIIBCgKCAQEAqJikYizo',
          otherKeyId: 'MIIBCgKCAQEAoooooooo',
          readers: ['phone-1'],
        });
      },
    });
    await userEvent.click(await sheet.findByRole('button', { name: /^Publish 1\.0\.7/ }));
    expect(await sheet.findByText(/but phone-1 has key MIIBCgKCAQEAoooooooo/)).toBeTruthy();
    expect(sheet.queryByText(/--/)).toBeNull();
    expect(sheet.getByRole('button', { name: 'Use key “old”' })).toBeTruthy();
    await userEvent.click(sheet.getByRole('button', { name: 'Publish all the same' }));
    await sheet.findByText('Publishing 1.0.7 to production');
    expect(transport.calls.findLast(({ path }) => path === 'releases.publish')?.input).toMatchObject({
      allowKeyMismatch: true,
    });
  });

  it('reviews several builds one after another', async () => {
    const { sheet } = await openSheet();
    act(() => addToIntake([{ kind: 'path', path: '/home/dev/other/www' }]));
    expect(await sheet.findByText('1 of 2')).toBeTruthy();
    await userEvent.click(sheet.getByRole('button', { name: 'Discard' }));
    expect(await screen.findByText('/home/dev/other/www')).toBeTruthy();
  });

  it('throws the upload away with the sheet', async () => {
    const { transport } = await openSheet({
      'uploads.create': () => ({ uploadId: 'u1' }),
      'uploads.complete': () => ({ files: 1, bytes: 1 }),
      'uploads.discard': () => ({}),
    });
    await userEvent.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    act(() =>
      addToIntake([
        { kind: 'files', name: 'dist', files: [{ path: 'index.html', file: new File(['x'], 'index.html') }] },
      ]),
    );
    const sheet = within(await screen.findByRole('dialog', { name: /^Review build/ }));
    await waitFor(() =>
      expect(sheet.getByRole('button', { name: /^Publish 1\.0\.7/ })).toHaveProperty('disabled', false),
    );
    expect(transport.uploads).toEqual([{ uploadId: 'u1', paths: ['index.html'] }]);
    await userEvent.click(sheet.getByRole('button', { name: 'Discard' }));
    await waitFor(() => expect(transport.calls).toContainEqual({ path: 'uploads.discard', input: { uploadId: 'u1' } }));
  });
});
