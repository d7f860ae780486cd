import type { ConformanceCheck, ConformanceReport } from '#contract/models/conformance.ts';

import { gatherFacts, madeUpDeviceId, type ServerUnderTest } from './gather-facts.ts';
import { createProbe } from './probe.ts';
import { callRows } from './rows-calls.ts';
import { fileRows } from './rows-files.ts';
import { updateRows } from './rows-update.ts';

/**
 * Asks a server what clients ask, and judges its answers by protocol/clients.md §13, "A server must". Sends about 30
 * requests and fetches the offered files once; its devices have ids that start with zeros and the custom id
 * `slipway-conformance`. One of them reports `update_fail` for the version that is offered, unless read-only.
 * Rejects with `CANCELLED`.
 */
export async function runConformance(
  server: ServerUnderTest,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<ConformanceReport> {
  using probe = createProbe(signal);
  const ids = { main: madeUpDeviceId(), failing: madeUpDeviceId() };
  const facts = await gatherFacts(server, probe, ids);
  const checks = [...updateRows, ...fileRows, ...callRows].map(({ row, title, judge }): ConformanceCheck => {
    const { status, detail } = judge(facts);
    return { id: `13.${row}`, title, source: `protocol/clients.md §13.${row}`, status, detail };
  });
  return {
    ok: checks.every(({ status }) => status !== 'failed'),
    checks,
    requests: probe.count(),
    deviceIds: facts.afterFailure ? [ids.main, ids.failing] : [ids.main],
  };
}
