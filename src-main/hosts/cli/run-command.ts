import type { CommandName, ParsedCommand } from './command-table.ts';
import type { CommandContext, RunCommand } from './context.ts';

type Loaders = { readonly [Name in CommandName]: () => Promise<RunCommand<ParsedCommand<Name>>> };

/** Each command is loaded when it is run: `--version` must not wait for the core. */
const loaders: Loaders = {
  serve: async () => (await import('./commands/serve.ts')).runServe,
  'app add': async () => (await import('./commands/app.ts')).runAppAdd,
  'app list': async () => (await import('./commands/app.ts')).runAppList,
  'app show': async () => (await import('./commands/app.ts')).runAppShow,
  'app remove': async () => (await import('./commands/app.ts')).runAppRemove,
  'app rotate-token': async () => (await import('./commands/app.ts')).runAppRotateToken,
  check: async () => (await import('./commands/check.ts')).runCheck,
  zip: async () => (await import('./commands/zip.ts')).runZip,
  publish: async () => (await import('./commands/publish.ts')).runPublish,
  releases: async () => (await import('./commands/release.ts')).runReleases,
  'release show': async () => (await import('./commands/release.ts')).runReleaseShow,
  'release export': async () => (await import('./commands/release.ts')).runReleaseExport,
  'release delete': async () => (await import('./commands/release.ts')).runReleaseDelete,
  'release cost': async () => (await import('./commands/release-compare.ts')).runReleaseCost,
  'release diff': async () => (await import('./commands/release-compare.ts')).runReleaseDiff,
  'channel list': async () => (await import('./commands/channel.ts')).runChannelList,
  'channel show': async () => (await import('./commands/channel.ts')).runChannelShow,
  'channel create': async () => (await import('./commands/channel.ts')).runChannelCreate,
  'channel set': async () => (await import('./commands/channel.ts')).runChannelSet,
  'channel delete': async () => (await import('./commands/channel.ts')).runChannelDelete,
  'channel rename': async () => (await import('./commands/channel.ts')).runChannelRename,
  'channel history': async () => (await import('./commands/channel-history.ts')).runChannelHistory,
  'channel rollback': async () => (await import('./commands/channel-history.ts')).runChannelRollback,
  'channel promote': async () => (await import('./commands/channel-history.ts')).runChannelPromote,
  'device list': async () => (await import('./commands/device.ts')).runDeviceList,
  'device show': async () => (await import('./commands/device.ts')).runDeviceShow,
  'device override': async () => (await import('./commands/device-override.ts')).runDeviceOverride,
  'device offer-again': async () => (await import('./commands/device-override.ts')).runDeviceOfferAgain,
  'device forget': async () => (await import('./commands/device.ts')).runDeviceForget,
  explain: async () => (await import('./commands/explain.ts')).runExplain,
  events: async () => (await import('./commands/events.ts')).runEvents,
  'key create': async () => (await import('./commands/key.ts')).runKeyCreate,
  'key import': async () => (await import('./commands/key.ts')).runKeyImport,
  'key list': async () => (await import('./commands/key.ts')).runKeyList,
  'key show': async () => (await import('./commands/key.ts')).runKeyShow,
  'key export': async () => (await import('./commands/key.ts')).runKeyExport,
  'key rename': async () => (await import('./commands/key.ts')).runKeyRename,
  'key delete': async () => (await import('./commands/key.ts')).runKeyDelete,
  'key protect': async () => (await import('./commands/key-vault.ts')).runKeyProtect,
  'key unprotect': async () => (await import('./commands/key-vault.ts')).runKeyUnprotect,
  'key unlock': async () => (await import('./commands/key-vault.ts')).runKeyUnlock,
  'key lock': async () => (await import('./commands/key-vault.ts')).runKeyLock,
  'key backup': async () => (await import('./commands/key-backup.ts')).runKeyBackup,
  'key restore': async () => (await import('./commands/key-backup.ts')).runKeyRestore,
  encrypt: async () => (await import('./commands/envelope.ts')).runEncrypt,
  decrypt: async () => (await import('./commands/envelope.ts')).runDecrypt,
  watch: async () => (await import('./commands/watch.ts')).runWatch,
  verify: async () => (await import('./commands/storage.ts')).runVerify,
  gc: async () => (await import('./commands/storage.ts')).runGc,
  backup: async () => (await import('./commands/backup.ts')).runBackup,
  restore: async () => (await import('./commands/backup.ts')).runRestore,
  config: async () => (await import('./commands/config.ts')).runConfig,
  doctor: async () => (await import('./commands/doctor.ts')).runDoctor,
  simulate: async () => (await import('./commands/simulate.ts')).runSimulate,
  conformance: async () => (await import('./commands/conformance.ts')).runConformanceCommand,
  demo: async () => (await import('./commands/demo.ts')).runDemo,
};

/** Runs a command; `parsed` is what the parser made of that command's own row of the table. */
export async function runCommand(name: CommandName, parsed: unknown, context: CommandContext): Promise<number> {
  // The parser has checked the values against the row of the same name; the compiler cannot pair the two by name.
  const run = (await loaders[name]()) as RunCommand<unknown>;
  return run(parsed, context);
}
