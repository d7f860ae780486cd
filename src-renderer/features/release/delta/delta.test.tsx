import { screen, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';

import type { Cost, ReleaseDiff } from '#contract/models/delta.ts';
import { createFakeTransport, type Answers } from '#renderer/testing/fake-transport.ts';
import { anApp, aRelease } from '#renderer/testing/fixtures.ts';
import { renderPart } from '#renderer/testing/render.tsx';

import { ReleaseScreen } from '../ReleaseScreen.tsx';

const cost: Cost = {
  version: '1.0.6',
  files: 132,
  rawBytes: 4_200_000,
  zipBytes: 1_240_000,
  delta: { files: 132, bytes: 1_190_000 },
  isExact: true,
  from: [
    { version: '1.0.5', devices: 3, deltaDevices: 2, delta: { files: 2, bytes: 2048 } },
    { version: null, devices: 1, deltaDevices: 1, delta: { files: 132, bytes: 1_190_000 } },
  ],
  heaviest: [{ path: 'assets/main.js', sizeBytes: 900_000, bytes: 200_000 }],
  hints: [{ code: 'SOURCE_MAPS', paths: ['assets/main.js.map'], params: { count: 1, bytes: 10 } }],
};

const diff: ReleaseDiff = {
  from: { releaseId: 'r0', version: '1.0.5' },
  to: { releaseId: 'r1', version: '1.0.6' },
  added: [],
  changed: [
    {
      path: 'index.html',
      sizeBytes: 600,
      bodyBytes: 600,
      deltaBytes: 600,
      before: { sizeBytes: 500, bodyBytes: 500 },
    },
  ],
  removed: [{ path: 'old.js', sizeBytes: 10, bodyBytes: 10 }],
  unchanged: 130,
  deltaFiles: 1,
  deltaBytes: 600,
  zipBytes: 1_240_000,
};

const answers: Answers = {
  'apps.list': () => [anApp()],
  'releases.list': () => [aRelease(), aRelease({ releaseId: 'r0', version: '1.0.5', liveOn: [] })],
  'releases.get': () => aRelease(),
  'releases.cost': () => cost,
  'releases.diff': () => diff,
  'releases.diffFile': () => ({ kind: 'text', patch: '@@ -1 +1 @@\n-old line\n+new line\n', isCut: false }),
};

describe('what devices fetch of a release', () => {
  it('is told by the version they run, with what could be lighter', async () => {
    renderPart(<ReleaseScreen />, createFakeTransport({ answers }), '/release/r1');
    const table = await screen.findByRole('table', { name: 'What devices fetch, by the version they run now' });
    const rows = within(table)
      .getAllByRole('row')
      .map(({ textContent }) => textContent);
    expect(rows[1]).toContain('1.0.53 of which 2 with delta2.00 KiB 2 files1.18 MiB');
    expect(rows[2]).toContain('Bundle of the store');
    expect(rows[3]).toContain('A new device');
    expect(screen.getByText('1 source map is part of the build.')).toBeTruthy();
  });
});

describe('two releases', () => {
  it('are compared file by file, and each file line by line', async () => {
    renderPart(<ReleaseScreen />, createFakeTransport({ answers }), '/release/r1/compare/r0');
    expect(await screen.findByText('A device on 1.0.5 fetches 600 B instead of 1.18 MiB.')).toBeTruthy();
    const table = screen.getByRole('table', { name: 'Files that differ' });
    expect(within(table).getAllByRole('row')[1]?.textContent).toContain('Changedindex.html600 B was 500 B600 B600 B');
    await userEvent.click(within(table).getByRole('button', { name: 'index.html' }));
    const dialog = await screen.findByRole('dialog', { name: 'index.html' });
    expect(await within(dialog).findByText(/new line/)).toBeTruthy();
  });

  it('say so when no path has the text that is looked for', async () => {
    renderPart(<ReleaseScreen />, createFakeTransport({ answers }), '/release/r1/compare/r0');
    await userEvent.type(await screen.findByRole('textbox', { name: 'Filter by path' }), 'nowhere');
    expect(screen.getByText('No file has “nowhere” in its path.')).toBeTruthy();
  });
});
