import type { DeviceListener, DoctorCheck } from '#contract/models/server.ts';
import { throwIfAborted } from '#core/app-error.ts';
import { addressesServedBy, listAddresses, type InterfaceTable } from '#core/connect/addresses.ts';

import type { DoctorSystem } from './doctor-system.ts';
import { realDoctorSystem } from './doctor-system.ts';
import { checkFirewall } from './firewall.ts';
import { checkAddresses, checkDatabase, checkDataFolder, checkDiskSpace, checkListener } from './machine-checks.ts';
import { checkProject } from './project-checks.ts';

export type DoctorInput = {
  readonly dataDir: string;
  /** How the device listener stands; `stopped` where the caller opened the store without one. */
  readonly listener: DeviceListener;
  readonly interfaces: InterfaceTable;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Reads the number of apps from the database. A rejection is a finding. */
  readonly countApps: () => Promise<number> | number;
  readonly findApp: (appId: string) => { readonly token: string } | undefined;
  /** Real devices heard within the last minutes. */
  readonly recentDevices: number;
  /** A Capacitor project to look at as well. */
  readonly projectDir?: string | undefined;
  readonly system?: DoctorSystem;
  readonly signal?: AbortSignal | undefined;
};

export type DoctorReport = { readonly ok: boolean; readonly checks: DoctorCheck[] };

/**
 * Looks at everything that keeps a phone from updating. `ok` when no check is an error.
 * Ids of checks are stable. Rejects only with `CANCELLED`.
 */
export async function runDoctor(input: DoctorInput): Promise<DoctorReport> {
  const { listener, signal, system = realDoctorSystem } = input;
  const addresses = listAddresses(input.interfaces);
  const [folder, space, database, listening, firewall] = await Promise.all([
    checkDataFolder(input.dataDir, input.now),
    checkDiskSpace(input.dataDir),
    checkDatabase(input.countApps),
    checkListener(listener, addresses, system, signal),
    checkFirewall({ system, port: listener.port, recentDevices: input.recentDevices, signal }),
  ]);
  const project =
    input.projectDir === undefined
      ? []
      : await checkProject({
          dir: input.projectDir,
          addresses: addressesServedBy(addresses, listener.host),
          port: listener.port,
          findApp: input.findApp,
          signal,
        });
  throwIfAborted(signal);
  const checks = [...folder, space, ...database, ...listening, checkAddresses(addresses), firewall, ...project];
  return { ok: checks.every((check) => check.status !== 'error'), checks };
}
