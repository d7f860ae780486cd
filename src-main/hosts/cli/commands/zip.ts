import { basename, dirname, extname, join, resolve } from 'node:path';

import { ApiError } from '#contract/errors.ts';
import { zipResultSchema, type ZipResult } from '#contract/models/release.ts';
import { AppError } from '#core/app-error.ts';
import { inspectBuild } from '#core/builds/inspect-build.ts';
import { makeZip } from '#core/builds/make-zip.ts';

import type { ParsedCommand } from '../command-table.ts';
import type { CommandContext } from '../context.ts';
import { RefusedBuild } from '../failure.ts';
import { bytesText, counted } from '../format.ts';
import { createProgressBar } from '../progress-bar.ts';
import { runJob } from '../run-job.ts';
import { findRunningHost } from '../running-host.ts';

export async function runZip(
  { arguments: [source], options }: ParsedCommand<'zip'>,
  context: CommandContext,
): Promise<number> {
  const sourcePath = resolve(source);
  const out = options.out === undefined ? besideOf(sourcePath) : resolve(options.out);
  const made = await zip(sourcePath, out, context).catch((error: unknown) => explain(error, sourcePath, context));
  const { output } = context;
  output.json(made);
  output.text(`${made.path}: ${counted(made.files, 'file')}, ${bytesText(made.size)}\nSHA-256 ${made.checksum}`);
  return 0;
}

/** Needs no data folder: in this very program, unless a host runs. */
async function zip(sourcePath: string, out: string, context: CommandContext): Promise<ZipResult> {
  await using session = await findRunningHost(context);
  if (session) {
    const start = () => session.api.builds.zip({ source: { kind: 'path', path: sourcePath }, out, overwrite: true });
    return zipResultSchema.parse(await runJob(session, start, context));
  }
  using bar = createProgressBar(context.streams);
  return await makeZip({
    sourcePath,
    out,
    overwrite: true,
    signal: context.signal,
    report: ({ done, total, unit }) =>
      bar.update({ progress: total > 0 ? done / total : 0, label: 'pack', done, total, unit }),
  });
}

/** Beside the folder and not in it, where the next zip would hold the one before. */
export function besideOf(sourcePath: string): string {
  const name = basename(sourcePath) || 'bundle';
  const isZip = extname(name).toLowerCase() === '.zip';
  return join(dirname(sourcePath), isZip ? `${basename(name, extname(name))}.bundle.zip` : `${name}.zip`);
}

/** The refusal counts what is wrong; the check names it. */
async function explain(error: unknown, sourcePath: string, { signal }: CommandContext): Promise<never> {
  const isRefusal = (error instanceof AppError || error instanceof ApiError) && error.code === 'BUILD_HAS_ERRORS';
  if (!isRefusal) throw error;
  const { findings } = await inspectBuild(sourcePath, { signal });
  throw new RefusedBuild({ code: error.code, params: { ...error.params } }, findings);
}
