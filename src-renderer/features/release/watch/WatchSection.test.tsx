import { screen, waitFor } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';

import { openLayer } from '#renderer/stores/ui-store.ts';
import { createFakeTransport, type Answers } from '#renderer/testing/fake-transport.ts';
import { aChannel, aKey, anApp, aWatch } from '#renderer/testing/fixtures.ts';
import { renderPart } from '#renderer/testing/render.tsx';

import { WatchSection } from './WatchSection.tsx';

const appId = 'com.example.shop';
const at = '2026-11-24T03:00:00.000Z';
const answers: Answers = {
  'apps.list': () => [anApp({ keyName: 'work' })],
  'channels.list': () => [aChannel(), aChannel({ id: 2, name: 'beta', isDefault: false })],
  'keys.list': () => [aKey()],
  'watches.list': () => [aWatch()],
};

describe('watched folders', () => {
  it('are turned off in one click, which shows at once', async () => {
    const transport = createFakeTransport({
      answers: { ...answers, 'watches.update': () => aWatch({ isOn: false, state: 'off' }) },
    });
    renderPart(<WatchSection appId={appId} />, transport);
    const toggle = await screen.findByRole('switch', { name: 'Watch /home/dev/shop/dist' });
    expect(toggle).toHaveProperty('checked', true);
    transport.answer({ 'watches.list': () => [aWatch({ isOn: false, state: 'off' })] });
    await userEvent.click(toggle);
    await waitFor(() => expect(toggle).toHaveProperty('checked', false));
    expect(transport.calls).toContainEqual({ path: 'watches.update', input: { watchId: 'w1', isOn: false } });
    expect(await screen.findByText('Off')).toBeTruthy();
  });

  it('show why the last build was refused and take its warnings for good', async () => {
    const refused = aWatch({
      lastResult: {
        kind: 'failed',
        at,
        error: { code: 'BUILD_HAS_WARNINGS', params: { count: 1 } },
        findings: [{ code: 'SOURCE_MAP_INCLUDED', severity: 'warning', params: { count: 1, megabytes: 2 } }],
      },
    });
    const transport = createFakeTransport({
      answers: { ...answers, 'watches.list': () => [refused], 'watches.update': () => aWatch() },
    });
    renderPart(<WatchSection appId={appId} />, transport);
    expect(await screen.findByText('The last build was not published.')).toBeTruthy();
    expect(screen.getByText('Published 1.0.6')).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'Publish builds with warnings' }));
    expect(transport.calls).toContainEqual({ path: 'watches.update', input: { watchId: 'w1', allowWarnings: true } });
  });

  it('of other apps are not shown; with none the screen says what they are for', async () => {
    const other = aWatch({ appId: 'com.example.other' });
    renderPart(
      <WatchSection appId={appId} />,
      createFakeTransport({ answers: { ...answers, 'watches.list': () => [other] } }),
    );
    expect(await screen.findByText(/^Publish by saving/)).toBeTruthy();
  });

  it('say so when the system gives no more hints', async () => {
    const polling = aWatch({ mode: 'polling', pollingReason: 'ENOSPC' });
    renderPart(
      <WatchSection appId={appId} />,
      createFakeTransport({ answers: { ...answers, 'watches.list': () => [polling] } }),
    );
    expect(await screen.findByText(/no file watches left \(ENOSPC\)/)).toBeTruthy();
  });

  it('begin with a chosen folder, for the app and with the key of its last release', async () => {
    const transport = createFakeTransport({
      kind: 'ipc',
      pickFolder: () => Promise.resolve('/home/dev/shop'),
      answers: { ...answers, 'watches.list': () => [], 'watches.add': () => aWatch() },
    });
    renderPart(<WatchSection appId={appId} />, transport);
    openLayer('watch');
    await userEvent.click(await screen.findByRole('button', { name: 'Choose…' }));
    const start = await screen.findByRole('button', { name: 'Start watching' });
    await waitFor(() => expect(start).toHaveProperty('disabled', false));
    await userEvent.click(start);
    await waitFor(() =>
      expect(transport.calls).toContainEqual({
        path: 'watches.add',
        input: { appId, path: '/home/dev/shop', channel: null, key: 'work', allowWarnings: false, delta: true },
      }),
    );
  });
});
