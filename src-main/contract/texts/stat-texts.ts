import { fill } from './fill.ts';

/** What an action tells of; timelines show `lifecycle` collapsed. */
export type StatGroup =
  | 'progress'
  | 'applied'
  | 'rolled_back'
  | 'transport'
  | 'integrity'
  | 'archive'
  | 'config'
  | 'health'
  | 'lifecycle';

type StatText = {
  readonly label: string;
  /** `{version}` is the bundle concerned, `{file}` the file of a manifest. */
  readonly sentence: string;
  readonly group: StatGroup;
  /** What most often leads to it, and what helps. Failures only. */
  readonly cause?: string;
};

/** The sentences and causes of stats in another language. What is missing in `texts` is told as an unknown action. */
export type StatLanguage = {
  readonly texts: Readonly<Record<string, Pick<StatText, 'sentence' | 'cause'>>>;
  /** Stands for a version, and for a file, that a device did not name. */
  readonly update: string;
  readonly file: string;
  /** With `{action}` and `{version}`. */
  readonly reported: string;
  /** With `{version}` and `{percent}`. */
  readonly downloading: string;
};

const at = (percent: number): StatText => ({
  label: `${percent} %`,
  sentence: `Downloading {version}: ${percent} %`,
  group: 'progress',
});

/** Every action that devices are known to send. Source: protocol/clients.md §7.4. */
export const statTexts: Readonly<Record<string, StatText>> = {
  download_0: { label: 'Download begun', sentence: 'Began to download {version}', group: 'progress' },
  download_10: at(10),
  download_20: at(20),
  download_30: at(30),
  download_40: at(40),
  download_50: at(50),
  download_60: at(60),
  download_70: at(70),
  download_80: { label: 'Unpacking', sentence: 'Unpacking {version}: 80 %', group: 'progress' },
  download_90: { label: 'Unpacking', sentence: 'Unpacking {version}: 90 %', group: 'progress' },
  download_zip_start: { label: 'Download begun', sentence: 'Began to download {version}', group: 'progress' },
  download_zip_complete: { label: 'Transferred', sentence: 'Received the whole file of {version}', group: 'progress' },
  download_manifest_start: {
    label: 'Delta begun',
    sentence: 'Began to download the changed files of {version}',
    group: 'progress',
  },
  download_manifest_complete: {
    label: 'Delta transferred',
    sentence: 'Received all changed files of {version}',
    group: 'progress',
  },
  download_complete: { label: 'Downloaded', sentence: 'Downloaded and unpacked {version}', group: 'progress' },

  set_next: {
    label: 'Queued',
    sentence: '{version} is queued and applies when the app goes to the background',
    group: 'applied',
  },
  set: { label: 'Switched', sentence: 'Switched to {version}', group: 'applied' },
  app_launch_start: { label: 'Launching', sentence: 'The app starts with {version}', group: 'applied' },
  app_launch_ready: { label: 'Ready', sentence: '{version} called notifyAppReady', group: 'applied' },

  app_launch_timeout: {
    label: 'Launch timed out',
    sentence: '{version} did not call notifyAppReady in time',
    group: 'rolled_back',
    cause:
      'The app never reached CapacitorUpdater.notifyAppReady(): an error while it started, a call behind a login or a slow request, or no call in this build.',
  },
  update_fail: {
    label: 'Rolled back',
    sentence: '{version} was not ready in time and was rolled back',
    group: 'rolled_back',
    cause:
      'The app never reached CapacitorUpdater.notifyAppReady(): an error while it started, a call behind a login or a slow request, or no call in this build. Publish a corrected build under a new version.',
  },
  set_fail: {
    label: 'Could not switch',
    sentence: 'Could not switch to {version}',
    group: 'rolled_back',
    cause:
      'The unpacked bundle has no index.html at its root; on Electron: notifyAppReady was not called in time. Publish a build whose index.html is at the top.',
  },
  reset: { label: 'Reset', sentence: 'Went back to the bundle of the store ({version})', group: 'rolled_back' },

  download_fail: {
    label: 'Check or download failed',
    sentence: 'A check or download failed',
    group: 'transport',
    cause:
      'The network broke off, the server could not be reached, or its answer was not understood. On iOS a transfer must end within responseTimeout + 5 s (25 s by default): raise responseTimeout for large bundles. The row before this one often names the cause.',
  },
  finish_download_fail: {
    label: 'Finishing failed',
    sentence: 'The download of {version} could not be finished',
    group: 'transport',
    cause: 'The step after the download failed: checksum or unpacking. The row before this one names which.',
  },
  low_mem_fail: {
    label: 'Out of memory',
    sentence: 'The device ran out of memory during the download',
    group: 'transport',
    cause: 'The bundle is large for this device: leave out source maps and big media, or close other apps.',
  },
  insufficient_disk_space: {
    label: 'Disk full',
    sentence: 'The device has too little free space for {version}',
    group: 'transport',
    cause: 'Clients want at least 100 MB free, and twice the size of the bundle. Free space on the device.',
  },
  download_manifest_file_fail: {
    label: 'File failed',
    sentence: 'The file {file} of {version} could not be downloaded',
    group: 'transport',
    cause:
      'The file was answered with an error, or the network broke off. iOS does not try this version again: publish under a new version.',
  },

  checksum_fail: {
    label: 'Wrong checksum',
    sentence: 'What was downloaded does not match the checksum',
    group: 'integrity',
    cause:
      'Something on the way changed the bytes, a resumed transfer was joined wrongly, or the app has another public key than the one the bundle was encrypted for.',
  },
  checksum_required: {
    label: 'Checksum missing',
    sentence: 'The app demands a checksum and got none',
    group: 'integrity',
    cause: 'The app has a public key: publish the bundle encrypted.',
  },
  session_key_required: {
    label: 'Session key missing',
    sentence: 'The app demands an encrypted bundle and got a plain one',
    group: 'integrity',
    cause: 'The app has a public key: publish the bundle encrypted.',
  },
  decrypt_fail: {
    label: 'Could not decrypt',
    sentence: '{version} could not be decrypted',
    group: 'integrity',
    cause: 'The app has another public key than the one the bundle was encrypted for.',
  },
  download_manifest_checksum_fail: {
    label: 'Wrong file checksum',
    sentence: 'The file {file} of {version} does not match its checksum',
    group: 'integrity',
    cause: 'Something on the way changed the bytes, or the file was encrypted for another key.',
  },
  download_manifest_brotli_fail: {
    label: 'Could not decompress',
    sentence: 'The file {file} of {version} could not be decompressed',
    group: 'integrity',
    cause: 'Something on the way changed the bytes, or the file was encrypted for another key.',
  },

  unzip_fail: {
    label: 'Could not unpack',
    sentence: 'The downloaded zip could not be unpacked',
    group: 'archive',
    cause: 'The zip is damaged, or encrypted while the app has no public key.',
  },
  windows_path_fail: {
    label: 'Backslash in a name',
    sentence: 'The zip has a name with a backslash',
    group: 'archive',
    cause: 'The zip was made by a Windows tool that writes backslashes. Publish the folder instead of that zip.',
  },
  canonical_path_fail: {
    label: 'Unsafe name',
    sentence: 'The zip has a name that leaves its folder',
    group: 'archive',
    cause: 'A name is absolute or has too many "..". Publish the folder instead of that zip.',
  },
  directory_path_fail: {
    label: 'Folder refused',
    sentence: 'A folder of the zip could not be made',
    group: 'archive',
    cause: 'A file and a folder of the zip have the same name, or the device is full.',
  },
  manifest_path_fail: {
    label: 'Unsafe file name',
    sentence: 'The file name {file} of {version} was refused',
    group: 'archive',
    cause: 'The name leaves the folder of the bundle, or two names lead to the same file.',
  },

  blocked_by_server_url: {
    label: 'Blocked by server.url',
    sentence: 'Updates are off because server.url is set in the Capacitor config',
    group: 'config',
    cause: 'Live reload is on in this native build. Remove server.url, run npx cap sync and build the app again.',
  },
  rate_limit_reached: {
    label: 'Rate limited',
    sentence: 'A server answered 429, and the device waits',
    group: 'config',
    cause: 'Slipway never answers 429: another server, or something between, did.',
  },
  backend_refusal: { label: 'Refused', sentence: 'The server refused an update', group: 'config' },

  app_crash: { label: 'Crash', sentence: 'The app crashed while it ran {version}', group: 'health' },
  app_crash_native: { label: 'Native crash', sentence: 'The app crashed while it ran {version}', group: 'health' },
  app_anr: { label: 'Not responding', sentence: 'The app stopped responding while it ran {version}', group: 'health' },
  app_killed_low_memory: {
    label: 'Killed: memory',
    sentence: 'The system ended the app for want of memory',
    group: 'health',
  },
  app_killed_excessive_resource_usage: {
    label: 'Killed: resources',
    sentence: 'The system ended the app for using too much',
    group: 'health',
  },
  app_initialization_failure: {
    label: 'Did not start',
    sentence: 'The app could not be started',
    group: 'health',
  },
  app_memory_warning: { label: 'Memory warning', sentence: 'The system warned of too little memory', group: 'health' },
  webview_javascript_error: {
    label: 'JavaScript error',
    sentence: 'A JavaScript error in {version}',
    group: 'health',
  },
  webview_unhandled_rejection: {
    label: 'Unhandled rejection',
    sentence: 'An unhandled promise rejection in {version}',
    group: 'health',
  },
  webview_resource_error: {
    label: 'Resource missing',
    sentence: 'A resource could not be loaded in {version}',
    group: 'health',
  },
  webview_security_policy_violation: {
    label: 'Policy violation',
    sentence: 'The content security policy blocked something in {version}',
    group: 'health',
  },
  webview_unclean_restart: {
    label: 'Unclean restart',
    sentence: 'The web view restarted without ending cleanly',
    group: 'health',
  },
  webview_render_process_gone: { label: 'Web view gone', sentence: 'The web view process ended', group: 'health' },
  webview_content_process_terminated: {
    label: 'Web view gone',
    sentence: 'The web view process ended',
    group: 'health',
  },

  app_moved_to_foreground: { label: 'Foreground', sentence: 'The app came to the foreground', group: 'lifecycle' },
  app_moved_to_background: { label: 'Background', sentence: 'The app went to the background', group: 'lifecycle' },
  webview_dom_content_loaded: {
    label: 'Page parsed',
    sentence: 'The page of {version} was parsed',
    group: 'lifecycle',
  },
  webview_page_loaded: { label: 'Page loaded', sentence: 'The page of {version} was loaded', group: 'lifecycle' },
  os_version_changed: {
    label: 'System updated',
    sentence: 'The operating system was updated',
    group: 'lifecycle',
  },
  native_app_version_changed: {
    label: 'App updated',
    sentence: 'The native app was updated; it is back on the bundle of the store',
    group: 'lifecycle',
  },
  delete: { label: 'Deleted', sentence: 'Deleted {version} from the device', group: 'lifecycle' },
  uninstall: { label: 'Replaced', sentence: '{version} was replaced', group: 'lifecycle' },
  get: { label: 'Asked', sentence: 'Asked for {version}', group: 'lifecycle' },
  ping: { label: 'Ping', sentence: 'The app is alive with {version}', group: 'lifecycle' },
};

export type StatDescription = Required<Omit<StatText, 'cause'>> & { readonly cause: string | null };

/** Sentence and cause of a reported action in another language than English. */
export function translateStat(
  action: string,
  version: string | null,
  language: StatLanguage,
): Pick<StatDescription, 'sentence' | 'cause'> {
  const text = Object.hasOwn(language.texts, action) ? language.texts[action] : undefined;
  const percent = percentOf(action);
  const sentence = text?.sentence ?? (percent === null ? language.reported : language.downloading);
  const [name, file] = splitFile(version);
  const values = { version: name ?? language.update, file: file ?? language.file, action, percent: percent ?? 0 };
  return { sentence: capitalised(fill(sentence, values)), cause: text?.cause ?? null };
}

/** What a reported action means. Unknown ones and percentages beyond the usual are described as well as they can be. */
export function describeStat(action: string, version: string | null): StatDescription {
  const text = Object.hasOwn(statTexts, action) ? statTexts[action] : undefined;
  const { label, sentence, group, cause } = text ?? unknownStat(action);
  const [name, file] = splitFile(version);
  return {
    label,
    sentence: capitalised(fill(sentence, { version: name ?? 'the update', file: file ?? 'a file' })),
    group,
    cause: cause ?? null,
  };
}

function unknownStat(action: string): StatText {
  const percent = percentOf(action);
  if (percent !== null) return at(percent);
  const isFailure = action.endsWith('_fail');
  const words = action.replaceAll('_', ' ').trim();
  return {
    label: words || 'Unnamed',
    sentence: `Reported "${action}" for {version}`,
    group: isFailure ? 'transport' : 'lifecycle',
  };
}

/** Small zips overshoot on Android (clients.md Appendix C, row 10). */
function percentOf(action: string): number | null {
  const percent = /^download_(\d{1,9})$/.exec(action)?.[1];
  return percent === undefined ? null : Math.min(100, Number(percent));
}

/** File failures name `<version>:<file>` (clients.md §7.2). */
function splitFile(version: string | null): readonly [string | null, string | null] {
  const colon = version?.indexOf(':') ?? -1;
  if (version === null || colon < 1) return [version, null];
  return [version.slice(0, colon), version.slice(colon + 1)];
}

function capitalised(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
