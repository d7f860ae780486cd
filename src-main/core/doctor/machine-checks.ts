import { randomBytes } from 'node:crypto';
import { open, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';

import type { DeviceListener, DoctorCheck, NetworkAddress } from '#contract/models/server.ts';
import { AppError, asStorageError, reasonOf } from '#core/app-error.ts';
import { addressesServedBy, hasLanAddress } from '#core/connect/addresses.ts';
import { originOf } from '#core/connect/endpoints.ts';

import { failedWith, failure, ok, skipped, warning } from './check.ts';
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
    return [ok('data_folder', 'FOLDER_WRITABLE', { dataDir }), checkClock(now(), skewMs)];
  } catch (error) {
    const known = asStorageError(error);
    const folder =
      known instanceof AppError
        ? failedWith('data_folder', known.toWire())
        : failure('data_folder', 'FOLDER_NOT_WRITABLE', { dataDir, reason: reasonOf(error) });
    return [folder, checkClock(now(), 0)];
  }
}

/** Timestamps order the log and date releases; a phone's TLS and a person's patience want a true clock too. */
function checkClock(nowMs: number, skewMs: number): DoctorCheck {
  const year = new Date(nowMs).getUTCFullYear();
  if (!(year >= 2025 && year < 2100)) return failure('clock', 'CLOCK_WRONG', { year });
  if (skewMs > 120_000) return warning('clock', 'CLOCK_DIFFERS', { seconds: Math.round(skewMs / 1000) });
  const time = new Date(nowMs).toISOString().slice(0, 16).replace('T', ' ');
  return ok('clock', 'CLOCK_PLAUSIBLE', { time });
}

export async function checkDiskSpace(dataDir: string): Promise<DoctorCheck> {
  try {
    const { bavail, bsize } = await statfs(dataDir);
    const freeBytes = bavail * bsize;
    const freeMib = freeBytes / MIB;
    if (freeMib < SPACE_ERROR_MIB) return failure('disk_space', 'SPACE_SHORT', { freeBytes });
    return freeMib < SPACE_WARNING_MIB
      ? warning('disk_space', 'SPACE_SHORT', { freeBytes })
      : ok('disk_space', 'SPACE_ENOUGH', { freeBytes });
  } catch (error) {
    return skipped('disk_space', 'SPACE_UNKNOWN', { reason: reasonOf(error) });
  }
}

/** Runs what the caller uses to read the database, and says how it went. */
export async function checkDatabase(read: () => Promise<number> | number): Promise<DoctorCheck[]> {
  try {
    return [ok('database', 'DATABASE_ANSWERS'), appsCheck(await read())];
  } catch (error) {
    const database =
      error instanceof AppError
        ? failedWith('database', error.toWire())
        : failure('database', 'DATABASE_SILENT', { reason: reasonOf(error) });
    return [database, skipped('apps', 'APPS_UNKNOWN')];
  }
}

function appsCheck(count: number): DoctorCheck {
  if (count === 0) return ok('apps', 'APPS_NONE');
  return count === 1 ? ok('apps', 'APPS_ONE') : ok('apps', 'APPS_MANY', { count });
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
  const checks = [ok('device_port', 'PORT_OPEN', { port: listener.port, host: listener.host })];
  if (await answers(local, listener.port, system, signal)) {
    checks.unshift(ok('device_listener', 'LISTENER_ANSWERS', { port: listener.port }));
  } else {
    checks.unshift(failure('device_listener', 'LISTENER_SILENT', { origin: originOf(local, listener.port) }));
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
      ? skipped('device_reachable', 'NOTHING_TO_REACH')
      : warning('device_reachable', 'BOUND_APART', { host: listener.host });
  }
  const origin = originOf(lan.address, listener.port);
  return (await answers(lan.address, listener.port, system, signal))
    ? ok('device_reachable', 'REACHABLE', { origin })
    : warning('device_reachable', 'NOT_REACHABLE', { origin });
}

async function answers(host: string, port: number, system: DoctorSystem, signal?: AbortSignal): Promise<boolean> {
  const reply = await system.get(`${originOf(host, port)}/healthz`, signal);
  return reply?.status === 200 && /"status"\s*:\s*"ok"/.test(reply.text);
}

async function checkClosedListener(listener: DeviceListener, system: DoctorSystem): Promise<DoctorCheck[]> {
  const state =
    listener.error === null
      ? skipped('device_listener', 'LISTENER_STOPPED')
      : failedWith('device_listener', listener.error);
  const { host, port } = listener;
  const outcome = await system.tryPort(host, port);
  if (outcome === 'free') return [state, ok('device_port', 'PORT_FREE', { port, host })];
  const code = portCodes[outcome];
  const taken = code
    ? failedWith('device_port', { code, params: { host, port } })
    : failure('device_port', 'PORT_UNUSABLE', { port, host, reason: outcome });
  return [state, taken];
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
    return ok('lan_address', 'ADDRESS_FOUND', { address: best.address, interface: best.interface });
  }
  const others = addresses
    .filter((entry) => entry.kind !== 'loopback')
    .map((entry) => `${entry.address} (${entry.interface})`);
  if (others.length === 0) return warning('lan_address', 'ADDRESS_NONE');
  return warning('lan_address', 'ADDRESSES_FAR', { addresses: others.slice(0, 4).join(', ') });
}
