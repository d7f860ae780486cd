import type { CodedSentence, ValuesArgument } from './coded-sentence.ts';
import { fill } from './fill.ts';

/**
 * English sentences of the log, but for what devices report: `stat-texts.ts` has those. What refuses a device an update
 * is also the `message` of its reply, and keeps the words of Capgo's server: protocol/capgo-server-and-cli.md §5.4.
 */
export const activityTexts = {
  OFFERED: 'Offered {version}',
  OFFERED_TO: 'Offered {version}; runs {running}',
  SENT_TO_BUILTIN: 'Sent back to the bundle of the store',
  UP_TO_DATE: 'Up to date on {version}',
  ON_BUILTIN: 'Already on the bundle of the store',
  NOTHING_PUBLISHED: 'Nothing published yet',
  NOTHING_PUBLISHED_FOR: 'Nothing published yet; runs {running}',

  JSON_INVALID: 'Invalid JSON body',
  BODY_TOO_LARGE: 'The body is larger than any update check',
  BODY_EMPTY: 'The body is empty',
  BODY_NO_OBJECT: 'The body is JSON, but not an object',
  BODY_EMPTY_OBJECT: 'The body is an empty JSON object',
  DEVICE_ID_MISSING: 'Cannot find device_id',
  OTHER_APP: 'This address belongs to {expected}, not to {sent}',
  PLUGIN_UNSUPPORTED: 'Plugin version {version} (v4) is no longer supported. Please upgrade to v5.10.0 or later.',
  DEVICE_BLOCKED: 'This device is blocked',
  CHANNEL_NONE: 'no default channel or override',
  BUNDLE_GONE: 'Cannot get bundle',
  KEYS_DIFFER: 'The bundle has {bundleKeyId}, the app {deviceKeyId}',
  BUNDLE_WITHOUT_KEY: 'The bundle has no key, the app {deviceKeyId}',
  APP_WITHOUT_KEY: 'The bundle has {bundleKeyId}, the app no key',
  PLUGIN_WITHOUT_BUILTIN: 'The plugin is too old to revert to builtin',
  PLUGIN_TOO_OLD: 'The plugin is too old for this bundle',
  FAILED_BEFORE: 'Version {version} failed on this device before',
  IOS_DISABLED: "Cannot update, ios it's disabled",
  PLATFORM_DISABLED: 'Cannot update, {platform} is disabled',
  MAJOR_REFUSED: 'Cannot upgrade major version',
  MINOR_REFUSED: 'Cannot upgrade minor version',
  PATCH_REFUSED: 'Cannot upgrade patch version',
  CHANNEL_PRIVATE: 'Cannot update via a private channel',
  CHANNEL_MISCONFIGURED: 'Channel {channel} is misconfigured',
  NATIVE_TOO_OLD: 'Cannot upgrade version, min update version > current version',
  UNDER_NATIVE: 'Cannot revert under native version',
  PROD_DISABLED: 'Cannot update, prod build is disabled',
  DEV_DISABLED: 'Cannot update, dev build is disabled',
  DEVICES_DISABLED: 'Cannot update, device is disabled',
  EMULATORS_DISABLED: 'Cannot update, emulator is disabled',
  UNDECIDED: 'No rule decided',

  CALL_UNREADABLE: 'The body is not a JSON object',
  CHANNEL_NOT_NAMED: 'Cannot find channel in the request',
  CHANNEL_UNKNOWN: 'There is no channel "{channel}"',
  CHANNEL_NOT_CHOSEN_PUBLIC: 'Channel "{channel}" is public and cannot be chosen by devices',
  CHANNEL_NOT_CHOSEN: 'Channel "{channel}" cannot be chosen by devices',
  CHANNEL_CHOSEN: 'Chose channel {channel}',
  CHANNEL_FOLLOWED: 'Follows the public channel {channel}',
  CHANNEL_GIVEN_UP: 'Gave up its own choice of a channel',
  CHANNEL_ASKED: 'Asked for its channel: {channel}',
  CHANNEL_PUBLIC_NONE: 'There is no public channel',
  CHANNEL_FIXED: 'The channel of this device cannot be changed by the device',
  CHANNELS_LISTED: 'Listed the channels: {channels}',
  CHANNELS_LISTED_NONE: 'Listed the channels: none',

  /** A report that names more than its row does: a file of the bundle, or another app. */
  STAT: '{stat}',
  STAT_OF_OTHER_APP: '{stat} (sent as {appId})',
  STAT_NO_UPDATE: 'No update, which this plugin reports as download_fail',
  STATS_NO_JSON: 'Stats that cannot be read: Invalid JSON body',
  STATS_EMPTY: 'Stats that cannot be read: The body is empty',
  STATS_TOO_LARGE: 'Stats that cannot be read: The body is larger than any batch of stats',
  STATS_TOO_MANY: 'Stats that cannot be read: The body holds {count} events; {most} are taken at most',
  STATS_NO_OBJECT: 'Stats that cannot be read: The body holds no object',

  DOWNLOADING: 'Downloading {version}',
  DOWNLOADING_PART: 'Downloading {version} (bytes {start} to {end})',
  DOWNLOADED: 'Downloaded {version}, {sentBytes}',
  DOWNLOADED_PART: 'Downloaded {version} (bytes {start} to {end}), {sentBytes}',
  BROKE_OFF: 'The transfer of {version} broke off at {percent} %, {sentBytes} of {totalBytes}',
  BROKE_OFF_PART:
    'The transfer of {version} (bytes {start} to {end}) broke off at {percent} %, {sentBytes} of {totalBytes}',
  BEYOND_END: 'Asked for bytes beyond the end of {version}',
  FILE_UNREADABLE: 'The file of {version} cannot be read',
  FILE_DAMAGED: 'The file of {version} is missing or damaged',
  FILE_UNKNOWN: 'No release of {appId} has the file that was asked for',
  HOST_ENDED: 'Slipway ended during the transfer of {version}',
  HOST_ENDED_UNKNOWN: 'Slipway ended during the transfer of an update',

  FILES_COMING: 'Downloading {sentCount} {sentCount|file|files} of {version}, {sentBytes}',
  FILES_COMING_OF: 'Downloading {sentCount} of {allCount} {allCount|file|files} of {version}, {sentBytes}',
  FILES_COMING_FAILED: 'Downloading {sentCount} {sentCount|file|files} of {version}, {sentBytes}; {failedCount} failed',
  FILES_COMING_OF_FAILED:
    'Downloading {sentCount} of {allCount} {allCount|file|files} of {version}, {sentBytes}; {failedCount} failed',
  FILES_CAME: 'Downloaded {sentCount} {sentCount|file|files} of {version}, {sentBytes}',
  FILES_CAME_OF: 'Downloaded {sentCount} of {allCount} {allCount|file|files} of {version}, {sentBytes}',
  FILES_CAME_FAILED: 'Downloaded {sentCount} {sentCount|file|files} of {version}, {sentBytes}; {failedCount} failed',
  FILES_CAME_OF_FAILED:
    'Downloaded {sentCount} of {allCount} {allCount|file|files} of {version}, {sentBytes}; {failedCount} failed',
  FILES_NOT_SENT: '{failedCount} {failedCount|file|files} of {version} could not be sent',
  FILES_UNKNOWN: '{failedCount} {failedCount|file|files} of an unknown release could not be sent',

  TOKEN_UNKNOWN: 'A request with a pairing token that no app has: {request}',
  PATH_UNKNOWN: 'A request for an address that does not exist: {request}',
  HOST_INVALID: 'A request whose Host header is no host: {request}',
  TOKEN_UNKNOWN_MORE: 'A request with a pairing token that no app has: {request} (and {moreCount} more like it before)',
  PATH_UNKNOWN_MORE: 'A request for an address that does not exist: {request} (and {moreCount} more like it before)',
  HOST_INVALID_MORE: 'A request whose Host header is no host: {request} (and {moreCount} more like it before)',
} as const satisfies Record<string, string>;

type Texts = typeof activityTexts;
export type ActivityCode = keyof Texts;
export type ActivitySentence = CodedSentence<ActivityCode>;

export const activityCodes = Object.keys(activityTexts) as readonly ActivityCode[];

/** A sentence of the log. */
export function told<Code extends ActivityCode>(code: Code, ...values: ValuesArgument<Texts[Code]>): ActivitySentence {
  return { code, params: values[0] ?? {} };
}

export function isActivityCode(code: string): code is ActivityCode {
  return Object.hasOwn(activityTexts, code);
}

/** The English words of a sentence. */
export function describeActivity({ code, params }: ActivitySentence): string {
  return fill(activityTexts[code], params);
}
