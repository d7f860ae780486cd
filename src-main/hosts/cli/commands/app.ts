import type { App } from '#contract/models/app.ts';

import type { ParsedCommand } from '../command-table.ts';
import type { CommandContext } from '../context.ts';
import { counted, keyValues, table } from '../format.ts';
import type { Output } from '../output.ts';
import { withSession } from '../session.ts';

export async function runAppAdd(
  { arguments: [appId], options: { name } }: ParsedCommand<'app add'>,
  context: CommandContext,
): Promise<number> {
  const app = await withSession(context, ({ api }) => api.apps.add({ appId, ...(name === undefined ? {} : { name }) }));
  printApp(context.output, app);
  return 0;
}

export async function runAppList(_: ParsedCommand<'app list'>, context: CommandContext): Promise<number> {
  const apps = await withSession(context, ({ api }) => api.apps.list({}));
  const { output } = context;
  output.json(apps);
  if (apps.length === 0) output.text('There are no apps yet. Publish a build, or add one with `slipway app add ID`.');
  else {
    const rows = apps.map((app) => [app.appId, app.name, app.releaseCount, app.deviceCount]);
    output.text(table(['APP', 'NAME', 'RELEASES', 'DEVICES'], rows));
  }
  return 0;
}

export async function runAppShow(
  { arguments: [appId] }: ParsedCommand<'app show'>,
  context: CommandContext,
): Promise<number> {
  printApp(context.output, await withSession(context, ({ api }) => api.apps.get({ appId })));
  return 0;
}

export async function runAppRemove(
  { arguments: [appId] }: ParsedCommand<'app remove'>,
  context: CommandContext,
): Promise<number> {
  const removed = await withSession(context, ({ api }) => api.apps.remove({ appId }));
  context.output.json(removed);
  context.output.text(
    `Removed ${appId} with ${counted(removed.releases, 'release')} and ${counted(removed.devices, 'device')}.`,
  );
  return 0;
}

export async function runAppRotateToken(
  { arguments: [appId] }: ParsedCommand<'app rotate-token'>,
  context: CommandContext,
): Promise<number> {
  const app = await withSession(context, ({ api }) => api.apps.rotateToken({ appId }));
  printApp(context.output, app);
  context.output.text('The old URLs no longer work: put the new ones into the app and build it again.');
  return 0;
}

function printApp(output: Output, app: App): void {
  output.json(app);
  output.text(
    keyValues([
      ['app', app.appId],
      ['name', app.name],
      ['token', app.token],
      ['default channel', app.defaultChannel],
      ['releases', app.releaseCount],
      ['devices', app.deviceCount],
      ...app.endpoints.map(({ interface: name, updateUrl }) => [`update URL, ${name}`, updateUrl] as const),
    ]),
  );
}
