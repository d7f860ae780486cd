import type { ErrorCode, ErrorParams } from '../errors.ts';
import { errorTexts } from './error-texts.ts';
import { fill } from './fill.ts';

export type DoctorSentences = { readonly message: string; readonly fix?: string };

const chooseFolder = 'Free some space, or choose another folder with --data-dir.';
const setClock = 'Turn on automatic date and time in the system settings.';
const writeConfig = 'slipway config --app {appId} --project . --write, then npx cap sync and a new native build.';
const installPlugin = 'npm i -E @capgo/capacitor-updater@8.51.23 (Capacitor 7: 7.51.21), then npx cap sync.';
const syncAgain = 'npx cap sync {platform}, then build and install the app again.';
const windowsRule =
  'In a terminal run as administrator: netsh advfirewall firewall add rule name="Slipway" dir=in action=allow protocol=TCP localport={port} profile=private,domain';

/** English sentences of every check of the doctor: what was seen, and what to do about it. */
export const doctorTexts = {
  FOLDER_WRITABLE: { message: 'The data folder {dataDir} can be written.' },
  FOLDER_NOT_WRITABLE: {
    message: 'The data folder {dataDir} cannot be written: {reason}.',
    fix: 'Give your user write permission for it, or choose another folder with --data-dir.',
  },
  CLOCK_PLAUSIBLE: { message: 'The clock is plausible: {time} UTC.' },
  CLOCK_WRONG: { message: 'The clock says it is the year {year}.', fix: setClock },
  CLOCK_DIFFERS: { message: 'The disk of the data folder and this machine differ by {seconds} s.', fix: setClock },
  SPACE_ENOUGH: { message: '{freeBytes} are free on the disk of the data folder.' },
  SPACE_SHORT: { message: '{freeBytes} are free on the disk of the data folder.', fix: chooseFolder },
  SPACE_UNKNOWN: { message: 'The free space could not be read: {reason}.' },
  DATABASE_ANSWERS: { message: 'The database opens and answers.' },
  DATABASE_SILENT: { message: 'The database does not answer: {reason}.', fix: 'Restart Slipway.' },
  APPS_NONE: { message: 'No app yet: publish a build, or add one with `slipway app add`.' },
  APPS_ONE: { message: 'There is 1 app.' },
  APPS_MANY: { message: 'There are {count} apps.' },
  APPS_UNKNOWN: { message: 'The database does not answer.' },

  LISTENER_ANSWERS: { message: 'The device listener answers on port {port}.' },
  LISTENER_SILENT: {
    message: 'The device listener does not answer at {origin}.',
    fix: 'Restart it in Settings; if it stays silent, choose another port.',
  },
  LISTENER_STOPPED: { message: 'The device listener is not running now.', fix: 'Start it with `slipway serve`.' },
  PORT_OPEN: { message: 'Port {port} is open on {host}.' },
  PORT_FREE: { message: 'Port {port} is free on {host}.' },
  PORT_UNUSABLE: { message: 'Port {port} cannot be opened on {host}: {reason}.', fix: 'Choose another port.' },
  REACHABLE: { message: 'It answers at {origin}, the address for phones.' },
  NOT_REACHABLE: {
    message: 'It does not answer at {origin}, the address for phones.',
    fix: 'Check the firewall, and that a VPN does not take over the local network.',
  },
  NOTHING_TO_REACH: { message: 'There is no address to try.' },
  BOUND_APART: {
    message: 'The device listener is bound to {host}, where no phone reaches it.',
    fix: 'Set the listening address to 0.0.0.0 in Settings and connect this machine to the network of the phone.',
  },
  ADDRESS_FOUND: { message: 'Phones reach this machine at {address} ({interface}).' },
  ADDRESSES_FAR: {
    message: 'This machine has only addresses that phones rarely reach: {addresses}.',
    fix: 'Connect it to the Wi-Fi or the network that the phone uses.',
  },
  ADDRESS_NONE: {
    message: 'This machine is on no network.',
    fix: 'Connect it to the Wi-Fi or the network that the phone uses.',
  },

  FIREWALL_PASSED: { message: 'A device reached this machine within the last minutes.' },
  FIREWALL_STRANGE: {
    message: 'Firewalls of this system are unknown to Slipway.',
    fix: 'Let TCP port {port} in.',
  },
  UFW_ON: {
    message: 'The firewall ufw is on; only root can see whether it lets phones in.',
    fix: 'sudo ufw allow {port}/tcp',
  },
  FIREWALLD_OPEN: { message: 'firewalld lets TCP port {port} in.' },
  FIREWALLD_CLOSED: {
    message: 'firewalld does not let TCP port {port} in.',
    fix: 'sudo firewall-cmd --add-port={port}/tcp && sudo firewall-cmd --permanent --add-port={port}/tcp',
  },
  LINUX_UNKNOWN: {
    message: 'Neither ufw nor firewalld was found to be on; rules of nftables only root can see.',
    fix: 'If phones cannot connect: sudo nft list ruleset | grep -n drop, then allow TCP port {port}.',
  },
  MAC_UNKNOWN: { message: 'The state of the macOS firewall could not be read.' },
  MAC_OFF: { message: 'The macOS firewall is off.' },
  MAC_BLOCKS_ALL: {
    message: 'The macOS firewall blocks all incoming connections.',
    fix: 'sudo {tool} --setblockall off; then sudo {tool} --add {program} && sudo {tool} --unblockapp {program}',
  },
  MAC_ON: {
    message: 'The macOS firewall is on; it may ask once, and keeps phones out when that was denied.',
    fix: 'sudo {tool} --add {program} && sudo {tool} --unblockapp {program}',
  },
  WINDOWS_UNKNOWN: { message: 'The state of the Windows firewall could not be read.', fix: windowsRule },
  WINDOWS_OFF: { message: 'The Windows firewall is off for private networks.' },
  WINDOWS_RULE: { message: 'The Windows firewall has a rule named Slipway.' },
  WINDOWS_ON: {
    message:
      'The Windows firewall is on; it keeps phones out unless its question was answered with "Allow", and always on a network marked public.',
    fix: windowsRule,
  },

  CONFIG_FOUND: { message: 'The config is {path}.' },
  CONFIG_COMPUTED: {
    message: '{path} computes a part of its config; what it computes could not be checked.',
    fix: 'Compare that part by hand with `slipway config`.',
  },
  CONFIG_SHADOWED: {
    message: '{unused} is not used: Capacitor reads {used}.',
    fix: 'Remove {unused}, or move its settings over.',
  },
  APP_ID_COMPUTED: { message: 'The app id is computed.' },
  APP_ID_MISSING: {
    message: 'The config has no appId; the updater stops the app at its start.',
    fix: 'Set appId in the config.',
  },
  APP_KNOWN: { message: '{appId} is one of the apps here.' },
  APP_UNKNOWN: {
    message: '{appId} is not an app here yet.',
    fix: 'slipway app add {appId}, or publish a build to it.',
  },
  URL_COMPUTED: { message: '{key} is computed.' },
  UPDATE_URL_MISSING: {
    message: "{key} is missing, so update checks go to Capgo's cloud.",
    fix: writeConfig,
  },
  STATS_URL_MISSING: { message: "{key} is missing, so reports go to Capgo's cloud.", fix: writeConfig },
  CHANNEL_URL_MISSING: { message: "{key} is missing, so channel calls go to Capgo's cloud.", fix: writeConfig },
  UPDATE_URL_EMPTY: { message: '{key} is empty, so there are no update checks.', fix: writeConfig },
  STATS_URL_EMPTY: { message: '{key} is empty, so there are no reports.', fix: writeConfig },
  CHANNEL_URL_EMPTY: { message: '{key} is empty, so there are no channel calls.', fix: writeConfig },
  URL_NOT_TEXT: { message: '{key} is not a text.', fix: writeConfig },
  URL_NOT_HTTP: { message: '{key} is not an http address.', fix: writeConfig },
  URL_OF_CLOUD: { message: "{key} leads to Capgo's cloud.", fix: writeConfig },
  URL_ELSEWHERE: {
    message: '{key} leads to {host}, which is not an address of this machine now.',
    fix: writeConfig,
  },
  URL_OTHER_PORT: { message: '{key} leads to port {found}; devices are served on {port}.', fix: writeConfig },
  URL_OTHER_PATH: { message: '{key} has an old or foreign path; this machine does not know it.', fix: writeConfig },
  URL_HERE: { message: '{key} leads to {host}, an address of this machine.' },
  URL_FOR_EMULATOR: { message: '{key} leads to {host}, this machine as the Android emulator sees it.' },
  URL_FOR_SIMULATOR: { message: '{key} leads to {host}, this machine for a simulator or over adb reverse.' },
  SERVER_URL_COMPUTED: { message: 'server.url is computed; live updates are off whenever it is set.' },
  SERVER_URL_UNSET: { message: 'server.url is not set.' },
  SERVER_URL_SET: {
    message: 'server.url is set ({url}), which turns live updates off.',
    fix: 'Remove server.url (live reload), run npx cap sync and build the app again.',
  },
  AUTO_UPDATE_COMPUTED: { message: 'autoUpdate is computed.' },
  AUTO_UPDATE_OFF: { message: 'autoUpdate is off: the app asks only when its code does.', fix: writeConfig },
  AUTO_UPDATE_ON: { message: 'The app asks for updates by itself.' },
  PLUGIN_MISSING: { message: '@capgo/capacitor-updater is not in this project.', fix: installPlugin },
  PLUGIN_STRAY: {
    message: '@capgo/capacitor-updater {version} is, or installs, 10.0.0: a stray release with old code.',
    fix: installPlugin,
  },
  PLUGIN_OLD: {
    message: '@capgo/capacitor-updater {version} is too old for what Slipway serves.',
    fix: installPlugin,
  },
  PLUGIN_FOUND: { message: '@capgo/capacitor-updater {version}.' },
  PUBLIC_KEY_COMPUTED: { message: 'publicKey is computed.' },
  PUBLIC_KEY_UNSET: { message: 'No publicKey is set: the app takes plain releases.' },
  PUBLIC_KEY_NO_PEM: {
    message: 'publicKey is not a PEM key.',
    fix: 'Set it from the key that releases are encrypted with, or remove it.',
  },
  PUBLIC_KEY_SET: {
    message: 'publicKey is set: the app refuses every release that is not encrypted with its key.',
    fix: 'Publish with that key, or remove publicKey and build the app again.',
  },
  WEB_DIR_UNSET: { message: 'The config names no webDir.' },
  WEB_DIR_FOUND: { message: 'The build is in {webDir}.' },
  WEB_DIR_MISSING: { message: 'The build folder {webDir} is not there.', fix: 'Build the web app.' },
  NATIVE_MISSING: { message: 'There is no {platform} project.' },
  NATIVE_UNSYNCED: { message: 'The {platform} project has no copy of the config yet.', fix: syncAgain },
  NATIVE_SYNCED: { message: 'The {platform} project has the current config.' },
  NATIVE_OLDER: { message: 'The {platform} project has an older config: {names}.', fix: syncAgain },
  NATIVE_UNREADABLE: { message: "The {platform} project's copy of the config cannot be read.", fix: syncAgain },
  HTTP_UNUSED: { message: 'The app does not use plain http.' },
  ANDROID_CLEARTEXT_ALLOWED: { message: 'The Android project lets plain http through.' },
  ANDROID_CLEARTEXT_BLOCKED: {
    message: 'Android blocks plain http, so the app cannot reach this machine.',
    fix: 'For debug builds only: in android/app/src/debug/AndroidManifest.xml set <application android:usesCleartextTraffic="true" />.',
  },
  IOS_TRANSPORT_ALLOWED: { message: 'App Transport Security lets the local network through.' },
  IOS_TRANSPORT_BLOCKED: {
    message: 'iOS blocks plain http, so the app cannot reach this machine.',
    fix: 'For debug builds only: in ios/App/App/Info.plist add NSAppTransportSecurity with NSAllowsLocalNetworking set to true.',
  },
} as const satisfies Record<string, DoctorSentences>;

export type DoctorCode = keyof typeof doctorTexts;

export const doctorCodes = Object.keys(doctorTexts) as readonly DoctorCode[];

/** The English sentences of a check, its values filled in. A check that failed may tell of the failure itself. */
export function describeCheck({
  code,
  params,
}: {
  readonly code: DoctorCode | ErrorCode;
  readonly params: ErrorParams;
}): DoctorSentences {
  const { message, fix } = doctorSentencesOf(code);
  return { message: fill(message, params), ...(fix === undefined ? {} : { fix: fill(fix, params) }) };
}

function doctorSentencesOf(code: DoctorCode | ErrorCode): DoctorSentences {
  if (isDoctorCode(code)) return doctorTexts[code];
  const { message, hint } = errorTexts[code];
  return { message, fix: hint };
}

export function isDoctorCode(code: string): code is DoctorCode {
  return Object.hasOwn(doctorTexts, code);
}
