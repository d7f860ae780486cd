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
  SOURCE_NOT_FOUND: { message: 'There is nothing at {path}.', hint: 'Check the path; build your web app first.' },
  SOURCE_UNREADABLE: {
    message: '{path} cannot be read: {reason}.',
    hint: 'Check its permissions, and that no build is writing to it right now.',
  },
  SOURCE_NOT_A_BUILD: {
    message: '{path} is neither a folder nor a zip.',
    hint: 'Give the folder with the built index.html (often dist, www or build), or a zip of it.',
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
    message: 'The build would not work on a device: {count} error(s).',
    hint: 'Correct what the findings name and build again.',
  },
  BUILD_HAS_WARNINGS: {
    message: 'The build has {count} warning(s).',
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
  VERIFY_FAILED: {
    message: 'The release could not be fetched back as a device would: {reason}.',
    hint: 'Nothing was published. Check the port and the firewall, then publish again.',
  },
  CHANNEL_NOT_FOUND: {
    message: '{appId} has no channel "{channel}".',
    hint: 'See `slipway channel list --app {appId}`; leave --channel out for the default one.',
  },
  DEVICE_NOT_FOUND: {
    message: '{appId} has not seen a device {deviceId}.',
    hint: 'Open the app on the device once so that it asks for an update.',
  },
  EVENT_NOT_FOUND: {
    message: 'That entry of the log is gone.',
    hint: 'Old entries are removed when the log is full; reload the list.',
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
  PROJECT_CONFIG_CHANGED: {
    message: '{path} was changed since its preview was made.',
    hint: 'Look at the preview again, then apply it. Nothing was written.',
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
