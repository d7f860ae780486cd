import type { CodedSentence, ValuesArgument } from './coded-sentence.ts';
import { fill } from './fill.ts';

/** English sentences of what a virtual device does. A step may take several, one after the other. */
export const simulationTexts = {
  FAULT: 'Asked for: {fault}.',
  NATIVE_UPDATED: 'The app was updated from {before} to {after}: its bundles are gone.',
  STARTS: 'Starts with {version}.',
  STATS_KEPT: '{count} {count|report is|reports are} kept for the next start.',

  OFFERED: 'Offered {version}.',
  SENT_TO_BUILTIN: 'Sent back to the bundle of the store.',
  ALREADY_RUNS: 'It already runs {version}.',
  VERSION_NONE: 'The reply names no version.',
  BREAKING: '{version} is a breaking update.',
  /** The words of a server, which may be any; `ERROR_CODE` follows. */
  SERVER_SAID: '{message}',
  ERROR_CODE: '({error}).',
  TOO_MANY_REQUESTS: 'Too many requests',
  SERVER_ERROR: 'Server error: {status}',
  REPLY_NO_OBJECT: 'The reply is no JSON object',
  REPLY_EMPTY: 'The reply is empty',
  REPLY_NOT_TYPED: 'The reply does not have the types that iOS expects',
  REPLY_NO_URL: 'no url or wrong format',
  MANIFEST_NO_LIST: '"manifest" is no list of files',
  SESSION_KEY_NULL: '"session_key" is null',
  MESSAGE_NONE: 'server did not provide a message',
  /** A reason follows. */
  CHECK_UNANSWERED: 'The check got no answer ({error}):',

  SESSION_KEY_REQUIRED: 'The app has a public key, and the offer has no session key: refused.',
  CHECKSUM_REQUIRED: 'The offer has no checksum, which this version of the client refuses.',
  IN_ERROR_STATE: '{version} failed here before and is in error state: it is not tried again.',
  ON_DEVICE: '{version} is on the device already.',
  RECEIVED: 'Received {receivedBytes} of {version}.',
  ZIP_STATUS: 'The file was answered with HTTP {status}.',
  /** A reason follows. */
  TRANSFER_FAILED: 'The transfer failed:',
  RANGE_UNFIT: 'The 206 carries no Content-Range with the whole length that fits.',
  RANGE_OTHER: 'The 206 starts at byte {start} instead of {wanted}.',
  QUEUE_AGAIN: 'The work queue runs it again after {seconds} s.',
  QUEUE_RESUMES: 'It has {haveBytes} and asks for the rest.',
  QUEUE_STOPPED: "Android's work queue would go on for ever; this device stops after {runs} runs.",
  FILES_COMPLETE:
    'Has all {count} files of {version}: {fetched} fetched ({fetchedBytes}), {builtin} came with the app, {cache} from earlier updates.',
  RESUMED_REST: '{file}: had {haveBytes} of an earlier try; the server sent the rest, {receivedBytes}.',
  RESUMED_WHOLE: '{file}: had {haveBytes} of an earlier try; the server sent all of it, {receivedBytes}.',
  RESUMED_END: '{file}: had {haveBytes} of an earlier try; the server says that this is all.',
  JOINED: 'It was joined from two tries; the first may be of another release.',
  OVERLAID: 'Laid a manifest over the bundle: {fetched} fetched, {kept} from the zip.',
  /** A reason follows. */
  OVERLAY_FAILED: 'The manifest could not be laid over the bundle:',
  SESSION_KEY_SHUT: 'The session key does not open with key {keyId} ({error}).',
  ENTRY_WITHOUT: 'An entry has no {field}.',
  HASH_SHUT: 'The file_hash of {file} does not open with the key of the app.',
  NAME_REFUSED: 'The name {name} is refused.',
  ENTRY_TWICE: 'Two entries are for {file}.',
  URL_UNREADABLE: 'The download_url of {file} cannot be read.',
  FILE_STATUS: '{file} was answered with HTTP {status}.',
  /** A reason follows. */
  FILE_TRANSFER_FAILED: 'The transfer of {file} failed:',
  FILE_SHUT: '{file} does not open:',
  FILE_NO_BROTLI: '{file} is no brotli:',
  FILE_HASH: "The file_hash of {file} is {expected}, the file's is {found}.",

  CHECKSUM_OTHER: 'The checksum of {version} is another one than that of the bundle on the device.',
  CHECKSUM_SHUT: 'The checksum of {version} does not open with key {keyId}.',
  KEY_NONE: 'The offer has a session key, and the app no public key.',
  SESSION_KEY_MALFORMED: 'The session key has not two parts.',
  BUNDLE_SHUT: 'The bundle does not open with key {keyId} ({error}).',
  CHECKSUM_NONE: 'The offer has no checksum, nothing is compared.',
  CHECKSUM_MATCHES: 'The checksum matches.',
  CHECKSUM_DIFFERS: "The checksum is {expected}, the file's is {found}.",
  UNPACKED: 'Unpacked {count} {count|file|files}.',

  INDEX_MISSING: 'There is no index.html at the root: it is never applied, and nothing is reported.',
  QUEUED: '{version} is queued for the next move to the background.',
  SWITCHED: 'Switched to {version}.',
  RUNS_BUILTIN: 'Runs {version}, the bundle of the store.',
  ROLLED_BACK: 'Rolled back to {version}.',

  NEVER_READY: 'The app never calls notifyAppReady (asked for).',
  CALL_FOUND: 'A script calls notifyAppReady (found in its text; the app was not run).',
  CALL_FOUND_BECAUSE: 'A script calls notifyAppReady (found in its text; the app was not run: {reason}).',
  CALL_MISSING: 'No script calls notifyAppReady (looked for in their text; the app was not run).',
  CALL_MISSING_BECAUSE: 'No script calls notifyAppReady (looked for in their text; the app was not run: {reason}).',
  RAN_READY: 'The app was run in {runner} and called notifyAppReady after {seconds} s.',
  RAN_SILENT: 'The app was run in {runner} and never called notifyAppReady.',
  FIRST_ERROR: 'Its first error: {error}',
  WAITS: 'Waits {seconds} s for notifyAppReady.',

  CHANNEL_ADDRESS_NONE: 'There is no channel address (missing_config).',
  NOTHING_ASKED: '{message} ({error}); nothing was asked.',
  /** A reason follows. */
  CHANNEL_UNREACHABLE: 'The channel address cannot be reached:',
  CHANNEL_NOT_SET: 'Channel {channel} was not set:',
  CHANNEL_NOT_KNOWN: 'The channel is not known:',
  HTTP_STATUS: 'HTTP {status}.',
  SERVER_STATUS: '{status}.',
  CHANNEL_KEPT_THERE: 'The server keeps channel {channel} for this device.',
  CHANNEL_PUBLIC: '{channel} is the public channel: the device follows its config.',
  CHANNEL_ASKED_FOR: 'Asks for channel {channel} from now on.',
  CHANNEL_GIVEN_UP: 'Gave up its own choice of a channel.',
  CHANNEL_GIVEN_UP_HERE: 'Gave up its own choice of a channel; no request is made for that.',
  CHANNEL_NOT_GIVEN_UP: 'The choice was not taken back: HTTP {status}.',
  CHANNEL_STRANGE: 'Its channel is {channel}, which the server does not know.',
  CHANNEL_IS: 'Its channel is {channel}.',
  CHANNEL_IS_NONE: 'Its channel is none.',
  CHANNELS_NOT_KNOWN: 'The channels are not known: HTTP {status}.',
  CHANNELS_UNREADABLE: 'The list of channels is not what the client reads (clients.md §8.4).',
  CHANNELS: 'May choose: {channels}.',
  CHANNELS_NONE: 'May choose: nothing.',

  /** Reasons: what the system or a library says, and what the device found itself. */
  REASON: '{reason}.',
  BROKE_OFF: 'the transfer broke off.',
  BROKE_OFF_AT: 'the transfer broke off at {percent} %.',
  TOO_LARGE: 'the file is too large for a phone.',
  RANGE_UNSAID: 'the 206 does not say that it begins at byte {start}.',
  NO_ANSWER_IN_TIME: 'no answer in time.',
  TOO_SLOW: 'it took longer than {seconds} s.',
  DATA_EMPTY: 'empty encrypted data.',
  PLAIN_EMPTY: 'empty decrypted data.',
  ZIP_WITHOUT_END: 'the zip has no directory at its end: it is cut off, or no zip.',
  ZIP_TOO_LARGE: 'it unpacks to more than a phone holds.',
  ZIP_NAME: 'a name is not UTF-8.',
  ZIP_METHOD: 'a compression method is not known.',
  ZIP_ENCRYPTED: 'an entry is encrypted.',
  ZIP_ENTRY_LARGE: 'an entry is too large.',
  ZIP_HEADER: 'a local header is missing.',
  ZIP_DESCRIPTOR: 'only DEFLATED entries can have a data descriptor.',
  ZIP_SIZE: 'an entry has another size than it says.',
  ZIP_CRC: 'an entry has a wrong CRC.',
  ZIP_SHORT: 'the zip ends too early.',
} as const satisfies Record<string, string>;

type Texts = typeof simulationTexts;
export type SimulationCode = keyof Texts;
export type SimulationSentence = CodedSentence<SimulationCode>;

export const simulationCodes = Object.keys(simulationTexts) as readonly SimulationCode[];

/** A sentence of a step. What a server said has its code beside it: windows have their own words for those they know. */
export function does(
  code: 'SERVER_SAID',
  values: { readonly message: string; readonly error: string },
): SimulationSentence;
export function does<Code extends Exclude<SimulationCode, 'SERVER_SAID'>>(
  code: Code,
  ...values: ValuesArgument<Texts[Code]>
): SimulationSentence;
export function does(code: SimulationCode, params: SimulationSentence['params'] = {}): SimulationSentence {
  return { code, params };
}

/** The English words of a step. */
export function describeStep(sentences: readonly SimulationSentence[]): string {
  return sentences.map(({ code, params }) => fill(simulationTexts[code], params)).join(' ');
}
