import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';

import {
  faultNames,
  faultNameSchema,
  simulationReportSchema,
  type SimulationReport,
  type VirtualProfile,
} from '#contract/models/virtual-device.ts';
import { AppError, reasonOf } from '#core/app-error.ts';
import { readBuiltin } from '#core/simulator/builtin-bundle.ts';
import { createDeviceFiles } from '#core/simulator/device-files.ts';
import type { Fault } from '#core/simulator/faults.ts';
import { runManyDevices } from '#core/simulator/run-many.ts';

import type { ParsedCommand } from '../command-table.ts';
import type { CommandContext } from '../context.ts';
import { bytesText, printable, table } from '../format.ts';
import type { Output } from '../output.ts';
import { createProgressBar } from '../progress-bar.ts';
import { runJob } from '../run-job.ts';
import { checkServerUrls } from '../server-urls.ts';
import { withSession } from '../session.ts';
import { UsageError } from '../usage-error.ts';

type Options = ParsedCommand<'simulate'>['options'];

const HINT = 'See `slipway simulate --help`.';

/** Exit code 1 when a device failed: the cycle is what was asked for. */
export async function runSimulate({ options }: ParsedCommand<'simulate'>, context: CommandContext): Promise<number> {
  const fault = options.fault === undefined ? undefined : readFault(options.fault);
  if (options.framework === 'cordova' && options.platform === 'electron') {
    throw new UsageError('Cordova has no Electron client here.', HINT, { option: '--framework' });
  }
  const report =
    options.app === undefined ? await against(options, fault, context) : await own(options, fault, context);
  print(context.output, report);
  return report.outcomes.failed > 0 ? 1 : 0;
}

/** Through the running host, or a temporary one with a listener of its own. */
async function own(options: Options, fault: Fault | undefined, context: CommandContext): Promise<SimulationReport> {
  const input = {
    appId: options.app ?? '',
    profile: {
      ...(options.platform === undefined ? {} : { platform: options.platform }),
      ...(options.framework === undefined ? {} : { framework: options.framework }),
      ...builtinOf(options),
      ...(options['native-version'] === undefined ? {} : { nativeVersion: options['native-version'] }),
      ...(options['plugin-version'] === undefined ? {} : { pluginVersion: options['plugin-version'] }),
      ...(options.channel === undefined ? {} : { channel: options.channel }),
      ...(options['public-key-file'] === undefined
        ? {}
        : { key: { kind: 'file', path: resolve(options['public-key-file']) } as const }),
    },
    ...(options.devices === undefined ? {} : { devices: options.devices }),
    ...(options.current === undefined ? {} : { current: options.current }),
    ...(options['device-id'] === undefined ? {} : { deviceId: options['device-id'] }),
    ...(fault === undefined ? {} : { fault }),
    isRealTime: options['real-time'],
  };
  return withSession(context, async (session) =>
    simulationReportSchema.parse(await runJob(session, () => session.api.simulator.simulate(input), context)),
  );
}

function builtinOf({ builtin, 'builtin-release': version }: Options): Pick<VirtualProfile, 'builtin'> {
  if (version !== undefined) return { builtin: { kind: 'release', version } };
  return builtin === undefined ? {} : { builtin: { kind: 'path', path: resolve(builtin) } };
}

/** Any server; needs no data folder. */
async function against(
  options: Options,
  fault: Fault | undefined,
  { streams, signal }: CommandContext,
): Promise<SimulationReport> {
  const { 'update-url': updateUrl, 'app-id': appId } = options;
  if (updateUrl === undefined) throw new UsageError('Give --app ID, or --update-url U with --app-id ID.', HINT);
  if (appId === undefined) throw new UsageError('--app-id is missing.', HINT, { option: '--app-id' });
  checkServerUrls(options, HINT);
  const publicKey = await readPublicKey(options['public-key-file']);
  await using opened = new AsyncDisposableStack();
  const builtin = options.builtin === undefined ? {} : await readOnce(options.builtin, opened, signal);
  const device = () => ({
    ...builtin,
    updateUrl,
    statsUrl: options['stats-url'],
    channelUrl: options['channel-url'],
    appId,
    platform: options.platform,
    framework: options.framework,
    nativeVersion: options['native-version'],
    pluginVersion: options['plugin-version'],
    current: options.current,
    channel: options.channel,
    publicKey,
    deviceId: options['device-id'],
    fault,
    ...(options['real-time'] ? { timeScale: 1 } : {}),
  });
  using bar = createProgressBar(streams);
  return await runManyDevices({
    devices: Array.from({ length: options.devices ?? 1 }, () => device),
    signal,
    report: ({ done, total, unit }) => bar.update({ progress: done / total, label: 'simulate', done, total, unit }),
  });
}

/** One copy for all the devices. */
async function readOnce(path: string, opened: AsyncDisposableStack, signal: AbortSignal) {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-builtin-'));
  opened.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  const files = createDeviceFiles(folder);
  return { files, builtin: await readBuiltin(resolve(path), basename(resolve(path)), { files, signal }) };
}

/** `drop`, `drop:30`, `never-ready`. */
function readFault(text: string): Fault {
  const [word = '', percentText] = text.split(':', 2);
  const name = faultNameSchema.safeParse(word).data;
  if (name === undefined) {
    throw new UsageError(`There is no fault "${word}".`, `One of: ${faultNames.join(', ')}.`, { option: '--fault' });
  }
  if (percentText === undefined) return { name };
  const percent = Number(percentText);
  const isPercent = Number.isInteger(percent) && percent >= 1 && percent <= 99;
  if (name !== 'drop' || !isPercent) {
    throw new UsageError(`"${text}" is no fault.`, 'Only drop takes a percentage, 1 to 99: drop:30.', {
      option: '--fault',
    });
  }
  return { name, percent };
}

async function readPublicKey(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  try {
    return await readFile(resolve(path), 'utf8');
  } catch (error) {
    throw new AppError('SOURCE_UNREADABLE', { path, reason: reasonOf(error) }, { cause: error });
  }
}

function print(output: Output, report: SimulationReport): void {
  output.json(report);
  const { devices, outcomes } = report;
  if (devices.length === 1) {
    const width = Math.max(...report.steps.map(({ step }) => step.length));
    for (const { step, detail } of report.steps) output.text(`${step.padEnd(width)}  ${printable(detail)}`);
    output.text(`${report.outcome.replaceAll('_', ' ')}: runs ${printable(report.version)}; ${fetched(report)}`);
    return;
  }
  const rows = devices.map((device) => [device.deviceId, device.outcome, device.version, printable(device.detail)]);
  output.text(table(['DEVICE', 'OUTCOME', 'RUNS', 'LAST STEP'], rows));
  const counts = Object.entries(outcomes)
    .filter(([, count]) => count > 0)
    .map(([outcome, count]) => `${count} ${outcome.replaceAll('_', ' ')}`);
  output.text(`${counts.join(', ')}; ${fetched(report)}`);
}

function fetched({ bytes, reused }: SimulationReport): string {
  return `${bytesText(bytes)} fetched${reused > 0 ? `, ${bytesText(reused)} reused` : ''}.`;
}
