import { faultNames, virtualFrameworkSchema, virtualPlatformSchema } from '#contract/models/virtual-device.ts';

import type { CommandSpec, Parsed } from './command-spec.ts';
import { channelCommands } from './specs/channel-specs.ts';
import { deviceCommands } from './specs/device-specs.ts';
import { appOption as app } from './specs/shared-specs.ts';

const appIdArgument = { name: 'ID', summary: 'app id, as in capacitor.config, such as com.example.app' } as const;
const buildArgument = {
  name: 'FOLDER|ZIP',
  summary: 'the built web app (often dist, www or build), or a zip of it',
} as const;
const releaseArgument = { name: 'ID|VERSION', summary: 'a release, by its id or its version' } as const;

const keyArgument = { name: 'NAME', summary: 'name of the key' } as const;
const zipArgument = { name: 'ZIP', summary: 'a bundle zip' } as const;
const keyOptions = {
  key: { kind: 'text', value: 'NAME', summary: 'key of the vault' },
  'key-file': { kind: 'text', value: 'F', summary: 'PEM file; needs no data folder' },
} as const;
const passphraseOptions = {
  'passphrase-file': {
    kind: 'text',
    value: 'F',
    summary:
      'file whose first line is the passphrase; else SLIPWAY_PASSPHRASE or SLIPWAY_PASSPHRASE_FILE, else a prompt',
  },
} as const;

const serverOptions = {
  'update-url': { kind: 'text', value: 'U', summary: 'update address of any server' },
  'stats-url': { kind: 'text', value: 'U', summary: 'its stats address; without it nothing is reported' },
  'channel-url': { kind: 'text', value: 'U', summary: 'its channel address' },
} as const;
const virtualPlatforms = virtualPlatformSchema.options;
const virtualFrameworks = virtualFrameworkSchema.options;

/** Every command with what it takes: the shape that design/command-line.md promises to scripts. */
export const commandTable = {
  serve: {
    summary: 'runs the headless host: device listener and user interface, until stopped',
    description: [
      'Phones use the device listener. The user interface is on 127.0.0.1 only; its address carries a token that is valid as long as the program runs.',
      'With --json it prints one line once both accept connections.',
    ],
    arguments: [],
    options: {
      host: { kind: 'text', value: 'A', summary: 'address of the device listener (default 0.0.0.0, every one)' },
      port: {
        kind: 'integer',
        value: 'N',
        min: 0,
        max: 65_535,
        summary: 'port of the device listener (default 8787, else the next free one); 0 takes any',
      },
      'control-port': {
        kind: 'integer',
        value: 'N',
        min: 0,
        max: 65_535,
        summary: 'port of the user interface (default 8790, else the next free one); 0 takes any',
      },
      'no-control': { kind: 'flag', summary: 'no user interface; commands still reach this host' },
      open: { kind: 'flag', summary: 'opens the user interface in the default browser' },
      'passphrase-file': {
        kind: 'text',
        value: 'F',
        summary: 'file with the passphrase of the private keys; else SLIPWAY_PASSPHRASE, else it is asked for',
      },
    },
    exclusive: [
      ['no-control', 'control-port'],
      ['no-control', 'open'],
    ],
    examples: ['slipway serve', 'slipway serve --port 0 --control-port 0 --json'],
  },
  'app add': {
    summary: 'adds an app',
    arguments: [appIdArgument],
    options: { name: { kind: 'text', value: 'N', summary: 'name for people' } },
    examples: ['slipway app add com.example.app --name "Example"'],
  },
  'app list': { summary: 'lists the apps', arguments: [], options: {}, examples: ['slipway app list --json'] },
  'app show': {
    summary: 'shows an app with the URLs for its devices',
    arguments: [appIdArgument],
    options: {},
    examples: ['slipway app show com.example.app'],
  },
  'app remove': {
    summary: 'removes an app with its releases, devices and log',
    arguments: [appIdArgument],
    options: {},
    examples: ['slipway app remove com.example.app'],
  },
  'app rotate-token': {
    summary: 'gives an app a new pairing token; every URL handed out before stops working',
    arguments: [appIdArgument],
    options: {},
    examples: ['slipway app rotate-token com.example.app'],
  },
  check: {
    summary: 'inspects a build, changes nothing; exit code 1 if any finding is an error',
    arguments: [buildArgument],
    options: {},
    examples: ['slipway check dist', 'slipway check dist --json'],
  },
  zip: {
    summary: 'makes a plain bundle zip',
    arguments: [{ name: 'FOLDER', summary: 'the built web app, or a zip of it' }],
    options: { out: { kind: 'text', value: 'FILE', summary: 'where to write it (default: beside the folder)' } },
    examples: ['slipway zip dist', 'slipway zip dist --out build/bundle.zip'],
  },
  publish: {
    summary: 'checks, packs and stores a build, fetches it back, and points a channel at it',
    description: ['An app that is not there yet is added. The version is the next patch unless one is given.'],
    arguments: [buildArgument],
    options: {
      app,
      version: { kind: 'text', value: 'V', summary: 'version of the release; never used before' },
      bump: { kind: 'choice', choices: ['patch', 'minor', 'major'], summary: 'the next version after the last' },
      channel: { kind: 'text', value: 'NAME', summary: "channel to point at it (default: the app's default channel)" },
      notes: { kind: 'text', value: 'T', summary: 'notes to keep with the release' },
      'no-delta': { kind: 'flag', summary: 'no files for delta downloads, the whole zip only' },
      key: { kind: 'text', value: 'NAME', summary: 'encrypts with this key of the vault' },
      format: { kind: 'choice', choices: ['v3', 'v2'], summary: 'form of the encrypted checksum (default v3)' },
      force: { kind: 'flag', summary: 'publishes though the project or devices have another key, or none' },
      'allow-warnings': { kind: 'flag', summary: 'publishes although the check has warnings' },
    },
    exclusive: [['version', 'bump']],
    examples: [
      'slipway publish dist --app com.example.app',
      'slipway publish dist --app com.example.app --version 1.2.0',
    ],
  },
  releases: {
    summary: 'lists the releases of an app, newest first',
    arguments: [],
    options: { app },
    examples: ['slipway releases --app com.example.app'],
  },
  'release show': {
    summary: 'shows a release',
    arguments: [releaseArgument],
    options: { app },
    examples: ['slipway release show 1.0.7 --app com.example.app'],
  },
  'release export': {
    summary: 'writes a release to a file, or as a tree for any web server',
    description: [
      'The tree has update.json, which is the reply that an update check gets, bundles/SHA256.zip, and files/ for delta downloads. Devices ask with POST: a static server has to answer that with update.json, or the app downloads what update.json names by itself.',
    ],
    arguments: [releaseArgument],
    options: {
      app,
      out: { kind: 'text', value: 'F', isRequired: true, summary: 'file or folder to write, which must not exist' },
      format: { kind: 'choice', choices: ['zip', 'static'], summary: 'the zip (default), or a tree' },
      'base-url': { kind: 'text', value: 'URL', summary: 'address that the tree will be served at; needed for it' },
    },
    examples: [
      'slipway release export 1.0.7 --app com.example.app --out 1.0.7.zip',
      'slipway release export 1.0.7 --app com.example.app --out site --format static --base-url https://cdn.example.com/app',
    ],
  },
  'release delete': {
    summary: 'deletes a release that nothing points at',
    arguments: [releaseArgument],
    options: {
      app,
      force: { kind: 'flag', summary: 'also when channels or devices point at it: they then have none' },
    },
    examples: ['slipway release delete 1.0.6 --app com.example.app'],
  },
  'release cost': {
    summary: 'shows what devices fetch of a release, which files weigh most, and what could be made better',
    arguments: [releaseArgument],
    options: { app },
    examples: ['slipway release cost 1.0.7 --app com.example.app'],
  },
  'release diff': {
    summary: 'shows what changed from one release to another, and what that costs a device',
    arguments: [
      { name: 'A', summary: 'the earlier release, by its id or its version' },
      { name: 'B', summary: 'the later one' },
    ],
    options: {
      app,
      file: { kind: 'text', value: 'PATH', summary: 'shows the lines that changed in this file' },
      out: { kind: 'text', value: 'F', summary: 'writes the comparison to a file: JSON, or with --file a patch' },
    },
    examples: [
      'slipway release diff 1.0.6 1.0.7 --app com.example.app',
      'slipway release diff 1.0.6 1.0.7 --app com.example.app --file index.html',
    ],
  },
  ...channelCommands,
  ...deviceCommands,
  events: {
    summary: 'shows the log of requests and stats, newest last',
    description: [
      'With --follow it goes on until stopped; it does not keep other programs from the data folder, and waits for a host to start when there is none.',
    ],
    arguments: [],
    options: {
      app,
      device: { kind: 'text', value: 'D', summary: 'of this device only' },
      limit: { kind: 'integer', value: 'N', min: 1, max: 5000, summary: 'at most so many rows (default 200)' },
      follow: { kind: 'flag', summary: 'goes on with new rows, one a line' },
    },
    examples: [
      'slipway events --app com.example.app --limit 20',
      'slipway events --app com.example.app --follow --json',
    ],
  },
  'key create': {
    summary: 'creates an RSA key of 2048 bits, the only size that devices accept',
    arguments: [keyArgument],
    options: {},
    examples: ['slipway key create work'],
  },
  'key import': {
    summary: 'takes a key into the vault: private or public PEM, also the .capgo_key_v2 of a project',
    arguments: [keyArgument],
    options: {
      file: {
        kind: 'text',
        value: 'F',
        isRequired: true,
        summary: 'PEM file (PKCS#1, PKCS#8 or SPKI), or a project folder',
      },
    },
    examples: ['slipway key import work --file .capgo_key_v2'],
  },
  'key list': { summary: 'lists the keys', arguments: [], options: {}, examples: ['slipway key list --json'] },
  'key show': {
    summary: 'shows a key, and what it is used by',
    arguments: [keyArgument],
    options: {},
    examples: ['slipway key show work'],
  },
  'key export': {
    summary: 'writes the public key for capacitor.config, or on request the private one',
    arguments: [keyArgument],
    options: {
      public: { kind: 'flag', summary: 'the public key (default)' },
      private: { kind: 'flag', summary: 'the private key: whoever has it can publish to your devices' },
      out: { kind: 'text', value: 'F', summary: 'file to write, which must not exist (default: stdout)' },
    },
    exclusive: [['public', 'private']],
    examples: ['slipway key export work', 'slipway key export work --private --out work.pem'],
  },
  'key rename': {
    summary: 'gives a key another name',
    arguments: [keyArgument, { name: 'NEW-NAME', summary: 'its new name' }],
    options: {},
    examples: ['slipway key rename work release'],
  },
  'key delete': {
    summary: 'deletes a key; refused while releases or apps use it',
    arguments: [keyArgument],
    options: { force: { kind: 'flag', summary: 'deletes it all the same' } },
    examples: ['slipway key delete old', 'slipway key delete old --force'],
  },
  'key protect': {
    summary: 'puts the private keys of this data folder under a passphrase, or under another one',
    arguments: [],
    options: passphraseOptions,
    examples: ['slipway key protect', 'slipway key protect --passphrase-file secret.txt'],
  },
  'key unprotect': {
    summary: 'keeps the private keys in a file that only the user can read, without a passphrase',
    arguments: [],
    options: {},
    examples: ['slipway key unprotect'],
  },
  'key unlock': {
    summary: 'opens the private keys of the running Slipway until it ends',
    arguments: [],
    options: passphraseOptions,
    examples: ['slipway key unlock'],
  },
  'key lock': {
    summary: 'closes the private keys of the running Slipway until they are unlocked',
    arguments: [],
    options: {},
    examples: ['slipway key lock'],
  },
  'key backup': {
    summary: 'saves all keys in one file, sealed with a passphrase',
    arguments: [],
    options: { out: { kind: 'text', value: 'F', isRequired: true, summary: 'file to write' }, ...passphraseOptions },
    examples: ['slipway key backup --out keys.slipway', 'slipway key backup --out k --passphrase-file secret.txt'],
  },
  'key restore': {
    summary: 'adds the keys of a backup; overwrites none',
    arguments: [{ name: 'FILE', summary: 'what `key backup` wrote' }],
    options: passphraseOptions,
    examples: ['slipway key restore keys.slipway'],
  },
  encrypt: {
    summary: 'encrypts a bundle zip as the official command line does',
    description: [
      'Prints the session key and the checksum that an update offer must carry. Format v3 is for plugins from 5.30, 6.30, 7.30 and 8 on; v2 for older ones.',
    ],
    arguments: [zipArgument],
    options: {
      ...keyOptions,
      out: { kind: 'text', value: 'F', summary: 'where to write it (default: beside the zip)' },
      format: { kind: 'choice', choices: ['v3', 'v2'], summary: 'form of the checksum (default v3)' },
    },
    exclusive: [['key', 'key-file']],
    examples: ['slipway encrypt build.zip --key work', 'slipway encrypt build.zip --key-file .capgo_key_v2 --json'],
  },
  decrypt: {
    summary: 'decrypts a bundle zip as an app would; writes nothing unless the checksum, when given, matches',
    arguments: [zipArgument],
    options: {
      'session-key': { kind: 'text', value: 'S', isRequired: true, summary: 'session key of the offer (IV:KEY)' },
      checksum: { kind: 'text', value: 'C', summary: 'checksum of the offer, encrypted or plain' },
      ...keyOptions,
      out: { kind: 'text', value: 'F', summary: 'where to write it (default: beside the zip)' },
    },
    exclusive: [['key', 'key-file']],
    examples: ['slipway decrypt build.encrypted.zip --session-key S --checksum C --key-file .capgo_key_v2.pub'],
  },
  watch: {
    summary: 'publishes a folder again whenever a build in it has settled, until stopped',
    description: [
      'Give the folder that your build writes to, or the Capacitor project around it. It may be emptied, deleted and made again; a build is published when it is whole, was quiet for a moment, and differs from the last one. Versions are counted up.',
      'Works through a running host. Without one it serves the devices itself for as long as it runs.',
    ],
    arguments: [{ name: 'FOLDER', summary: 'the built web app (often dist, www or build), or its Capacitor project' }],
    options: {
      app,
      channel: {
        kind: 'text',
        value: 'NAME',
        summary: "channel to point at each release (default: the app's default)",
      },
      key: { kind: 'text', value: 'NAME', summary: 'encrypts with this key of the vault' },
      'no-delta': { kind: 'flag', summary: 'no files for delta downloads, the whole zip only' },
      'allow-warnings': { kind: 'flag', summary: 'publishes although the check has warnings' },
    },
    examples: ['slipway watch dist --app com.example.app', 'slipway watch . --app com.example.app --json'],
  },
  verify: {
    summary: 'reads every stored file and compares it with what was published; exit code 1 if any is broken',
    arguments: [],
    options: { app: { kind: 'text', value: 'ID', summary: 'only what this app needs' } },
    examples: ['slipway verify', 'slipway verify --app com.example.app --json'],
  },
  gc: {
    summary: 'removes stored files that no release needs any more',
    arguments: [],
    options: { 'dry-run': { kind: 'flag', summary: 'says what would be removed, removes nothing' } },
    examples: ['slipway gc --dry-run', 'slipway gc'],
  },
  backup: {
    summary: 'saves the whole data folder in one file, while everything goes on',
    description: [
      'Private keys stay sealed as they are, and open on this machine only. With --with-keys they are in the file once more, sealed with a passphrase: such a backup can move to another machine.',
    ],
    arguments: [],
    options: {
      out: { kind: 'text', value: 'F', isRequired: true, summary: 'file to write, which must not exist' },
      'with-keys': { kind: 'flag', summary: 'with the private keys, sealed with a passphrase' },
      ...passphraseOptions,
    },
    examples: ['slipway backup --out slipway.backup', 'slipway backup --out b --passphrase-file secret.txt'],
  },
  restore: {
    summary: 'brings back what `backup` saved',
    description: [
      'Everything is unpacked and compared first; then it takes the place of the data folder in one step, or when the running host is started again. A folder with apps or keys is refused unless --force is given: they are then moved aside within the folder, never deleted.',
    ],
    arguments: [{ name: 'FILE', summary: 'what `backup` wrote' }],
    options: {
      force: { kind: 'flag', summary: 'also over apps and keys that are here; they are moved aside' },
      'with-keys': { kind: 'flag', summary: 'asks for the passphrase of the private keys in it' },
      ...passphraseOptions,
    },
    examples: ['slipway restore slipway.backup', 'slipway restore slipway.backup --force --with-keys'],
  },
  config: {
    summary: 'shows the Capacitor config fragment, or changes the config of a project',
    arguments: [],
    options: {
      app,
      format: { kind: 'choice', choices: ['json', 'ts'], summary: 'form of the fragment (default json)' },
      address: {
        kind: 'text',
        value: 'A',
        summary: 'address or name of this machine to put in (default: the best one)',
      },
      project: { kind: 'text', value: 'DIR', summary: 'Capacitor project: shows what would change in its config' },
      write: { kind: 'flag', summary: 'changes it; needs --project' },
    },
    examples: [
      'slipway config --app com.example.app --format ts',
      'slipway config --app com.example.app --project . --write',
    ],
  },
  doctor: {
    summary: 'checks ports, addresses, firewall, store, clock and a project config',
    arguments: [],
    options: { project: { kind: 'text', value: 'DIR', summary: 'Capacitor project to look at' } },
    examples: ['slipway doctor', 'slipway doctor --project . --json'],
  },
  simulate: {
    summary: 'lets virtual devices make a whole update cycle against any compatible server',
    description: [
      'Check, download, verify, unpack, move to the background, new start, notifyAppReady or roll back, with the requests and stats of the real client. With --app against this program, else against the URLs given. Exit code 1 when a device fails.',
      `Faults, on the side of the device: ${faultNames.join(', ')}. drop takes a percentage: drop:30.`,
      '--builtin is the web build that came with the app: a delta update takes from it what is the same, as the client would. --framework cordova plays the plugin of Cordova for Android and iOS, as far as it is known.',
      'The waits of a device, 10 to 40 s, are shortened unless --real-time is given. Where Chrome or Chromium is installed the app is really started, cut off from the network; else its text is searched for notifyAppReady.',
    ],
    arguments: [],
    options: {
      app: { kind: 'text', value: 'ID', summary: 'app of this program' },
      ...serverOptions,
      'app-id': { kind: 'text', value: 'ID', summary: 'app id to send, with --update-url' },
      platform: { kind: 'choice', choices: virtualPlatforms, summary: 'client to play (default android)' },
      'native-version': { kind: 'text', value: 'V', summary: 'version of the native app (default 1.0.0)' },
      'plugin-version': { kind: 'text', value: 'V', summary: 'version of the plugin (default: the newest known)' },
      framework: {
        kind: 'choice',
        choices: virtualFrameworks,
        summary: 'whose plugin the app has (default capacitor)',
      },
      current: { kind: 'text', value: 'V', summary: 'bundle that it runs (default: the one of the store)' },
      builtin: {
        kind: 'text',
        value: 'FOLDER|ZIP',
        summary: 'web build that came with the app; deltas reuse its files',
      },
      'builtin-release': { kind: 'text', value: 'V', summary: 'the same from a release of --app' },
      channel: { kind: 'text', value: 'C', summary: 'defaultChannel of its config' },
      'public-key-file': { kind: 'text', value: 'F', summary: 'publicKey of its config, as PEM' },
      'device-id': { kind: 'text', value: 'D', summary: 'device id (default: random)' },
      devices: { kind: 'integer', value: 'N', min: 1, max: 1000, summary: 'so many devices (default 1)' },
      fault: { kind: 'text', value: 'NAME', summary: 'what goes wrong on the way; the names stand above' },
      'real-time': { kind: 'flag', summary: 'sits out the waits of the device' },
    },
    exclusive: [
      ['app', 'update-url'],
      ['app', 'stats-url'],
      ['app', 'channel-url'],
      ['app', 'app-id'],
      ['device-id', 'devices'],
      ['builtin', 'builtin-release'],
      ['builtin-release', 'update-url'],
    ],
    examples: [
      'slipway simulate --app com.example.app',
      'slipway simulate --app com.example.app --builtin dist',
      'slipway simulate --app com.example.app --platform ios --fault drop:30 --json',
      'slipway simulate --update-url https://updates.example.com/updates --app-id com.example.app --devices 50',
    ],
  },
  conformance: {
    summary: 'asks any server what clients ask, and says which rules of the protocol hold; exit code 1 if one does not',
    description: [
      'The rules are "A server must" of protocol/clients.md §13. What cannot be seen from outside, or needs something the server does not offer, is skipped with the reason.',
      'It sends about 30 requests, fetches the offered files once, and posts one batch of 200 copies of one event. Its devices have ids that start with 00000000-0000-4000-8000- and the custom id slipway-conformance; one of them reports update_fail for the offered version. With --read-only nothing is reported and no channel is set.',
    ],
    arguments: [],
    options: {
      ...serverOptions,
      'update-url': { ...serverOptions['update-url'], isRequired: true },
      'app-id': { kind: 'text', value: 'ID', isRequired: true, summary: 'app id to send' },
      'native-version': { kind: 'text', value: 'V', summary: 'version of the native app to send (default 1.0.0)' },
      'read-only': { kind: 'flag', summary: 'reports nothing and sets nothing' },
    },
    examples: [
      'slipway conformance --update-url https://updates.example.com/updates --app-id com.example.app',
      'slipway conformance --update-url U --stats-url S --channel-url C --app-id com.example.app --json',
    ],
  },
  demo: {
    summary: 'does the whole main job on a sample build with a virtual device, in a temporary data folder',
    arguments: [],
    options: {},
    examples: ['slipway demo', 'slipway demo --json'],
  },
} as const satisfies Readonly<Record<string, CommandSpec>>;

export type CommandName = keyof typeof commandTable;

/** What the command of that name gets. */
export type ParsedCommand<Name extends CommandName> = Parsed<(typeof commandTable)[Name]>;
