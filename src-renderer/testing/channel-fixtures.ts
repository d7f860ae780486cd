import type { ChannelHistoryEntry, ChannelPreview, PreviewAnswer } from '#contract/models/channel.ts';
import type { Explanation } from '#contract/models/device.ts';

type PreviewDevice = ChannelPreview['devices'][number];

export function anAnswer(parts: Partial<PreviewAnswer> = {}): PreviewAnswer {
  return {
    outcome: 'offered',
    code: 'offer',
    channel: 'production',
    version: '1.0.7',
    rule: 'update.offer',
    detail: 'It is offered 1.0.7.',
    values: { version: '1.0.7' },
    ...parts,
  };
}

export function aPreviewDevice(parts: Partial<PreviewDevice> = {}): PreviewDevice {
  return {
    deviceId: '0a1b2c3d-0000-4000-8000-000000000001',
    alias: null,
    customId: null,
    platform: 'android',
    isVirtual: false,
    isChanged: false,
    before: anAnswer(),
    after: anAnswer(),
    ...parts,
  };
}

/** The counts follow from the devices, as the core counts them. */
export function aPreview(devices: readonly PreviewDevice[] = []): ChannelPreview {
  const count = (read: (device: PreviewDevice) => PreviewAnswer): ChannelPreview['before'] => {
    const counts = { offered: 0, up_to_date: 0, blocked: 0, failed: 0 };
    for (const device of devices) counts[read(device).outcome] += 1;
    return counts;
  };
  return {
    before: count(({ before }) => before),
    after: count(({ after }) => after),
    devices: [...devices],
    unpublished: [],
  };
}

export function aHistoryEntry(parts: Partial<ChannelHistoryEntry> = {}): ChannelHistoryEntry {
  return {
    id: 1,
    at: '2026-11-24T03:00:00.000Z',
    cause: 'published',
    before: { kind: 'none' },
    target: { kind: 'release', releaseId: 'r0', version: '1.0.5' },
    changes: {},
    note: null,
    canRollBack: false,
    ...parts,
  };
}

export function anExplanation(parts: Partial<Explanation> = {}): Explanation {
  return {
    response: { status: 200, body: { version: '1.0.6' } },
    outcome: 'up_to_date',
    code: 'no_new_version_available',
    summary: 'Up to date on 1.0.6',
    channel: 'production',
    trace: [
      { rule: 'request.body', outcome: 'pass', detail: 'The body is a JSON object.', values: {} },
      { rule: 'version.up_to_date', outcome: 'stop', detail: 'It already runs 1.0.6.', values: { offered: '1.0.6' } },
    ],
    ...parts,
  };
}
