import { randomBytes } from 'node:crypto';
import { open, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';

import type { DeviceListener, DoctorCheck, NetworkAddress } from '#contract/models/server.ts';
import { describeError } from '#contract/texts/error-texts.ts';
import { formatBytes } from '#core/activity/payload.ts';
import { AppError, asStorageError, reasonOf } from '#core/app-error.ts';
import { addressesServedBy, hasLanAddress } from '#core/connect/addresses.ts';
import { originOf } from '#core/connect/endpoints.ts';

import { failure, ok, skipped, warning } from './check.ts';
import type { DoctorSystem } from './doctor-system.ts';

const MIB = 1024 ** 2;

/** Below this no release can be stored safely. */
const SPACE_ERROR_MIB = 200;
const SPACE_WARNING_MIB = 2048;

/** Writes a small file into the data folder and removes it; tells its time beside ours. */
export async function checkDataFolder(dataDir: string, now: () => number): Promise<DoctorCheck[]> {
  const probe = join(dataDir, `.doctor-${randomBytes(6).toString('hex')}`);
  try {
    await using cleanUp = new AsyncDisposableStack();
    cleanUp.defer(async () => await rm(probe, { force: true }));
    {
      await using file = await open(probe, 'wx', 0o600);
      await file.writeFile('probe');
      await file.sync();
    }
    const skewMs = Math.abs((await stat(probe)).mtimeMs - now());
    return [ok('data_folder', `The data folder ${dataDir} can be written.`), checkClock(now(), skewMs)];
  } catch (error) {
    const known = asStorageError(error);
    const text =
      known instanceof AppError
        ? describeError(known.toWire())
        : describeError({ code: 'DATA_FOLDER_READ_ONLY', params: { dataDir } });
    return [failure('data_folder', `${text.message} (${reasonOf(error)})`, text.hint), checkClock(now(), 0)];
  }
}

/** Timestamps order the log and date releases; a phone's TLS and a person's patience want a true clock too. */
function checkClock(nowMs: number, skewMs: number): DoctorCheck {
  const fix = 'Turn on automatic date and time in the system settings.';
  const year = new Date(nowMs).getUTCFullYear();
  if (!(year >= 2025 && year < 2100)) return failure('clock', `The clock says it is the year ${year}.`, fix);
  if (skewMs > 120_000) {
    const seconds = Math.round(skewMs / 1000);
    return warning('clock', `The disk of the data folder and this machine differ by ${seconds} s.`, fix);
  }
  return ok('clock', `The clock is plausible: ${new Date(nowMs).toISOString().slice(0, 16).replace('T', ' ')} UTC.`);
}

export async function checkDiskSpace(dataDir: string): Promise<DoctorCheck> {
  try {
    const { bavail, bsize } = await statfs(dataDir);
    const freeBytes = bavail * bsize;
    const freeMib = freeBytes / MIB;
    const message = `${formatBytes(freeBytes)} are free on the disk of the data folder.`;
    const fix = 'Free some space, or choose another folder with --data-dir.';
    if (freeMib < SPACE_ERROR_MIB) return failure('disk_space', message, fix);
    return freeMib < SPACE_WARNING_MIB ? warning('disk_space', message, fix) : ok('disk_space', message);
  } catch (error) {
    return skipped('disk_space', `The free space could not be read: ${reasonOf(error)}.`);
  }
}

/** Runs what the caller uses to read the database, and says how it went. */
export async function checkDatabase(read: () => Promise<number> | number): Promise<DoctorCheck[]> {
  try {
    const count = await read();
    const apps = count === 1 ? 'There is 1 app.' : `There are ${count} apps.`;
    const message = count === 0 ? 'No app yet: publish a build, or add one with `slipway app add`.' : apps;
    return [ok('database', 'The database opens and answers.'), ok('apps', message)];
  } catch (error) {
    const wire = error instanceof AppError ? error.toWire() : null;
    const text = wire
      ? describeError(wire)
      : { message: `The database does not answer: ${reasonOf(error)}.`, hint: 'Restart Slipway.' };
    return [failure('database', text.message, text.hint), skipped('apps', 'The database does not answer.')];
  }
}

/** The device listener: open, answering here, and answering at the address that phones use. */
export async function checkListener(
  listener: DeviceListener,
  addresses: readonly NetworkAddress[],
  system: DoctorSystem,
  signal?: AbortSignal,
): Promise<DoctorCheck[]> {
  if (listener.state !== 'running') return await checkClosedListener(listener, system);
  const served = addressesServedBy(addresses, listener.host);
  const own = served.find((entry) => entry.kind === 'loopback') ?? served[0];
  const local = own?.address ?? (listener.host === '0.0.0.0' ? '127.0.0.1' : listener.host);
  const checks = [ok('device_port', `Port ${listener.port} is open on ${listener.host}.`)];
  if (await answers(local, listener.port, system, signal)) {
    checks.unshift(ok('device_listener', `The device listener answers on port ${listener.port}.`));
  } else {
    const fix = 'Restart it in Settings; if it stays silent, choose another port.';
    checks.unshift(
      failure('device_listener', `The device listener does not answer at ${originOf(local, listener.port)}.`, fix),
    );
    return checks;
  }
  checks.push(await checkLanAnswer(listener, served, system, signal));
  return checks;
}

async function checkLanAnswer(
  listener: DeviceListener,
  served: readonly NetworkAddress[],
  system: DoctorSystem,
  signal?: AbortSignal,
): Promise<DoctorCheck> {
  const lan = served.find((entry) => entry.kind === 'lan' || entry.kind === 'other');
  if (!lan) {
    return hasLanAddress(served)
      ? skipped('device_reachable', 'There is no address to try.')
      : warning(
          'device_reachable',
          `The device listener is bound to ${listener.host}, where no phone reaches it.`,
          'Set the listening address to 0.0.0.0 in Settings and connect this machine to the network of the phone.',
        );
  }
  const origin = originOf(lan.address, listener.port);
  return (await answers(lan.address, listener.port, system, signal))
    ? ok('device_reachable', `It answers at ${origin}, the address for phones.`)
    : warning(
        'device_reachable',
        `It does not answer at ${origin}, the address for phones.`,
        'Check the firewall, and that a VPN does not take over the local network.',
      );
}

async function answers(host: string, port: number, system: DoctorSystem, signal?: AbortSignal): Promise<boolean> {
  const reply = await system.get(`${originOf(host, port)}/healthz`, signal);
  return reply?.status === 200 && /"status"\s*:\s*"ok"/.test(reply.text);
}

async function checkClosedListener(listener: DeviceListener, system: DoctorSystem): Promise<DoctorCheck[]> {
  const state =
    listener.error === null
      ? skipped('device_listener', 'The device listener is not running now.', 'Start it with `slipway serve`.')
      : failure('device_listener', describeError(listener.error).message, describeError(listener.error).hint);
  const outcome = await system.tryPort(listener.host, listener.port);
  const { host, port } = listener;
  if (outcome === 'free') return [state, ok('device_port', `Port ${port} is free on ${host}.`)];
  const code = portCodes[outcome];
  const text = code
    ? describeError({ code, params: { host, port } })
    : { message: `Port ${port} cannot be opened on ${host}: ${outcome}.`, hint: 'Choose another port.' };
  return [state, failure('device_port', text.message, text.hint)];
}

const portCodes = {
  EADDRINUSE: 'PORT_IN_USE',
  EACCES: 'PORT_NOT_ALLOWED',
  EADDRNOTAVAIL: 'ADDRESS_NOT_AVAILABLE',
} as const satisfies Record<string, string> as Readonly<
  Record<string, 'PORT_IN_USE' | 'PORT_NOT_ALLOWED' | 'ADDRESS_NOT_AVAILABLE'>
>;

export function checkAddresses(addresses: readonly NetworkAddress[]): DoctorCheck {
  const [best] = addresses;
  if (best && hasLanAddress(addresses)) {
    return ok('lan_address', `Phones reach this machine at ${best.address} (${best.interface}).`);
  }
  const others = addresses
    .filter((entry) => entry.kind !== 'loopback')
    .map((entry) => `${entry.address} (${entry.interface})`);
  const message =
    others.length === 0
      ? 'This machine is on no network.'
      : `This machine has only addresses that phones rarely reach: ${others.slice(0, 4).join(', ')}.`;
  return warning('lan_address', message, 'Connect it to the Wi-Fi or the network that the phone uses.');
}
