import type { Device } from '#contract/models/device.ts';

import type { ParsedCommand } from '../command-table.ts';
import type { CommandContext } from '../context.ts';
import { keyValues, table } from '../format.ts';
import { withSession } from '../session.ts';
import { overrideText } from './device-override.ts';

export async function runDeviceList(
  { options: { app: appId } }: ParsedCommand<'device list'>,
  context: CommandContext,
): Promise<number> {
  const devices = await withSession(context, ({ api }) => api.devices.list({ appId }));
  const { output } = context;
  output.json(devices);
  if (devices.length === 0) output.text(`${appId} has seen no device yet. See \`slipway config --app ${appId}\`.`);
  else {
    const rows = devices.map((device) => [
      device.alias ?? device.deviceId,
      device.platform,
      device.bundleVersion,
      device.channel,
      stateText(device),
      device.lastSeenAt,
    ]);
    output.text(table(['DEVICE', 'PLATFORM', 'BUNDLE', 'CHANNEL', 'STATE', 'LAST SEEN'], rows));
  }
  return 0;
}

export async function runDeviceShow(
  { arguments: [deviceId], options: { app: appId } }: ParsedCommand<'device show'>,
  context: CommandContext,
): Promise<number> {
  const [device, timeline] = await withSession(context, ({ api }) =>
    Promise.all([api.devices.get({ appId, deviceId }), api.devices.timeline({ appId, deviceId })]),
  );
  const { output } = context;
  output.json({ ...device, timeline });
  output.text(
    keyValues([
      ['device', device.deviceId],
      ['name', device.alias],
      ['platform', [device.platform, device.osVersion].filter((part) => part !== null).join(' ')],
      ['native version', device.nativeVersion],
      ['bundle', device.bundleVersion],
      ['plugin', device.pluginVersion],
      ['channel', device.channel],
      ['override', overrideText(device)],
      ['failed before', device.failedVersions.map(({ version }) => version).join(', ') || null],
      ['state', stateText(device)],
      ['address', device.remoteAddress],
      ['first seen', device.firstSeenAt],
      ['last seen', device.lastSeenAt],
    ]),
  );
  const rows = timeline.map((row) => [row.at, row.kind, row.summary]);
  if (rows.length > 0) output.text(`\n${table(['AT', 'KIND', 'WHAT'], rows)}`);
  return 0;
}

export async function runDeviceForget(
  { arguments: [deviceId], options: { app: appId } }: ParsedCommand<'device forget'>,
  context: CommandContext,
): Promise<number> {
  await withSession(context, ({ api }) => api.devices.forget({ appId, deviceId }));
  context.output.json({ appId, deviceId });
  context.output.text(`Forgot ${deviceId} of ${appId}; it comes back when it asks again.`);
  return 0;
}

function stateText({ state }: Device): string {
  const words = state.kind.replaceAll('_', ' ');
  return 'version' in state && state.version !== null ? `${words} ${state.version}` : words;
}
