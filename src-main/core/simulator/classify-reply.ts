import type { IncomingHttpHeaders } from 'node:http';

import type { RefusalKind } from '#contract/device-protocol.ts';
import { does, type SimulationSentence } from '#contract/texts/simulation-texts.ts';

import { isRecord } from '../updates/parse-request.ts';
import type { ClientProfile } from './client-profile.ts';
import { dialectOf, type Dialect } from './dialect.ts';
import { fieldOf, parseObject, textOf, type ReplyFields } from './reply-fields.ts';

/** What a client makes of the reply to an update check: clients.md §1.4, §1.5. */
export type ReplyReading =
  | { readonly kind: 'offer'; readonly offer: ReadOffer }
  | { readonly kind: 'builtin' }
  /** Nothing to do, without a word: no version, or the running one. */
  | { readonly kind: 'nothing'; readonly sentence: SimulationSentence }
  | {
      readonly kind: 'refused';
      readonly refusal: RefusalKind;
      readonly error: string;
      /** What it says of itself. */
      readonly sentences: readonly SimulationSentence[];
      readonly version: string | null;
      /** What the client reports of it; null: nothing. */
      readonly stat: 'download_fail' | 'backend_refusal' | null;
    };

export type ReadOffer = {
  readonly version: string;
  readonly url: string;
  readonly checksum: string;
  readonly sessionKey: string;
  /** Null: the key is absent, and the zip is taken. */
  readonly manifest: readonly RawManifestEntry[] | null;
};

/** An entry as it came; a client that finds something missing fails the update (clients.md §6.1). */
export type RawManifestEntry = {
  readonly fileName: string | null;
  readonly fileHash: string | null;
  readonly downloadUrl: string | null;
};

export type RawReply = { readonly status: number; readonly text: string; readonly headers: IncomingHttpHeaders };

/** Reads the reply as the platform's client does. `current` is the name of the running bundle. */
export function classifyReply(profile: ClientProfile, reply: RawReply, current: string): ReplyReading {
  const dialect = dialectOf(profile);
  switch (profile.platform) {
    case 'android':
      return readByAndroid(reply, current, dialect);
    case 'ios':
      return readByIos(reply, current, dialect);
    case 'electron':
      return readByElectron(reply);
  }
}

/** A check that got no answer, or may not be made. */
export function failedCheck(error: string, ...sentences: readonly SimulationSentence[]): Refused {
  return { kind: 'refused', refusal: 'failed', error, sentences, version: null, stat: 'download_fail' };
}

/** The words of a server with its code. */
export function serverSaid(message: string, error: string): readonly SimulationSentence[] {
  return named(does('SERVER_SAID', { message, error }), error);
}

function named(sentence: SimulationSentence, error: string): readonly SimulationSentence[] {
  return [sentence, does('ERROR_CODE', { error })];
}

/** The reply is not what this client takes. */
function unusable(error: string, sentence: SimulationSentence): ReplyReading {
  return failedCheck(error, ...named(sentence, error));
}

/** Branches on the presence of `error` or `kind`, even null (clients.md §13.33). */
function readByAndroid({ status, text }: RawReply, current: string, dialect: Dialect): ReplyReading {
  const body = parseObject(text);
  if (body && ('error' in body || (dialect.knowsKind && 'kind' in body))) return refused(body, dialect);
  if (status === 429) return unusable('too_many_requests', does('TOO_MANY_REQUESTS'));
  if (!isSuccess(status)) return unusable('response_error', does('SERVER_ERROR', { status }));
  if (!body) return unusable('parse_error', does('REPLY_NO_OBJECT'));
  // Both throw inside the client: clients.md §1.5, Appendix C row 2. Without manifests the key is not looked at.
  const manifest = fieldOf(body, 'manifest');
  const isManifestRead = dialect.manifest !== 'none' && manifest !== undefined;
  if (isManifestRead && !(Array.isArray(manifest) && manifest.length > 0)) {
    return unusable('response_error', does('MANIFEST_NO_LIST'));
  }
  // Appendix C, row 5.
  if (fieldOf(body, 'session_key') === null && !dialect.isStrict) {
    return unusable('response_error', does('SESSION_KEY_NULL'));
  }
  return readSuccess(body, current, dialect, 'download_fail');
}

const iosStrings = ['version', 'url', 'checksum', 'session_key', 'message', 'error', 'kind', 'link', 'comment'];
const iosFlags = ['breaking', 'major'];

/** Decodes a typed struct first: one wrong type and the whole reply is an error, whatever the status (clients.md §1.4). */
function readByIos({ status, text }: RawReply, current: string, dialect: Dialect): ReplyReading {
  if (text === '') return unusable('response_error', does('REPLY_EMPTY'));
  const body = parseObject(text);
  if (status === 429) {
    const error = textOf(body, 'error') ?? 'too_many_requests';
    return failedCheck(error, ...serverSaid(textOf(body, 'message') ?? '', error));
  }
  if (!body || !isDecodable(body)) {
    return unusable('decode_error', does('REPLY_NOT_TYPED'));
  }
  if (!isSuccess(status)) {
    const read = refused({ error: 'response_error', kind: 'failed', ...body }, dialect);
    const isSilent = textOf(body, 'message') === null;
    return isSilent ? { ...read, sentences: named(does('SERVER_ERROR', { status }), read.error) } : read;
  }
  const isRefusal = textOf(body, 'error') !== null || (dialect.knowsKind && textOf(body, 'kind') !== null);
  return isRefusal ? refused(body, dialect) : readSuccess(body, current, dialect, null);
}

function isDecodable(body: ReplyFields): boolean {
  const isAbsent = (key: string): boolean => body[key] === undefined || body[key] === null;
  const { data, manifest } = body;
  const isText = (value: unknown): boolean => value === undefined || value === null || typeof value === 'string';
  const isEntry = (entry: unknown): boolean =>
    isRecord(entry) && ['file_name', 'file_hash', 'download_url'].every((key) => isText(entry[key]));
  return (
    iosStrings.every((key) => isAbsent(key) || typeof body[key] === 'string') &&
    iosFlags.every((key) => isAbsent(key) || typeof body[key] === 'boolean') &&
    (isAbsent('manifest') || (Array.isArray(manifest) && manifest.every(isEntry))) &&
    (isAbsent('data') || (isRecord(data) && Object.values(data).every((value) => typeof value === 'string')))
  );
}

/** Ignores `kind` and most errors, and downloads whatever has a version and a url (clients.md §12.1). */
function readByElectron({ status, text }: RawReply): ReplyReading {
  const silent = { refusal: 'failed', version: null, stat: null } as const;
  if (!isSuccess(status)) {
    const error = `HTTP ${status}`;
    return { kind: 'refused', ...silent, error, sentences: serverSaid(text.slice(0, 200), error) };
  }
  const body = parseObject(text);
  if (!body) {
    const error = 'parse_error';
    return { kind: 'refused', ...silent, error, sentences: named(does('REPLY_NO_OBJECT'), error) };
  }
  const offer = offerOf(body, textOf(body, 'sessionKey'), true);
  const isNothing = textOf(body, 'error') === 'no_new_version_available';
  if (body['breaking'] === true) return { kind: 'nothing', sentence: does('BREAKING', { version: offer.version }) };
  if (!isNothing && offer.url !== '' && offer.version !== '') return { kind: 'offer', offer };
  if (!('error' in body)) return nothing(offer);
  return { ...refusal(body), ...(isNothing ? { refusal: 'up_to_date' } : {}), stat: null };
}

/** `messageStat`: what the platform reports when an old plugin takes the message for "nothing new". */
function readSuccess(
  body: ReplyFields,
  current: string,
  dialect: Dialect,
  messageStat: 'download_fail' | null,
): ReplyReading {
  const message = textOf(body, 'message');
  if (dialect.takesMessageForNothing && message !== null) {
    const sentences = named(does('SERVER_SAID', { message, error: '' }), 'up_to_date');
    return { kind: 'refused', refusal: 'up_to_date', error: '', sentences, version: null, stat: messageStat };
  }
  const offer = offerOf(body, textOf(body, 'session_key'), dialect.manifest !== 'none');
  if (offer.version === 'builtin' && dialect.understandsBuiltin) return { kind: 'builtin' };
  // Before the comparison of versions: clients.md §1.5.
  if (!isUrl(offer.url)) {
    const error = 'no_url';
    return unusable(error, message === null ? does('REPLY_NO_URL') : does('SERVER_SAID', { message, error }));
  }
  if (offer.version === '' || offer.version === current) return nothing(offer);
  return { kind: 'offer', offer };
}

/** What `java.net.URL` and `URL(string:)` both take. */
function isUrl(url: string): boolean {
  return /^(https?|ftp|file|jar):/i.test(url) && URL.canParse(url);
}

function offerOf(body: ReplyFields, sessionKey: string | null, readsManifest: boolean): ReadOffer {
  const manifest = fieldOf(body, 'manifest');
  return {
    version: textOf(body, 'version') ?? '',
    url: textOf(body, 'url') ?? '',
    checksum: textOf(body, 'checksum') ?? '',
    sessionKey: sessionKey ?? '',
    manifest: readsManifest && Array.isArray(manifest) ? manifest.map(entryOf) : null,
  };
}

function entryOf(value: unknown): RawManifestEntry {
  const entry = isRecord(value) ? value : null;
  return {
    fileName: textOf(entry, 'file_name'),
    fileHash: textOf(entry, 'file_hash'),
    downloadUrl: textOf(entry, 'download_url'),
  };
}

function nothing({ version }: ReadOffer): ReplyReading {
  return { kind: 'nothing', sentence: version === '' ? does('VERSION_NONE') : does('ALREADY_RUNS', { version }) };
}

type Refused = Extract<ReplyReading, { kind: 'refused' }>;

function refused(body: ReplyFields, dialect: Dialect): Refused {
  const read = refusal(body);
  if (!dialect.knowsKind) return { ...read, stat: dialect.errorStat };
  return { ...read, stat: read.refusal === 'failed' ? 'download_fail' : null };
}

function refusal(body: ReplyFields): Omit<Refused, 'stat'> {
  const { kind } = body;
  const refusal = kind === 'up_to_date' || kind === 'blocked' ? kind : 'failed';
  const error = textOf(body, 'error') ?? '';
  const message = textOf(body, 'message');
  const sentence = message === null ? does('MESSAGE_NONE') : does('SERVER_SAID', { message, error });
  return {
    kind: 'refused',
    refusal,
    error,
    sentences: named(sentence, error === '' ? refusal : error),
    version: textOf(body, 'version'),
  };
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}
