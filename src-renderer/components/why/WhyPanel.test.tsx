import { screen, waitFor, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';

import type { RemedyAction, TraceStep } from '#contract/models/activity.ts';
import type { Explanation } from '#contract/models/device.ts';
import { anAnswer, anExplanation, aPreview, aPreviewDevice } from '#renderer/testing/channel-fixtures.ts';
import { createFakeTransport, type Answers } from '#renderer/testing/fake-transport.ts';
import { aChannel, aDevice, anApp, aRelease, aServerStatus, someSettings } from '#renderer/testing/fixtures.ts';
import { renderApp } from '#renderer/testing/render.tsx';

const pixel = aDevice({ alias: 'Pixel' });
const passed: TraceStep = { rule: 'request.body', outcome: 'pass', detail: 'The body is JSON.', values: {} };

function refused(action: RemedyAction): Explanation {
  return anExplanation({
    outcome: 'blocked',
    code: 'disable_dev_build',
    response: { status: 200, body: { kind: 'blocked', error: 'disable_dev_build' } },
    trace: [
      passed,
      {
        rule: 'policy.dev',
        outcome: 'stop',
        detail: 'It is a dev build, and channel production serves none.',
        values: { allowDev: false },
        remedy: 'Let production serve every dev build.',
        action,
      },
      { rule: 'update.offer', outcome: 'skip', detail: 'Not looked at.', values: {} },
    ],
  });
}

const relax: RemedyAction = { kind: 'setChannel', channelId: 1, channel: 'production', change: { allowDev: true } };

function open(action: RemedyAction, more: Answers = {}, path = `/devices/${pixel.deviceId}`) {
  let isDone = false;
  const done = () => {
    isDone = true;
  };
  const transport = createFakeTransport({
    answers: {
      'apps.list': () => [anApp()],
      'jobs.list': () => [],
      'settings.get': () => someSettings(),
      'server.status': () => aServerStatus(),
      'releases.list': () => [aRelease()],
      'devices.list': () => [pixel],
      'devices.get': () => pixel,
      'devices.timeline': () => [],
      'channels.list': () => [aChannel({ allowDev: false })],
      'channels.preview': () =>
        aPreview([
          aPreviewDevice({ isChanged: true }),
          aPreviewDevice({ deviceId: 'other', isChanged: true, after: anAnswer() }),
        ]),
      'devices.explain': () => (isDone ? anExplanation() : refused(action)),
      'channels.update': () => {
        done();
        return { channel: aChannel(), unpublished: [] };
      },
      ...more,
    },
  });
  renderApp(transport, path);
  const inputs = (called: string) => transport.calls.filter((call) => call.path === called).map(({ input }) => input);
  return { user: userEvent.setup(), inputs, done, transport };
}

describe('Why?', () => {
  it('names the rule, says whom its remedy changes, and shows the new answer after one click', async () => {
    const { user, inputs } = open(relax);
    expect(await screen.findByText('Decided by: Development builds')).toBeDefined();
    expect(screen.getByText('It is a dev build, and channel production serves none.')).toBeDefined();
    expect(await screen.findByText('Changes the answer for 1 other device too.')).toBeDefined();
    await user.click(screen.getByRole('button', { name: 'Let production serve development builds' }));
    expect(await screen.findByText('up to date')).toBeDefined();
    expect(inputs('channels.update')).toMatchObject([{ channel: 1, change: { allowDev: true } }]);
    await user.click(screen.getByRole('button', { name: 'Undo' }));
    await waitFor(() => expect(inputs('channels.update')[1]).toMatchObject({ change: { allowDev: false } }));
  });

  it('shows every rule with the values that decided, and the reply', async () => {
    const { user } = open(relax);
    await user.click(await screen.findByRole('button', { name: 'Show all 3 rules' }));
    const rows = within(screen.getByRole('table')).getAllByRole('row');
    expect(rows.map((row) => row.textContent)).toMatchObject([
      expect.any(String),
      expect.stringContaining('PassedRequest request.body'),
      expect.stringContaining('allowDev=false'),
      expect.stringContaining('Not reached'),
    ]);
    await user.click(screen.getByRole('button', { name: 'Show the reply' }));
    expect(screen.getByRole('group', { name: 'Reply with status 200' }).textContent).toContain('"disable_dev_build"');
  });

  it.each<[RemedyAction, string, string]>([
    [{ kind: 'createChannel', channel: 'beta' }, 'Create channel beta', 'channels.create'],
    [{ kind: 'clearOverride', deviceId: pixel.deviceId }, 'Clear the override', 'devices.clearOverride'],
    [{ kind: 'offerAgain', deviceId: pixel.deviceId, version: '1.0.7' }, 'Offer 1.0.7 again', 'devices.offerAgain'],
  ])('does %j in one click', async (action, button, called) => {
    const { user, inputs } = open(action, {
      'channels.create': () => ({ channel: aChannel(), unpublished: [] }),
      'devices.clearOverride': () => pixel,
      'devices.offerAgain': () => pixel,
    });
    await user.click(await screen.findByRole('button', { name: button }));
    await waitFor(() => expect(inputs(called)).toHaveLength(1));
    expect(await screen.findByText(`Done: ${button}.`)).toBeDefined();
  });

  it('leads to the choice of a release where one is missing', async () => {
    const { user } = open({ kind: 'publish', channelId: 1, channel: 'production' });
    await user.click(await screen.findByRole('button', { name: 'Point production at a release…' }));
    expect(await screen.findByRole('dialog', { name: 'What should production offer?' })).toBeDefined();
  });

  it('opens beside the list of devices', async () => {
    const { user } = open(relax, {}, '/devices');
    await user.click(await screen.findByRole('button', { name: 'Why does Pixel get this?' }));
    const drawer = await screen.findByRole('dialog', { name: 'Why does Pixel get this?' });
    expect(await within(drawer).findByText('Decided by: Development builds')).toBeDefined();
    expect(within(drawer).getByRole('table')).toBeDefined();
  });
});
