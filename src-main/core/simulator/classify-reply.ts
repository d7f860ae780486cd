import type { IncomingHttpHeaders } from 'node:http';

import type { RefusalKind } from '#contract/device-protocol.ts';

import { isRecord } from '../updates/parse-request.ts';
import type { ClientProfile } from './client-profile.ts';
import { dialectOf, type Dialect } from './dialect.ts';
import { fieldOf, parseObject, textOf, type ReplyFields } from './reply-fields.ts';

/** What a client makes of the reply to an update check: clients.md §1.4, §1.5. */
export type ReplyReading =
  | { readonly kind: 'offer'; readonly offer: ReadOffer }
  | { readonly kind: 'builtin' }
  /** Nothing to do, without a word: no version, or the running one. */
  | { readonly kind: 'nothing'; readonly detail: string }
  | {
      readonly kind: 'refused';
      readonly refusal: RefusalKind;
      readonly error: string;
      readonly message: string;
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
export function failedCheck(error: string, message: string): ReplyReading {
  return { kind: 'refused', refusal: 'failed', error, message, version: null, stat: 'download_fail' };
}

/** Branches on the presence of `error` or `kind`, even null (clients.md §13.33). */
function readByAndroid({ status, text }: RawReply, current: string, dialect: Dialect): ReplyReading {
  const body = parseObject(text);
  if (body && ('error' in body || (dialect.knowsKind && 'kind' in body))) return refused(body, dialect);
  if (status === 429) return failedCheck('too_many_requests', 'Too many requests');
  if (!isSuccess(status)) return failedCheck('response_error', `Server error: ${status}`);
  if (!body) return failedCheck('parse_error', 'The reply is no JSON object');
  // Both throw inside the client: clients.md §1.5, Appendix C row 2. Without manifests the key is not looked at.
  const manifest = fieldOf(body, 'manifest');
  const isManifestRead = dialect.manifest !== 'none' && manifest !== undefined;
  if (isManifestRead && !(Array.isArray(manifest) && manifest.length > 0)) {
    return failedCheck('response_error', '"manifest" is no list of files');
  }
  // Appendix C, row 5.
  if (fieldOf(body, 'session_key') === null && !dialect.isStrict) {
    return failedCheck('response_error', '"session_key" is null');
  }
  return readSuccess(body, current, dialect, 'download_fail');
}

const iosStrings = ['version', 'url', 'checksum', 'session_key', 'message', 'error', 'kind', 'link', 'comment'];
const iosFlags = ['breaking', 'major'];

/** Decodes a typed struct first: one wrong type and the whole reply is an error, whatever the status (clients.md §1.4). */
function readByIos({ status, text }: RawReply, current: string, dialect: Dialect): ReplyReading {
  if (text === '') return failedCheck('response_error', 'The reply is empty');
  const body = parseObject(text);
  if (status === 429) return failedCheck(textOf(body, 'error') ?? 'too_many_requests', textOf(body, 'message') ?? '');
  if (!body || !isDecodable(body)) {
    return failedCheck('decode_error', 'The reply does not have the types that iOS expects');
  }
  if (!isSuccess(status)) {
    return refused({ error: 'response_error', message: `Server error: ${status}`, kind: 'failed', ...body }, dialect);
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
    return { kind: 'refused', ...silent, error: `HTTP ${status}`, message: text.slice(0, 200) };
  }
  const body = parseObject(text);
  if (!body) return { kind: 'refused', ...silent, error: 'parse_error', message: 'The reply is no JSON object' };
  const offer = offerOf(body, textOf(body, 'sessionKey'), false);
  const isNothing = textOf(body, 'error') === 'no_new_version_available';
  if (body['breaking'] === true) return { kind: 'nothing', detail: `${offer.version} is a breaking update` };
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
    return { kind: 'refused', refusal: 'up_to_date', error: '', message, version: null, stat: messageStat };
  }
  const offer = offerOf(body, textOf(body, 'session_key'), dialect.manifest !== 'none');
  if (offer.version === 'builtin' && dialect.understandsBuiltin) return { kind: 'builtin' };
  // Before the comparison of versions: clients.md §1.5.
  if (!isUrl(offer.url)) return failedCheck('no_url', message ?? 'no url or wrong format');
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
  return { kind: 'nothing', detail: version === '' ? 'The reply names no version' : `It already runs ${version}` };
}

type Refused = Extract<ReplyReading, { kind: 'refused' }>;

function refused(body: ReplyFields, dialect: Dialect): Refused {
  const read = refusal(body);
  if (!dialect.knowsKind) return { ...read, stat: dialect.errorStat };
  return { ...read, stat: read.refusal === 'failed' ? 'download_fail' : null };
}

function refusal(body: ReplyFields): Omit<Refused, 'stat'> {
  const { kind } = body;
  return {
    kind: 'refused',
    refusal: kind === 'up_to_date' || kind === 'blocked' ? kind : 'failed',
    error: textOf(body, 'error') ?? '',
    message: textOf(body, 'message') ?? 'server did not provide a message',
    version: textOf(body, 'version'),
  };
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}
