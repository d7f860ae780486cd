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
  if (input.recentDevices > 0) return ok(id, 'FIREWALL_PASSED');
  switch (input.system.platform) {
    case 'linux':
      return await checkLinux(input);
    case 'darwin':
      return await checkMac(input);
    case 'win32':
      return await checkWindows(input);
    default:
      return skipped(id, 'FIREWALL_STRANGE', { port: input.port });
  }
}

async function checkLinux({ system, port, signal }: FirewallInput): Promise<DoctorCheck> {
  const ufw = await system.readText('/etc/ufw/ufw.conf');
  if (ufw !== null && /^\s*ENABLED\s*=\s*yes\b/im.test(ufw)) return warning(id, 'UFW_ON', { port });
  const query = await system.run('firewall-cmd', [`--query-port=${port}/tcp`], signal);
  if (query && /^\s*(yes|no)\b/.test(query.output)) {
    return query.exitCode === 0 ? ok(id, 'FIREWALLD_OPEN', { port }) : warning(id, 'FIREWALLD_CLOSED', { port });
  }
  return skipped(id, 'LINUX_UNKNOWN', { port });
}

async function checkMac({ system, signal }: FirewallInput): Promise<DoctorCheck> {
  const tool = '/usr/libexec/ApplicationFirewall/socketfilterfw';
  const state = await system.run(tool, ['--getglobalstate'], signal);
  if (!state) return skipped(id, 'MAC_UNKNOWN');
  if (/State = 0|disabled/i.test(state.output)) return ok(id, 'MAC_OFF');
  const program = quoteForShell(system.programPath);
  const blocksAll = await system.run(tool, ['--getblockall'], signal);
  const isAllBlocked = blocksAll !== null && /State = 1|block all.*enabled|enabled.*block all/i.test(blocksAll.output);
  return warning(id, isAllBlocked ? 'MAC_BLOCKS_ALL' : 'MAC_ON', { tool, program });
}

async function checkWindows({ system, port, signal }: FirewallInput): Promise<DoctorCheck> {
  // The registry speaks no language; the output of netsh is translated.
  const key = String.raw`HKLM\SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy\StandardProfile`;
  const state = await system.run('reg', ['query', key, '/v', 'EnableFirewall'], signal);
  if (state && /EnableFirewall\s+REG_DWORD\s+0x0\b/i.test(state.output)) return ok(id, 'WINDOWS_OFF');
  if (state?.exitCode !== 0) return skipped(id, 'WINDOWS_UNKNOWN', { port });
  const rule = await system.run('netsh', ['advfirewall', 'firewall', 'show', 'rule', 'name=Slipway'], signal);
  return rule?.exitCode === 0 ? ok(id, 'WINDOWS_RULE') : warning(id, 'WINDOWS_ON', { port });
}

function quoteForShell(path: string): string {
  return `'${path.replaceAll("'", String.raw`'\''`)}'`;
}
