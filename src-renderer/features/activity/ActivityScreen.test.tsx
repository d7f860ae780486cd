import { act, screen, waitFor, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { Activity } from '#contract/models/activity.ts';
import { anActivity, anActivityDetail } from '#renderer/testing/activity-fixtures.ts';
import { createFakeTransport } from '#renderer/testing/fake-transport.ts';
import { aDevice, anApp, aServerStatus, someSettings } from '#renderer/testing/fixtures.ts';
import { renderApp } from '#renderer/testing/render.tsx';

const phone = aDevice({ deviceId: 'aaaaaaaa-1', alias: 'Pixel' });
const offered = anActivity({ id: 1, outcome: 'offered', deviceId: phone.deviceId, summary: 'Offered 1.0.7.' });
const broken = anActivity({
  id: 2,
  kind: 'download',
  outcome: 'failed',
  deviceId: phone.deviceId,
  summary: 'The download of 1.0.7 broke off.',
  bytesSent: 512 * 1024,
  bytesTotal: 2048 * 1024,
});
const unpaired = anActivity({ id: 3, kind: 'unpaired', outcome: 'failed', appId: null, deviceId: null });

// jsdom has no layout: the view is as high as twenty rows.
beforeEach(() => {
  vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(680);
  vi.spyOn(HTMLElement.prototype, 'offsetWidth', 'get').mockReturnValue(1_000);
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(680);
});
afterEach(() => vi.restoreAllMocks());

function open(rows: readonly Activity[], path = '/activity') {
  const transport = createFakeTransport({
    answers: {
      'apps.list': () => [anApp({ token: 'TTTTTTTTTTTTTTTTTTTTTT' })],
      'jobs.list': () => [],
      'settings.get': () => someSettings(),
      'server.status': () => aServerStatus(),
      'devices.list': () => [phone],
      'activity.list': ({ beforeId }) => ({ rows: beforeId === undefined ? [...rows] : [], total: rows.length }),
      'activity.get': ({ id }) => anActivityDetail({ ...rows.find((row) => row.id === id), id }),
    },
  });
  renderApp(transport, path);
  const record = (...more: readonly Activity[]) =>
    act(() => transport.emit({ name: 'activity.recorded', payload: { rows: [...more] } }));
  return { transport, record, user: userEvent.setup() };
}

const grid = () => screen.findByRole('grid', { name: 'Requests and reports, newest last' });
const summaries = () =>
  screen
    .getAllByRole('row')
    .slice(1)
    .map((row) => within(row).getAllByRole('gridcell')[4]?.textContent);

describe('Activity', () => {
  it('shows rows with their device, their sentence and where a download broke off', async () => {
    open([offered, broken, unpaired]);
    await grid();
    expect(summaries()).toEqual(['Offered 1.0.7.', 'The download of 1.0.7 broke off.', 'Asked for an update.']);
    const row = screen.getByRole('row', { name: /broke off/ });
    expect(row.textContent).toContain('Pixel');
    expect(row.textContent).toContain('512 KiB of 2.00 MiB');
    expect(screen.getByRole('row', { name: /Unpaired/ }).textContent).toContain('192.168.1.31');
  });

  it('adds a row at its event and changes a known one in place', async () => {
    const { record } = open([offered]);
    await grid();
    record(anActivity({ id: 4, kind: 'download', outcome: 'running', summary: 'Downloads 1.0.7.' }));
    await waitFor(() => expect(summaries()).toContain('Downloads 1.0.7.'));
    record(anActivity({ id: 4, kind: 'download', outcome: 'ok', summary: 'Downloaded 1.0.7.' }));
    await waitFor(() => expect(summaries()).toEqual(['Offered 1.0.7.', 'Downloaded 1.0.7.']));
  });

  it('is one stop for Tab and moves by arrows, j, k, Home and End; Enter opens, Escape closes', async () => {
    const { user } = open([offered, broken, unpaired]);
    const log = await grid();
    act(() => log.focus());
    await user.keyboard('{Home}');
    expect(log.getAttribute('aria-activedescendant')).toBe('activity-1');
    await user.keyboard('j');
    expect(log.getAttribute('aria-activedescendant')).toBe('activity-2');
    await user.keyboard('k{ArrowDown}{End}');
    expect(log.getAttribute('aria-activedescendant')).toBe('activity-3');
    await user.keyboard('{ArrowUp}{Enter}');
    expect(await screen.findByRole('complementary', { name: 'Row 2' })).toBeDefined();
    await user.keyboard('{Escape}');
    expect(screen.queryByRole('complementary')).toBeNull();
    expect(document.activeElement).toBe(log);
  });

  it('finds text from anywhere with /, and goes back to the rows with Enter', async () => {
    const { user } = open([offered, broken, unpaired]);
    const log = await grid();
    await user.keyboard('/');
    await user.keyboard('pixel broke{Enter}');
    await waitFor(() => expect(summaries()).toEqual(['The download of 1.0.7 broke off.']));
    expect(document.activeElement).toBe(log);
    expect(screen.getByText('1 of 3 rows')).toBeDefined();
  });

  it('filters by kind and outcome, and tells apart an empty log from a hidden one', async () => {
    const { user } = open([offered, broken, unpaired]);
    await grid();
    await user.click(screen.getByRole('button', { name: /^Kind/ }));
    await user.click(await screen.findByRole('checkbox', { name: 'Channel' }));
    expect(
      await screen.findByRole('heading', { name: '3 rows are here, and the filters hide all of them' }),
    ).toBeDefined();
    await user.keyboard('{Escape}');
    await user.click(screen.getAllByRole('button', { name: 'Reset filters' }).at(-1) ?? document.body);
    await grid();
    expect(summaries()).toHaveLength(3);
  });

  it('says where it listens while nothing has asked', async () => {
    open([]);
    expect(
      await screen.findByRole('heading', { name: 'Listening on 192.168.1.20:8787. Nothing has asked yet.' }),
    ).toBeDefined();
  });

  it('says why nothing can arrive when the listener is down', async () => {
    const { transport } = open([]);
    const status = aServerStatus();
    transport.answer({
      'server.status': () => ({ ...status, device: { ...status.device, state: 'failed', urls: [] } }),
    });
    act(() => transport.emit({ name: 'server.changed', payload: {} }));
    expect(
      await screen.findByRole('heading', { name: 'The device listener is not running, so nothing can arrive.' }),
    ).toBeDefined();
  });

  it('begins with one device when another screen asked for it', async () => {
    open([offered, unpaired], `/activity/device/${phone.deviceId}`);
    await grid();
    await waitFor(() => expect(summaries()).toEqual(['Offered 1.0.7.']));
  });

  it('holds rows back during a pause and counts them', async () => {
    const { record, user } = open([offered]);
    await grid();
    await user.click(screen.getByRole('button', { name: 'Pause' }));
    record(broken, unpaired);
    expect(await screen.findByRole('button', { name: 'Paused · 2 rows waiting', pressed: true })).toBeDefined();
    expect(summaries()).toHaveLength(1);
    await user.keyboard('p');
    await waitFor(() => expect(summaries()).toHaveLength(3));
  });

  it('catches up after the connection was lost', async () => {
    const { transport } = open([offered]);
    await grid();
    act(() => transport.setConnection('lost'));
    transport.answer({
      'activity.list': ({ afterId }) => ({
        rows: [broken, unpaired].filter(({ id }) => id > (afterId ?? 0)),
        total: 3,
      }),
    });
    act(() => transport.setConnection('open'));
    await waitFor(() => expect(summaries()).toHaveLength(3));
  });

  it('shows the decision with its remedy, the exchange, and copies it as JSON and as curl', async () => {
    const { transport, user } = open([offered]);
    transport.answer({
      'activity.get': () =>
        anActivityDetail({
          ...offered,
          trace: [
            { rule: 'request.app_id', outcome: 'pass', detail: 'The app is known.', values: {} },
            {
              rule: 'channel.select',
              outcome: 'stop',
              detail: 'No channel applies.',
              values: {},
              remedy: 'Make a channel the default.',
            },
          ],
        }),
    });
    await grid();
    await user.click(screen.getByText('Offered 1.0.7.'));
    const pane = await screen.findByRole('complementary', { name: 'Row 1' });
    expect(await within(pane).findByText('No channel applies.')).toBeDefined();
    expect(within(pane).getByText('Stopped here')).toBeDefined();
    expect(pane.textContent).toContain('What to change: Make a channel the default.');
    expect(within(pane).getByRole('link', { name: 'Pixel' }).getAttribute('href')).toBe('#/devices/aaaaaaaa-1');
    await user.click(within(pane).getByRole('button', { name: 'Copy as curl' }));
    expect(await navigator.clipboard.readText()).toContain("'http://192.168.1.20:8787/TTTTTTTTTTTTTTTTTTTTTT/updates'");
    await user.click(within(pane).getByRole('button', { name: 'Copy as JSON' }));
    expect(JSON.parse(await navigator.clipboard.readText())).toMatchObject({ id: 1, response: { status: 200 } });
  });

  it('exports what the filters show, with payloads', async () => {
    const { transport, user } = open([offered, broken, unpaired]);
    let saved: Blob | undefined;
    vi.stubGlobal(
      'URL',
      Object.assign(URL, {
        createObjectURL: (blob: Blob) => {
          saved = blob;
          return 'blob:x';
        },
        revokeObjectURL: () => undefined,
      }),
    );
    vi.spyOn(HTMLAnchorElement.prototype, 'click').mockReturnValue();
    transport.answer({
      'activity.export': () => [
        anActivityDetail(offered),
        anActivityDetail(broken),
        anActivityDetail({ ...unpaired, id: 9 }),
      ],
    });
    await grid();
    await user.type(screen.getByRole('searchbox', { name: 'Find in the log' }), '1.0.7');
    await screen.findByText('2 of 3 rows');
    await user.click(screen.getByRole('button', { name: 'Export' }));
    await waitFor(() => expect(saved).toBeDefined());
    const rows = JSON.parse((await saved?.text()) ?? '') as readonly { id: number }[];
    expect(rows.map(({ id }) => id)).toEqual([1, 2]);
  });

  it('clears only after saying what goes', async () => {
    const { transport, user } = open([offered]);
    transport.answer({
      'activity.clear': () => {
        transport.answer({ 'activity.list': () => ({ rows: [], total: 0 }) });
        return { removed: 1 };
      },
    });
    await grid();
    await user.click(screen.getByRole('button', { name: 'Clear…' }));
    const dialog = await screen.findByRole('dialog', { name: 'Clear the log of Shop?' });
    await user.click(within(dialog).getByRole('button', { name: 'Clear the log' }));
    expect(await screen.findByText('1 row removed.')).toBeDefined();
    expect(await screen.findByRole('heading', { name: /Nothing has asked yet/ })).toBeDefined();
  });
});
