import { addressWithToken, serve, type ServeReady } from '#hosts/headless/serve.ts';
import { createFileSecretStore, type FileSecretStore } from '#hosts/shared/file-secret-store.ts';
import { defaultBrowserCommand, openBrowser } from '#hosts/shared/open-browser.ts';

import type { ParsedCommand } from '../command-table.ts';
import type { CommandContext } from '../context.ts';
import type { Output } from '../output.ts';
import { givenPassphrase, readPassphrase } from '../passphrase.ts';
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
  const passphraseFile = options['passphrase-file'];
  return await untilStopped(signal, async () => {
    const secrets = await openSecrets(passphraseFile, context);
    await serve({ dataDir, files, host, port, control, secrets, signal, onReady });
  });
}

/**
 * The store of the keys, opened when there is a passphrase to be had. Without one the host serves all the same: phones
 * need no private part.
 */
async function openSecrets(file: string | undefined, context: CommandContext): Promise<FileSecretStore> {
  const { dataDir, output } = context;
  const secrets = createFileSecretStore(dataDir, {
    passphrase: async ({ isNew }) => (isNew ? givenPassphrase(file) : null),
  });
  if (!(await secrets.protection.status()).isLocked) return secrets;
  if ((await givenPassphrase(file)) === null && !process.stdin.isTTY) {
    output.note('The private keys are locked. Unlock them on the Keys screen or with `slipway key unlock`.');
    return secrets;
  }
  await secrets.protection.unlock(await readPassphrase(file, { isNew: false }, context));
  return secrets;
}

function printReady(output: Output, ready: ServeReady): void {
  output.json(ready);
  output.text(`Devices      ${ready.device.urls.join('\n             ')}`);
  if (ready.control) output.text(`Open         ${addressWithToken(ready.control)}`);
  output.text(`Data folder  ${ready.dataDir}`);
  output.text('Ctrl-C ends it.');
}
