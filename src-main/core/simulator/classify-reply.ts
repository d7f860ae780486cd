import type { RefusalKind } from '#contract/device-protocol.ts';

import { isRecord } from '../updates/parse-request.ts';
import type { ClientPlatform } from './client-profile.ts';

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
    };

export type ReadOffer = {
  readonly version: string;
  readonly url: string;
  readonly checksum: string;
  readonly sessionKey: string;
  readonly hasManifest: boolean;
};

export type RawReply = { readonly status: number; readonly text: string };

/** Reads the reply as the platform's client does. `current` is the name of the running bundle. */
export function classifyReply(platform: ClientPlatform, reply: RawReply, current: string): ReplyReading {
  switch (platform) {
    case 'android':
      return readByAndroid(reply, current);
    case 'ios':
      return readByIos(reply, current);
    case 'electron':
      return readByElectron(reply);
  }
}

type Fields = Readonly<Record<string, unknown>>;

/** Branches on the presence of `error` or `kind`, even null (clients.md §13.33). */
function readByAndroid({ status, text }: RawReply, current: string): ReplyReading {
  const body = parse(text);
  if (body && ('error' in body || 'kind' in body)) return refused(body);
  if (status === 429) return failed('too_many_requests', 'Too many requests');
  if (!isSuccess(status)) return failed('response_error', `Server error: ${status}`);
  if (!body) return failed('parse_error', 'The reply is no JSON object');
  // Both throw inside the client: clients.md §1.5, Appendix C row 2.
  if ('manifest' in body && !(Array.isArray(body['manifest']) && body['manifest'].length > 0)) {
    return failed('response_error', '"manifest" is no list of files');
  }
  return readSuccess(body, current, (url) => URL.parse(url) !== null);
}

const iosStrings = ['version', 'url', 'checksum', 'session_key', 'message', 'error', 'kind', 'link', 'comment'];
const iosFlags = ['breaking', 'major'];

/** Decodes a typed struct first: one wrong type and the whole reply is an error, whatever the status (clients.md §1.4). */
function readByIos({ status, text }: RawReply, current: string): ReplyReading {
  if (text === '') return failed('response_error', 'The reply is empty');
  const body = parse(text);
  if (status === 429) return failed(textOf(body, 'error') ?? 'too_many_requests', textOf(body, 'message') ?? '');
  if (!body || !isDecodable(body)) return failed('decode_error', 'The reply does not have the types that iOS expects');
  if (!isSuccess(status)) {
    return refused({ error: 'response_error', message: `Server error: ${status}`, kind: 'failed', ...body });
  }
  if (textOf(body, 'error') !== null || textOf(body, 'kind') !== null) return refused(body);
  return readSuccess(body, current, (url) => URL.canParse(url));
}

function isDecodable(body: Fields): boolean {
  const isAbsent = (key: string): boolean => body[key] === undefined || body[key] === null;
  const data = body['data'];
  return (
    iosStrings.every((key) => isAbsent(key) || typeof body[key] === 'string') &&
    iosFlags.every((key) => isAbsent(key) || typeof body[key] === 'boolean') &&
    (isAbsent('manifest') || Array.isArray(body['manifest'])) &&
    (isAbsent('data') || (isRecord(data) && Object.values(data).every((value) => typeof value === 'string')))
  );
}

/** Ignores `kind` and most errors, and downloads whatever has a version and a url (clients.md §12.1). */
function readByElectron({ status, text }: RawReply): ReplyReading {
  if (!isSuccess(status)) return failed(`HTTP ${status}`, text.slice(0, 200));
  const body = parse(text);
  if (!body) return failed('parse_error', 'The reply is no JSON object');
  const offer = offerOf(body, textOf(body, 'sessionKey'));
  const isNothing = textOf(body, 'error') === 'no_new_version_available';
  if (isNothing || offer.url === '' || offer.version === '') return 'error' in body ? refused(body) : nothing(offer);
  return { kind: 'offer', offer };
}

function readSuccess(body: Fields, current: string, isUrl: (url: string) => boolean): ReplyReading {
  const offer = offerOf(body, textOf(body, 'session_key'));
  if (offer.version === 'builtin') return { kind: 'builtin' };
  // Before the comparison of versions: clients.md §1.5.
  if (!isUrl(offer.url)) return failed('no_url', textOf(body, 'message') ?? 'no url or wrong format');
  if (offer.version === '' || offer.version === current) return nothing(offer);
  return { kind: 'offer', offer };
}

function offerOf(body: Fields, sessionKey: string | null): ReadOffer {
  return {
    version: textOf(body, 'version') ?? '',
    url: textOf(body, 'url') ?? '',
    checksum: textOf(body, 'checksum') ?? '',
    sessionKey: sessionKey ?? '',
    hasManifest: Array.isArray(body['manifest']),
  };
}

function nothing({ version }: ReadOffer): ReplyReading {
  return { kind: 'nothing', detail: version === '' ? 'The reply names no version' : `It already runs ${version}` };
}

function refused(body: Fields): ReplyReading {
  const kind = body['kind'];
  const refusal = kind === 'up_to_date' || kind === 'blocked' ? kind : 'failed';
  return {
    kind: 'refused',
    refusal,
    error: textOf(body, 'error') ?? '',
    message: textOf(body, 'message') ?? 'server did not provide a message',
    version: textOf(body, 'version'),
  };
}

function failed(error: string, message: string): ReplyReading {
  return { kind: 'refused', refusal: 'failed', error, message, version: null };
}

function parse(text: string): Fields | null {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

/** Null when absent or empty. */
function textOf(body: Fields | null, key: string): string | null {
  const value = body?.[key];
  return typeof value === 'string' && value !== '' ? value : null;
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}
