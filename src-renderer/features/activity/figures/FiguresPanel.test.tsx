import { screen, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';

import type { UpdateFigures } from '#contract/models/figures.ts';
import { createFakeTransport, failure, type Answers } from '#renderer/testing/fake-transport.ts';
import { aChannel, anApp } from '#renderer/testing/fixtures.ts';
import { renderPart } from '#renderer/testing/render.tsx';

import { useFiguresChoice } from './figures-choice.ts';
import { FiguresPanel } from './FiguresPanel.tsx';

const at = '2026-11-24T03:00:00.000Z';
const none = { offered: 0, downloaded: 0, set: 0, ready: 0, failed: 0, rolledBack: 0 };
const some = { offered: 4, downloaded: 3, set: 2, ready: 1, failed: 1, rolledBack: 1 };

const figures = (parts: Partial<UpdateFigures> = {}): UpdateFigures => ({
  fromAt: at,
  toAt: at,
  total: some,
  byRelease: [{ version: '1.0.7', ...some }],
  byChannel: [{ channel: null, ...some }],
  failures: [
    { cause: 'checksum_fail', devices: 2, releases: 1, lastAt: at },
    { cause: 'transfer_broken', devices: 1, releases: 1, lastAt: at },
    { cause: 'brand_new_fail', devices: 1, releases: 0, lastAt: at },
  ],
  ...parts,
});

const answers = (parts: Partial<UpdateFigures> = {}): Answers => ({
  'figures.updates': () => figures(parts),
  'figures.adoption': () => ({
    at: [at, '2026-11-24T04:00:00.000Z'],
    series: [{ version: '1.0.0', isOnBuiltin: true, devices: [1, 2] }],
  }),
  'channels.list': () => [aChannel()],
});

beforeEach(() => useFiguresChoice.setState(useFiguresChoice.getInitialState(), true));

function show(given: Answers = answers()) {
  const causes: string[] = [];
  const transport = createFakeTransport({ answers: given });
  renderPart(<FiguresPanel app={anApp()} onCause={(cause) => causes.push(cause)} />, transport);
  return { transport, causes };
}

const open = async () => userEvent.click(await screen.findByRole('button', { name: 'Figures' }));

describe('figures above the log', () => {
  it('are one line until they are opened, and ask for no curve before', async () => {
    const { transport } = show();
    expect(
      await screen.findByText('In the last 24 hours: 4 offered · 1 ready · 1 failed · 1 rolled back'),
    ).toBeTruthy();
    expect(transport.calls.map(({ path }) => path)).toEqual(['figures.updates']);
  });

  it('are numbers in tables, for those who see no bars', async () => {
    show();
    await open();
    const funnel = await screen.findByRole('table', { name: 'How far updates got' });
    const cells = within(funnel)
      .getAllByRole('row')
      .slice(1)
      .map((row) => row.textContent);
    expect(cells).toEqual([
      'Offered100 %4',
      'Downloaded75 %3',
      'Made current50 %2',
      'Ready25 %1',
      'Failed25 %1',
      'Rolled back25 %1',
    ]);
    await userEvent.click(screen.getByRole('radio', { name: 'Table' }));
    const adoption = screen.getByRole('table', { name: 'What devices run' });
    expect(within(adoption).getByRole('columnheader', { name: '1.0.0 built-in' })).toBeTruthy();
    expect(
      within(adoption)
        .getAllByRole('cell')
        .map((cell) => cell.textContent),
    ).toEqual(['2', '1']);
    await userEvent.click(screen.getByRole('radio', { name: 'By channel' }));
    expect(screen.getByRole('table', { name: 'By channel' }).textContent).toContain('no channel');
  });

  it('name causes in words, unknown ones as they were sent, and lead to their rows', async () => {
    const { causes } = show();
    await open();
    await userEvent.click(await screen.findByRole('button', { name: 'Show in the log: wrong checksum' }));
    await userEvent.click(screen.getByRole('button', { name: 'Show in the log: transfer broke off' }));
    await userEvent.click(screen.getByRole('button', { name: 'Show in the log: brand_new_fail' }));
    expect(causes).toEqual(['checksum_fail', 'transfer_broken', 'brand_new_fail']);
  });

  it('are asked for again for another time', async () => {
    const { transport } = show();
    await open();
    await userEvent.click(await screen.findByRole('radio', { name: '7 d' }));
    expect(transport.calls.findLast(({ path }) => path === 'figures.updates')?.input).toMatchObject({
      range: '7d',
    });
  });

  it('say that there is nothing yet', async () => {
    show({
      ...answers({ total: none, byRelease: [], byChannel: [], failures: [] }),
      'figures.adoption': () => ({ at: [at], series: [] }),
    });
    await open();
    expect(await screen.findByText(/^No update in the last 24 hours\./)).toBeTruthy();
    expect(await screen.findByText('No device yet.')).toBeTruthy();
    expect(screen.getByText('Nothing failed in the last 24 hours.')).toBeTruthy();
  });

  it('say that they cannot be had', async () => {
    show({
      ...answers(),
      'figures.updates': () => {
        throw failure('DATABASE_DAMAGED');
      },
    });
    await open();
    expect(await screen.findByRole('button', { name: /again/i })).toBeTruthy();
  });
});
