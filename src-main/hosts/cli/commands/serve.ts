import { addressWithToken, serve, type ServeReady } from '#hosts/headless/serve.ts';
import { defaultBrowserCommand, openBrowser } from '#hosts/shared/open-browser.ts';

import type { ParsedCommand } from '../command-table.ts';
import type { CommandContext } from '../context.ts';
import type { Output } from '../output.ts';
import { untilStopped } from '../until-stopped.ts';

export async function runServe({ options }: ParsedCommand<'serve'>, context: CommandContext): Promise<number> {
  const { dataDir, files, output, signal } = context;
  const onReady = async (ready: ServeReady): Promise<void> => {
    printReady(output, ready);
    if (!options.open || !ready.control) return;
    if (await openBrowser(defaultBrowserCommand(addressWithToken(ready.control)))) return;
    output.note('No browser could be started; open the address yourself.');
  };
  const { host, port } = options;
  const control = options['no-control'] ? null : { port: options['control-port'] };
  return await untilStopped(signal, () => serve({ dataDir, files, host, port, control, signal, onReady }));
}

function printReady(output: Output, ready: ServeReady): void {
  output.json(ready);
  output.text(`Devices      ${ready.device.urls.join('\n             ')}`);
  if (ready.control) output.text(`Open         ${addressWithToken(ready.control)}`);
  output.text(`Data folder  ${ready.dataDir}`);
  output.text('Ctrl-C ends it.');
}
