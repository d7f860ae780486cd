import { collectResultSchema, verifyResultSchema, type StorageFinding } from '#contract/models/storage.ts';
import { describeStorageFinding } from '#contract/texts/storage-texts.ts';

import type { ParsedCommand } from '../command-table.ts';
import type { CommandContext } from '../context.ts';
import { bytesText, counted, printable } from '../format.ts';
import { runJob } from '../run-job.ts';
import { withSession } from '../session.ts';

export async function runVerify({ options }: ParsedCommand<'verify'>, context: CommandContext): Promise<number> {
  const { app: appId } = options;
  const result = await withSession(context, (session) =>
    runJob(session, () => session.api.storage.verify(appId === undefined ? {} : { appId }), context),
  );
  const verified = verifyResultSchema.parse(result);
  const { output } = context;
  const findings = verified.findings.map(withSentences);
  output.json({ ...verified, findings });
  for (const { severity, file, message, fix } of findings) {
    output.text(`${severity.padEnd(7)}  ${file === '' ? '' : `${printable(file)}: `}${message}\n         ${fix}`);
  }
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  output.text(
    `${counted(verified.checked, 'file')}, ${bytesText(verified.bytes)}: ${verified.ok ? 'all sound' : `${errors} broken`}.`,
  );
  return verified.ok ? 0 : 1;
}

export async function runGc({ options }: ParsedCommand<'gc'>, context: CommandContext): Promise<number> {
  const result = await withSession(context, (session) =>
    runJob(session, () => session.api.storage.collect({ dryRun: options['dry-run'] }), context),
  );
  const collected = collectResultSchema.parse(result);
  const { output } = context;
  output.json(collected);
  const { dryRun, removed, bytes, tooNew } = collected;
  output.text(`${counted(removed, 'file')}, ${bytesText(bytes)}${dryRun ? ' would be removed' : ' removed'}.`);
  if (tooNew > 0) {
    output.text(`${counted(tooNew, 'unused file')} came a moment ago and ${tooNew === 1 ? 'stays' : 'stay'} for now.`);
  }
  return 0;
}

function withSentences(finding: StorageFinding): StorageFinding & { readonly message: string; readonly fix: string } {
  return { ...finding, ...describeStorageFinding(finding) };
}
