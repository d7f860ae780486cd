import { resolve } from 'node:path';

import type { Release } from '#contract/models/release.ts';
import { exportResultSchema } from '#contract/models/storage.ts';

import type { ParsedCommand } from '../command-table.ts';
import type { CommandContext } from '../context.ts';
import { bytesText, counted, described, findingLines, keyValues, table } from '../format.ts';
import { runJob } from '../run-job.ts';
import { withSession } from '../session.ts';

export async function runReleases(
  { options: { app: appId } }: ParsedCommand<'releases'>,
  context: CommandContext,
): Promise<number> {
  const releases = await withSession(context, ({ api }) => api.releases.list({ appId }));
  const { output } = context;
  output.json(releases.map(withSentences));
  if (releases.length === 0) output.text(`${appId} has no releases yet. See \`slipway publish --help\`.`);
  else {
    const rows = releases.map((release) => [
      release.version,
      release.liveOn.join(', '),
      bytesText(release.size),
      release.files,
      release.createdAt,
      release.health.updated,
      release.releaseId,
    ]);
    output.text(table(['VERSION', 'LIVE ON', 'SIZE', 'FILES', 'CREATED', 'UPDATED', 'ID'], rows));
  }
  return 0;
}

export async function runReleaseShow(
  { arguments: [release], options: { app: appId } }: ParsedCommand<'release show'>,
  context: CommandContext,
): Promise<number> {
  const found = await withSession(context, ({ api }) => api.releases.get({ appId, release }));
  const { output } = context;
  output.json(withSentences(found));
  output.text(
    keyValues([
      ['version', found.version],
      ['id', found.releaseId],
      ['live on', found.liveOn.join(', ') || null],
      ['checksum', found.checksum],
      ['size', bytesText(found.size)],
      ['files', found.files],
      ['encrypted', found.encrypted ? 'yes' : 'no'],
      ['created', found.createdAt],
      ['verified', found.verifiedAt],
      ['devices', healthText(found.health)],
      ['notes', found.notes],
    ]),
  );
  for (const line of findingLines(described(found.findings))) output.text(line);
  return 0;
}

export async function runReleaseExport(
  { arguments: [release], options }: ParsedCommand<'release export'>,
  context: CommandContext,
): Promise<number> {
  const { app: appId, format = 'zip', 'base-url': baseUrl } = options;
  const input = { appId, release, out: resolve(options.out), format, ...(baseUrl === undefined ? {} : { baseUrl }) };
  const result = await withSession(context, (session) =>
    runJob(session, () => session.api.releases.export(input), context),
  );
  const exported = exportResultSchema.parse(result);
  context.output.json(exported);
  context.output.text(`${exported.path}: ${counted(exported.files, 'file')}, ${bytesText(exported.bytes)}.`);
  return 0;
}

export async function runReleaseDelete(
  { arguments: [release], options: { app: appId, force } }: ParsedCommand<'release delete'>,
  context: CommandContext,
): Promise<number> {
  const deleted = await withSession(context, ({ api }) => api.releases.delete({ appId, release, force }));
  context.output.json(deleted);
  context.output.text(`Deleted ${deleted.version} of ${appId}; ${bytesText(deleted.freedBytes)} freed.`);
  return 0;
}

function withSentences(release: Release): object {
  return { ...release, findings: described(release.findings) };
}

function healthText({ updated, failed, rolledBack, inProgress }: Release['health']): string {
  return `${updated} updated, ${inProgress} in progress, ${failed} failed, ${rolledBack} rolled back`;
}
