import type { ErrorCode, WireError } from '../errors.ts';
import { fill, type Sentences } from './fill.ts';

/** English sentences of every error: what happened, then what to do. Shared by the command line and the UI. */
export const errorTexts = {
  INTERNAL: {
    message: 'Something went wrong inside Slipway.',
    hint: 'Try again. If it happens again, report it with trace id {traceId}; the log has the details under that id.',
  },
  BAD_INPUT: { message: 'The request was not understood: {reason}.', hint: 'Correct the value and try again.' },
  UNKNOWN_PROCEDURE: {
    message: 'This Slipway does not know "{path}".',
    hint: 'The window and the program are of different versions: restart Slipway, or reload the page.',
  },
  UNAUTHORIZED: {
    message: 'This page is not signed in to the running Slipway.',
    hint: 'Open the address with the token that `slipway serve` printed; a new start makes a new token.',
  },
  CANCELLED: { message: 'Cancelled.', hint: 'Nothing was changed. Start it again when you are ready.' },
  HOST_UNREACHABLE: {
    message: 'The running Slipway does not answer.',
    hint: 'It may be closing. Wait a moment and try again, or start it anew with `slipway serve`.',
  },
  ORIGIN_NOT_ALLOWED: {
    message: "The request came from another page, or under a name that is not this machine's own.",
    hint: 'Open the address that `slipway serve` printed, as it is.',
  },
  NODE_TOO_OLD: {
    message: 'Slipway needs Node {needed} or newer; this is {found}.',
    hint: 'Use the `slipway` command, or npm in a checkout: both bring the right Node along.',
  },
  HOST_VERSION_DIFFERS: {
    message: 'A Slipway {running} has the data folder open; this one is {own}.',
    hint: 'Stop the running one, or use the command of its version.',
  },
  NOT_AVAILABLE_HERE: {
    message: '"{what}" is not available in this mode.',
    hint: 'Use the desktop window, or give the path on the command line.',
  },
  DATA_FOLDER_BUSY: {
    message: 'Another Slipway is using the data folder {dataDir}.',
    hint: 'Stop it, wait for it to finish, or choose another folder with --data-dir.',
  },
  DATA_FOLDER_READ_ONLY: {
    message: 'The data folder {dataDir} cannot be written.',
    hint: 'Give your user write permission for it, or choose another folder with --data-dir.',
  },
  DATA_FOLDER_UNUSABLE: {
    message: 'The data folder {dataDir} cannot be used: {reason}.',
    hint: 'Choose another folder with --data-dir.',
  },
  DATABASE_TOO_NEW: {
    message: 'The data folder {dataDir} was written by a newer Slipway (format {found}, this one knows {known}).',
    hint: 'Update Slipway, or choose another folder with --data-dir. Nothing in the folder was touched.',
  },
  DATABASE_DAMAGED: {
    message: 'The database in {dataDir} cannot be read: {reason}.',
    hint: 'Restore a backup of the folder, or choose another folder with --data-dir. Nothing was deleted.',
  },
  DISK_FULL: {
    message: 'The disk is full.',
    hint: 'Free some space and try again. Nothing half-written was kept.',
  },
  PORT_IN_USE: {
    message: 'Port {port} on {host} is taken by another program.',
    hint: 'Stop that program, or choose another port. 0 takes any free one.',
  },
  PORT_NOT_ALLOWED: {
    message: 'This user may not open port {port} on {host}.',
    hint: 'Choose a port of 1024 or above.',
  },
  ADDRESS_NOT_AVAILABLE: {
    message: 'This machine has no address {host}.',
    hint: 'Use 0.0.0.0 to listen on every address, or one of the addresses that Connect lists.',
  },
  DEVICE_LISTENER_DOWN: {
    message: 'The device listener is not running.',
    hint: 'Open Settings, choose a free port and start it again.',
  },
  APP_NOT_FOUND: {
    message: 'There is no app {appId}.',
    hint: 'Publish a build to it, or add it with `slipway app add {appId}`.',
  },
  APP_ID_INVALID: {
    message: '"{appId}" is not an app id.',
    hint: 'Use the appId of capacitor.config, in reverse-domain form such as com.example.app.',
  },
  APP_EXISTS: { message: 'The app {appId} is already there.', hint: 'Publish to it; nothing has to be added.' },
  SOURCE_NOT_FOUND: {
    message: 'There is nothing at {path}.',
    hint: 'Check the path. The folder of a build is there once the web app was built.',
  },
  REQUEST_NOT_JSON: {
    message: '{path} is not JSON.',
    hint: 'Give the body of an update check, as `slipway events --json` shows it under "request".',
  },
  SOURCE_UNREADABLE: {
    message: '{path} cannot be read: {reason}.',
    hint: 'Check its permissions, and that no build is writing to it right now.',
  },
  SOURCE_NOT_A_BUILD: {
    message: '{path} is neither a folder nor a zip.',
    hint: 'Give the folder with the built index.html (often dist, www or build), or a zip of it.',
  },
  BUILTIN_WITHOUT_INDEX: {
    message: '{path} has no index.html at its root: no app came with it.',
    hint: 'Give the web build that `npx cap sync` copies into the app (often dist, www or build), or a zip of it.',
  },
  SOURCE_CHANGED: {
    message: '{path} changed while it was being packed.',
    hint: 'Let the build finish, then try again.',
  },
  ZIP_INVALID: { message: 'The zip cannot be read: {reason}.', hint: 'Make it again, or give the folder instead.' },
  ZIP_UNSAFE: {
    message: 'The zip is refused: {reason}.',
    hint: 'Phones refuse it too. Give the build folder instead, so that Slipway makes the zip.',
  },
  BUILD_HAS_ERRORS: {
    message: 'The build would not work on a device: {count} {count|error|errors}.',
    hint: 'Correct what the findings name and build again.',
  },
  BUILD_HAS_WARNINGS: {
    message: 'The build has {count} {count|warning|warnings}.',
    hint: 'Read the findings; publish all the same with --allow-warnings.',
  },
  BUILD_TOO_LARGE: {
    message: 'The build is larger than Slipway takes: {reason}.',
    hint: 'Remove what the app does not need at run time.',
  },
  VERSION_INVALID: {
    message: '"{version}" is not a valid version.',
    hint: 'Use semantic versioning: MAJOR.MINOR.PATCH, for example 1.0.7 or 1.1.0-beta.1.',
  },
  VERSION_EXISTS: {
    message: 'Version {version} of {appId} was already used.',
    hint: 'A version name is never used twice: phones that have it would not download it again. The next free one is {suggested}.',
  },
  RELEASE_NOT_FOUND: {
    message: '{appId} has no release {release}.',
    hint: 'See `slipway releases --app {appId}` for those it has.',
  },
  RELEASE_IN_USE: {
    message: 'Release {version} is in use by {users}.',
    hint: 'Point these somewhere else first, or delete it with --force: they then offer nothing.',
  },
  RELEASE_DAMAGED: {
    message: 'The stored file of release {version} is missing or damaged.',
    hint: 'Publish the build again under a new version.',
  },
  RELEASE_FILES_UNKNOWN: {
    message: 'It is not known which files release {version} has: an older version of Slipway published it.',
    hint: 'Publish the build again; newer releases can be compared.',
  },
  VERIFY_FAILED: {
    message: 'The release could not be fetched back as a device would: {reason}.',
    hint: 'Nothing was published. Check the port and the firewall, then publish again.',
  },
  BUNDLE_DAMAGED: {
    message: 'The bundle that was made is damaged: {reason}.',
    hint: 'Nothing was published. Publish again: every file is compressed anew then. If this comes back, check the disk.',
  },
  CHANNEL_NOT_FOUND: {
    message: '{appId} has no channel "{channel}".',
    hint: 'See `slipway channel list --app {appId}`; leave --channel out for the default one.',
  },
  CHANNEL_EXISTS: {
    message: '{appId} already has a channel "{channel}".',
    hint: 'Use it, or choose another name. Capitals make a difference.',
  },
  CHANNEL_NAME_INVALID: {
    message: '"{channel}" cannot be the name of a channel.',
    hint: 'Use 1 to 60 letters, digits, dots, hyphens or underscores; "builtin" is taken.',
  },
  CHANNEL_IS_DEFAULT: {
    message: '"{channel}" is the default channel of {appId}.',
    hint: 'Make another channel the default one first; publishing has to go somewhere.',
  },
  CHANNEL_IN_USE: {
    message: 'Devices are tied to channel "{channel}": {devices}.',
    hint: 'Clear their overrides, or delete it with --force: they then choose again.',
  },
  CHANNEL_HAS_NO_PAST: {
    message: 'There is nothing that channel "{channel}" could go back to.',
    hint: 'What it offered before is deleted, or it never offered anything else. Point it at a release instead.',
  },
  NATIVE_VERSION_INVALID: {
    message: '"{version}" is not a native version that can be compared.',
    hint: 'Use MAJOR.MINOR.PATCH, for example 1.4.0.',
  },
  ROLLOUT_NOT_FOUND: {
    message: 'Channel "{channel}" rolls nothing out.',
    hint: 'Start with `slipway channel set {channel} --app {appId} --rollout-version V --rollout-percentage 10`.',
  },
  ROLLOUT_NEEDS_TARGET: {
    message: 'Channel "{channel}" offers nothing to the devices that the rollout leaves out.',
    hint: 'Point the channel at a release first.',
  },
  ROLLOUT_NEEDS_RELEASE: {
    message: 'The rollout of channel "{channel}" needs a release.',
    hint: 'Name a release by its version.',
  },
  DEVICE_NOT_FOUND: {
    message: '{appId} has not seen a device {deviceId}.',
    hint: 'Open the app on the device once so that it asks for an update.',
  },
  EVENT_NOT_FOUND: {
    message: 'That entry of the log is gone.',
    hint: 'Old entries are removed when the log is full; reload the list.',
  },
  REPLAY_NOT_PAIRED: {
    message: 'No app has the address that this request was sent to, so it cannot be sent again.',
    hint: 'The log keeps the beginning of a token only. Copy the request as curl and put the address in.',
  },
  REPLAY_INCOMPLETE: {
    message: 'This request is too large to be kept whole, so it cannot be sent again.',
    hint: 'Let the device send it again.',
  },
  JOB_NOT_FOUND: { message: 'That job is unknown.', hint: 'It may have ended before Slipway restarted.' },
  UPLOAD_NOT_FOUND: { message: 'That upload is unknown or was ended.', hint: 'Drop the folder again.' },
  UPLOAD_INCOMPLETE: {
    message: 'Only {received} of {expected} files arrived.',
    hint: 'The connection broke or a file could not be read: drop the folder again.',
  },
  UPLOAD_PATH_INVALID: {
    message: 'The file name "{path}" cannot be stored.',
    hint: 'Rename the file; phones would refuse it too.',
  },
  OUTPUT_EXISTS: { message: '{path} is already there.', hint: 'Choose another name, or remove it first.' },
  OUTPUT_UNWRITABLE: {
    message: '{path} cannot be written: {reason}.',
    hint: 'Choose another place with --out.',
  },
  PROJECT_NOT_FOUND: {
    message: 'There is no Capacitor project in {path}.',
    hint: 'Give the folder that holds capacitor.config.ts or capacitor.config.json.',
  },
  PROJECT_CONFIG_UNREADABLE: {
    message: '{path} cannot be read: {reason}.',
    hint: 'Correct the file, or copy the fragment from `slipway config` by hand.',
  },
  PROJECT_CONFIG_NOT_PATCHABLE: {
    message: '{path} cannot be changed safely: {reason}.',
    hint: 'Copy the fragment from `slipway config` into it by hand.',
  },
  KEY_NOT_RECOGNIZED: {
    message: 'This is not a key that Slipway can read.',
    hint: 'Give an RSA key as PEM text: a private key (PKCS#1 or PKCS#8), or a public key. The official command line keeps its own in .capgo_key_v2.',
  },
  KEY_PASSWORD_PROTECTED: {
    message: 'The key is protected by a password.',
    hint: 'Remove the password first, for example with: openssl rsa -in key.pem -out plain.pem. Slipway keeps it sealed by itself.',
  },
  KEY_NOT_RSA: {
    message: 'The key is of type {algorithm}; devices understand RSA only.',
    hint: 'Create a key in Slipway, or import an RSA key of 2048 bits.',
  },
  KEY_WRONG_SIZE: {
    message: 'The key has {bits} bits; devices accept 2048 and nothing else.',
    hint: 'The clients demand blobs of exactly 256 bytes, so a larger key is refused by every phone. Create one in Slipway.',
  },
  KEY_FILE_TOO_LARGE: {
    message: 'The file is too large to be a key.',
    hint: 'A key file has about 2 KB. Check which file you chose.',
  },
  KEY_DAMAGED: {
    message: 'The key is damaged: {reason}.',
    hint: 'Copy it again from where it was made; every line counts.',
  },
  KEY_IS_PUBLIC: {
    message: 'This is the public key; the private one is needed here.',
    hint: 'Give the file that starts with -----BEGIN RSA PRIVATE KEY----- or -----BEGIN PRIVATE KEY-----.',
  },
  SESSION_KEY_INVALID: {
    message: 'The session key is not valid: {reason}.',
    hint: 'It has the form IV:KEY, 24 and 344 characters of base64. Copy it whole.',
  },
  SESSION_KEY_OTHER_KEY: {
    message: 'The session key does not open with this key.',
    hint: 'It was made with another key. Key {keyId} was tried.',
  },
  CHECKSUM_INVALID: {
    message: 'The checksum is not valid: {reason}.',
    hint: 'An encrypted checksum has 512 hex digits, or 344 characters of base64 for older plugins; a plain one has 64 hex digits.',
  },
  CHECKSUM_OTHER_KEY: {
    message: 'The checksum does not open with this key.',
    hint: 'It was made with another key. Key {keyId} was tried.',
  },
  CHECKSUM_MISMATCH: {
    message: 'The content does not match the checksum.',
    hint: 'The file is damaged, or the checksum belongs to another one. Nothing was written. Expected {expected}, found {found}.',
  },
  DECRYPT_FAILED: {
    message: 'The file cannot be decrypted: {reason}.',
    hint: 'It is damaged or cut short, or the session key belongs to another file. Nothing was written.',
  },
  SEAL_DAMAGED: {
    message: 'This is not something that Slipway sealed, or it is damaged.',
    hint: 'Choose the file that Slipway wrote; copy it anew if it was cut short.',
  },
  PASSPHRASE_WRONG: {
    message: 'The passphrase does not fit.',
    hint: 'Try it again, and mind capitals and the keyboard layout. Without it nobody can open the keys.',
  },
  PROJECT_CONFIG_CHANGED: {
    message: '{path} was changed since its preview was made.',
    hint: 'Look at the preview again, then apply it. Nothing was written.',
  },
  PASSPHRASE_TOO_SHORT: {
    message: 'The passphrase is too short.',
    hint: 'Use at least {least} characters; four random words are better than eight odd letters.',
  },
  KEY_NOT_FOUND: { message: 'There is no key "{name}".', hint: 'See `slipway key list` for those there are.' },
  KEY_EXISTS: {
    message: 'That key is already there: "{name}" ({keyId}).',
    hint: 'Use it, or choose another name for another key.',
  },
  KEY_NAME_INVALID: {
    message: '"{name}" cannot be the name of a key.',
    hint: 'Use 1 to 60 characters without slashes.',
  },
  KEY_IN_USE: {
    message: 'The key "{name}" is in use by {users}.',
    hint: 'Devices keep reading what it encrypted, but no new release could be made for them. Delete it with --force if you have a copy.',
  },
  KEY_PRIVATE_MISSING: {
    message: 'Only the public part of "{name}" is here.',
    hint: 'Import the private key to encrypt with it; the public one can only verify.',
  },
  KEY_SEALED_ELSEWHERE: {
    message: 'The private part of key {keyId} does not open here (kept by: {store}).',
    hint: 'It was sealed by another user, machine or passphrase. Import the key again, or restore a backup of the keys.',
  },
  KEY_MISMATCH: {
    message: 'The release would be encrypted with key {keyId}, but {readers} has key {otherKeyId}.',
    hint: 'Publish with the key that the app has. While you change keys, --force publishes all the same: devices with the other key are told why they get nothing.',
  },
  KEY_REQUIRED: {
    message: 'The app expects encrypted releases: {readers} has key {keyId}.',
    hint: 'Publish with --key and that key; iPhones and current Android clients refuse a plain bundle. --force publishes it all the same.',
  },
  VAULT_LOCKED: {
    message: 'The private keys are locked with a passphrase.',
    hint: 'Unlock them on the Keys screen or with `slipway key unlock`. Commands also take SLIPWAY_PASSPHRASE, or the file that SLIPWAY_PASSPHRASE_FILE names.',
  },
  VAULT_UNDECIDED: {
    message: 'This system has no keychain, and nobody has chosen yet how private keys are kept.',
    hint: 'Set a passphrase on the Keys screen, or keep them in a file there.',
  },
  VAULT_NOT_PROTECTED: {
    message: 'The private keys have no passphrase here.',
    hint: 'Set one with `slipway key protect`, or on the Keys screen.',
  },
  KEY_RETIRED: {
    message: 'Key "{name}" is retired: no new releases are made with it.',
    hint: 'Use the key that took its place, or take "{name}" back into use on the Keys screen.',
  },
  ROTATION_NOT_FOUND: {
    message: 'App {appId} is not changing its key.',
    hint: 'The change was ended or given up elsewhere. Start it again from the key.',
  },
  ROTATION_EXISTS: {
    message: 'App {appId} is already changing its key.',
    hint: 'Finish that change or give it up first.',
  },
  ROTATION_UNFINISHED: {
    message: 'The change of the key of {appId} has open steps: {steps}.',
    hint: 'Do them first; devices with the old key get nothing more once it is retired.',
  },
  KEY_NOT_EXPECTED: {
    message: 'The release would be encrypted, but {readers} has no public key.',
    hint: 'Add the public key to capacitor.config and build the app anew, or publish without --key. --force publishes it all the same.',
  },
  BACKUP_DAMAGED: {
    message: 'This is no whole backup: {reason}.',
    hint: 'Use another backup, or copy this one again from where it is kept. Nothing here was changed.',
  },
  BACKUP_TOO_NEW: {
    message: 'The backup was made by a newer Slipway (format {found}, this one knows {known}).',
    hint: 'Update Slipway, then restore it. Nothing here was changed.',
  },
  RESTORE_NOT_EMPTY: {
    message: 'The data folder {dataDir} has apps or keys already.',
    hint: 'Restore into an empty folder with --data-dir, or with --force: what is here is then moved aside within the folder, never deleted.',
  },
  WATCH_NOT_FOUND: {
    message: 'This folder is not watched any more.',
    hint: 'Watch it again: choose the folder, or run `slipway watch`.',
  },
  WATCH_NEEDS_FOLDER: {
    message: '{path} is not a folder.',
    hint: 'Give the folder that your build writes to, or the Capacitor project around it.',
  },
  WATCH_HOLDS_DATA: {
    message: '{path} and the data folder {dataDir} lie within each other: every release would set off the next.',
    hint: 'Watch the folder that your build writes to, or move the data folder with --data-dir.',
  },
  SAMPLE_FAILED: {
    message: 'The sample did not come through: {reason}.',
    hint: 'Run `slipway doctor`; it checks the ports and the data folder.',
  },
} as const satisfies Record<ErrorCode, Sentences>;

/** The English sentences of a wire error, parameters filled in. */
export function describeError(error: WireError): Sentences {
  const { message, hint } = errorTexts[error.code];
  const params = { ...error.params, traceId: error.traceId };
  return { message: fill(message, params), hint: fill(hint, params) };
}
