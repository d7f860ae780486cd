import { resolve } from 'node:path';

import type { ParsedCommand } from '../command-table.ts';
import type { CommandContext } from '../context.ts';
import { withSession, type Session } from '../session.ts';
import { UsageError } from '../usage-error.ts';

export async function runConfig(parsed: ParsedCommand<'config'>, context: CommandContext): Promise<number> {
  const { app: appId, format = 'json', address, project, write } = parsed.options;
  if (write && project === undefined) {
    throw new UsageError('--write needs --project.', 'See `slipway config --help`.', { option: '--write' });
  }
  const { output } = context;
  const ofApp = { appId, ...(address === undefined ? {} : { address }) };
  if (project === undefined) {
    const { config, text } = await withSession(context, ({ api }) => api.projects.config({ ...ofApp, format }));
    output.json({ config });
    output.text(text.trimEnd());
    return 0;
  }
  const dir = resolve(project);
  const change = await withSession(context, (session) => changeProject(session, { ...ofApp, dir }, write));
  output.json(change);
  if (change.diff === '') output.text(`${change.path} needs no change.`);
  else output.text(`${change.diff.trimEnd()}\n${change.written ? 'Written.' : 'Add --write to change it.'}`);
  return 0;
}

type Change = { readonly path: string; readonly diff: string; readonly written: boolean };

async function changeProject(
  { api }: Session,
  input: { readonly appId: string; readonly address?: string; readonly dir: string },
  write: boolean,
): Promise<Change> {
  const { path, diff, hash, isChanged } = await api.projects.preview(input);
  if (!write || !isChanged) return { path, diff, written: false };
  return await api.projects.apply({ ...input, hash });
}
