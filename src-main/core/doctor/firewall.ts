import type { DoctorCheck } from '#contract/models/server.ts';

import { ok, skipped, warning } from './check.ts';
import type { DoctorSystem } from './doctor-system.ts';

export type FirewallInput = {
  readonly system: DoctorSystem;
  /** Port that phones use. */
  readonly port: number;
  /** Real devices that were heard lately: a measured answer beats every guess. */
  readonly recentDevices: number;
  readonly signal?: AbortSignal | undefined;
};

const id = 'firewall';

/** Whether a firewall may keep phones out, told without rights of an administrator, and the command that lets them in. */
export async function checkFirewall(input: FirewallInput): Promise<DoctorCheck> {
  if (input.recentDevices > 0) return ok(id, 'A device reached this machine within the last minutes.');
  switch (input.system.platform) {
    case 'linux':
      return await checkLinux(input);
    case 'darwin':
      return await checkMac(input);
    case 'win32':
      return await checkWindows(input);
    default:
      return skipped(id, 'Firewalls of this system are unknown to Slipway.', `Let TCP port ${input.port} in.`);
  }
}

async function checkLinux({ system, port, signal }: FirewallInput): Promise<DoctorCheck> {
  const ufw = await system.readText('/etc/ufw/ufw.conf');
  if (ufw !== null && /^\s*ENABLED\s*=\s*yes\b/im.test(ufw)) {
    return warning(
      id,
      'The firewall ufw is on; only root can see whether it lets phones in.',
      `sudo ufw allow ${port}/tcp`,
    );
  }
  const query = await system.run('firewall-cmd', [`--query-port=${port}/tcp`], signal);
  if (query && /^\s*(yes|no)\b/.test(query.output)) {
    return query.exitCode === 0
      ? ok(id, `firewalld lets TCP port ${port} in.`)
      : warning(
          id,
          `firewalld does not let TCP port ${port} in.`,
          `sudo firewall-cmd --add-port=${port}/tcp && sudo firewall-cmd --permanent --add-port=${port}/tcp`,
        );
  }
  return skipped(
    id,
    'Neither ufw nor firewalld was found to be on; rules of nftables only root can see.',
    `If phones cannot connect: sudo nft list ruleset | grep -n drop, then allow TCP port ${port}.`,
  );
}

async function checkMac({ system, signal }: FirewallInput): Promise<DoctorCheck> {
  const tool = '/usr/libexec/ApplicationFirewall/socketfilterfw';
  const state = await system.run(tool, ['--getglobalstate'], signal);
  if (!state) return skipped(id, 'The state of the macOS firewall could not be read.');
  if (/State = 0|disabled/i.test(state.output)) return ok(id, 'The macOS firewall is off.');
  const program = quoteForShell(system.programPath);
  const fix = `sudo ${tool} --add ${program} && sudo ${tool} --unblockapp ${program}`;
  const blocksAll = await system.run(tool, ['--getblockall'], signal);
  if (blocksAll && /State = 1|block all.*enabled|enabled.*block all/i.test(blocksAll.output)) {
    return warning(
      id,
      'The macOS firewall blocks all incoming connections.',
      `sudo ${tool} --setblockall off; then ${fix}`,
    );
  }
  return warning(id, 'The macOS firewall is on; it may ask once, and keeps phones out when that was denied.', fix);
}

async function checkWindows({ system, port, signal }: FirewallInput): Promise<DoctorCheck> {
  const fix =
    'In a terminal run as administrator: netsh advfirewall firewall add rule name="Slipway" ' +
    `dir=in action=allow protocol=TCP localport=${port} profile=private,domain`;
  // The registry speaks no language; the output of netsh is translated.
  const key = String.raw`HKLM\SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy\StandardProfile`;
  const state = await system.run('reg', ['query', key, '/v', 'EnableFirewall'], signal);
  if (state && /EnableFirewall\s+REG_DWORD\s+0x0\b/i.test(state.output)) {
    return ok(id, 'The Windows firewall is off for private networks.');
  }
  if (state?.exitCode !== 0) return skipped(id, 'The state of the Windows firewall could not be read.', fix);
  const rule = await system.run('netsh', ['advfirewall', 'firewall', 'show', 'rule', 'name=Slipway'], signal);
  if (rule?.exitCode === 0) return ok(id, 'The Windows firewall has a rule named Slipway.');
  return warning(
    id,
    'The Windows firewall is on; it keeps phones out unless its question was answered with "Allow", and always on a network marked public.',
    fix,
  );
}

function quoteForShell(path: string): string {
  return `'${path.replaceAll("'", String.raw`'\''`)}'`;
}
