import { textOf, type ReplyFields } from '../simulator/reply-fields.ts';
import { isRecord } from '../updates/parse-request.ts';
import { isOffer, updateReplies, type Exchanged, type Facts } from './facts.ts';
import { answerOf, failed, judged, NOTHING_OFFERED, ok, skipped, type Row, type Verdict } from './verdict.ts';

/** Rows 1 to 14: the answers to update checks. */
export const updateRows: readonly Row[] = [
  { row: 1, title: 'reads checks with missing, null, empty and unknown fields', judge: judgeSparse },
  { row: 2, title: 'takes version_build and "builtin" both for the bundle of the store', judge: judgeLiteral },
  { row: 3, title: 'says "nothing new" with 200, kind "up_to_date" and an error', judge: judgeNothingNew },
  { row: 4, title: 'uses only the three kinds', judge: judgeKinds },
  { row: 5, title: 'puts no error or kind into an offer', judge: judgeOfferKeys },
  { row: 6, title: 'sends no null for manifest or session_key', judge: judgeNulls },
  { row: 7, title: 'keeps the JSON types', judge: judgeTypes },
  { row: 8, title: 'sends an absolute url in every offer', judge: judgeUrls },
  { row: 9, title: 'offers builtin only to plugins that know it', judge: judgeBuiltin },
  { row: 10, title: 'keeps the content of a version', judge: judgeImmutable },
  { row: 11, title: 'stops offering what a device reported as failed', judge: judgeFailure },
  { row: 12, title: 'sends the SHA-256 of the unencrypted zip', judge: judgeChecksum },
  { row: 13, title: 'hands out the envelope of an encrypted bundle unchanged', judge: judgeEnvelope },
  { row: 14, title: 'refuses a bundle of another key', judge: judgeOtherKey },
];

/** Row 5 is about offers that say so of themselves, errors or not. */
function looksLikeOffer({ body }: Exchanged): boolean {
  return body !== null && textOf(body, 'url') !== null;
}

function judgeSparse({ store, sparse }: Facts): Verdict {
  return sameAnswer(store, sparse)
    ? ok('Both get the same answer.')
    : failed(`Complete: ${answerOf(store)}. Incomplete: ${answerOf(sparse)}`);
}

function judgeLiteral({ store, literal }: Facts): Verdict {
  return sameAnswer(store, literal)
    ? ok('Both names get the same answer.')
    : failed(`By its native version: ${answerOf(store)}. As "builtin": ${answerOf(literal)}`);
}

/** The version named in a refusal may be the one that was sent. */
function sameAnswer(left: Exchanged, right: Exchanged): boolean {
  if (left.status === null || right.status === null || !left.body || !right.body) return false;
  const keys = isOffer(left) ? ['version', 'checksum', 'error', 'kind'] : ['error', 'kind'];
  return left.status === right.status && keys.every((key) => left.body?.[key] === right.body?.[key]);
}

function judgeNothingNew({ store, current }: Facts): Verdict {
  const reply = current ?? (textOf(store.body, 'kind') === 'up_to_date' ? store : null);
  if (!reply) {
    return isRefusal(store)
      ? skipped(`A new device is refused (${answerOf(store)}), so none runs the newest bundle. ${NOTHING_OFFERED}`)
      : failed(`A device with nothing to do gets ${answerOf(store)}`);
  }
  const isRight = reply.status === 200 && textOf(reply.body, 'kind') === 'up_to_date' && textOf(reply.body, 'error');
  return isRight ? ok(answerOf(reply)) : failed(`A device that runs the newest bundle gets ${answerOf(reply)}`);
}

function isRefusal({ body }: Exchanged): boolean {
  return textOf(body, 'error') !== null && textOf(body, 'kind') !== null;
}

function judgeKinds(facts: Facts): Verdict {
  const problems = updateReplies(facts).map((reply) => {
    const { label, body } = reply;
    if (reply.status === null) return `${label}: ${answerOf(reply)}.`;
    if (!body) return `${label}: the answer is no JSON object: ${answerOf(reply)}.`;
    const { kind } = body;
    const isKind = kind === 'up_to_date' || kind === 'blocked' || kind === 'failed';
    if (kind !== undefined && !isKind) return `${label}: kind is ${JSON.stringify(kind)}.`;
    return textOf(body, 'error') !== null && !isKind ? `${label}: an error without kind: ${answerOf(reply)}.` : null;
  });
  return judged(problems, `${problems.length} answers, each an offer or with one of the three kinds.`);
}

function judgeOfferKeys(facts: Facts): Verdict {
  const offers = updateReplies(facts).filter(looksLikeOffer);
  if (offers.length === 0) return skipped(NOTHING_OFFERED);
  return judged(
    offers.map(({ label, body }) =>
      body && ('error' in body || 'kind' in body) ? `${label}: an offer with "error" or "kind".` : null,
    ),
    `${offers.length} offers carry neither.`,
  );
}

function judgeNulls(facts: Facts): Verdict {
  return judged(
    updateReplies(facts).flatMap(({ label, body }) =>
      ['manifest', 'session_key', 'error', 'kind'].map((key) =>
        body && key in body && body[key] === null ? `${label}: "${key}" is null.` : null,
      ),
    ),
    'No such key is null.',
  );
}

const texts = ['version', 'url', 'checksum', 'session_key', 'message', 'error', 'kind', 'link', 'comment'];
const flags = ['breaking', 'major'];

function judgeTypes(facts: Facts): Verdict {
  return judged(
    updateReplies(facts).map(({ label, body }) => {
      const key = body && wrongKey(body);
      return key ? `${label}: "${key}" is ${JSON.stringify(body[key])}, which iOS does not decode.` : null;
    }),
    'All types are those that iOS decodes.',
  );
}

function wrongKey(body: ReplyFields): string | null {
  const isWrong: readonly (readonly [string, (value: unknown) => boolean])[] = [
    ...texts.map((key) => [key, (value: unknown) => typeof value !== 'string'] as const),
    ...flags.map((key) => [key, (value: unknown) => typeof value !== 'boolean'] as const),
    ['data', (value) => !isTextMap(value)],
    ['manifest', (value) => !Array.isArray(value)],
  ];
  return isWrong.find(([key, test]) => isGiven(body[key]) && test(body[key]))?.[0] ?? null;
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function isTextMap(value: unknown): boolean {
  return isRecord(value) && Object.values(value).every((each) => typeof each === 'string');
}

function judgeUrls(facts: Facts): Verdict {
  const replies = updateReplies(facts).filter(
    ({ status, body }) => status === 200 && body && !('error' in body) && textOf(body, 'version') !== null,
  );
  const offers = replies.filter(({ body }) => body?.['version'] !== 'builtin');
  if (offers.length === 0) return skipped(NOTHING_OFFERED);
  return judged(
    offers.map(({ label, body }) => {
      const url = textOf(body, 'url');
      const isAbsolute = url !== null && /^https?:\/\//i.test(url) && URL.canParse(url);
      return isAbsolute ? null : `${label}: the url is ${JSON.stringify(body?.['url'])}.`;
    }),
    `${offers.length} offers have one.`,
  );
}

function judgeBuiltin({ away, old }: Facts): Verdict {
  const isBuiltin = away.body?.['version'] === 'builtin' && !('error' in away.body);
  // No error: a plugin that does not know the word takes it for a version.
  if (old.body?.['version'] === 'builtin' && !('error' in old.body) && textOf(old.body, 'url') === null) {
    return failed('Plugin 6.1.0, which does not know "builtin", was offered it without a url.');
  }
  return isBuiltin
    ? ok('Offered to a new plugin, and not to 6.1.0.')
    : skipped('Builtin was not offered. Needed: a channel that offers it.');
}

function judgeImmutable(facts: Facts): Verdict {
  const offers = [facts.store, facts.literal, facts.sparse, facts.again].filter(isOffer);
  const [first] = offers;
  if (!first) return skipped(NOTHING_OFFERED);
  const version = textOf(first.body, 'version');
  const others = offers.filter(({ body }) => textOf(body, 'version') === version);
  const checksums = new Set(others.map(({ body }) => body?.['checksum']));
  if (checksums.size > 1) return failed(`${version ?? ''} was offered with ${checksums.size} different checksums.`);
  const changed = facts.zip?.part.status === 206 && !facts.zip.part.isRight;
  return changed
    ? failed(`The file of ${version ?? ''} had another content at its second fetch.`)
    : ok('Within this run; over time it takes two runs with the same version offered.');
}

function judgeFailure({ afterFailure, store, isReadOnly }: Facts): Verdict {
  if (!isOffer(store)) return skipped(NOTHING_OFFERED);
  if (!afterFailure) {
    return skipped(isReadOnly ? 'Nothing is reported (read-only).' : 'Needed: the stats address (--stats-url).');
  }
  const version = textOf(store.body, 'version');
  const isOffered = isOffer(afterFailure) && textOf(afterFailure.body, 'version') === version;
  return isOffered
    ? failed(`After update_fail for ${version ?? ''} the same device was offered it again.`)
    : ok(answerOf(afterFailure));
}

function judgeChecksum({ store, electron, zip }: Facts): Verdict {
  const offer = [store, electron].find((reply) => isOffer(reply) && textOf(reply.body, 'url') === zip?.url);
  if (!offer || !zip) return skipped(NOTHING_OFFERED);
  if (textOf(offer.body, 'session_key') !== null) {
    return skipped('The bundle is encrypted: its checksum cannot be read without the key.');
  }
  if (zip.whole.problem !== null || zip.whole.status !== 200) {
    return failed(`The zip could not be fetched: ${zip.whole.problem ?? `HTTP ${zip.whole.status ?? 0}`}.`);
  }
  const checksum = offer.body?.['checksum'];
  return checksum === zip.whole.sha256
    ? ok(zip.whole.sha256)
    : failed(`The checksum is ${JSON.stringify(checksum)}, the SHA-256 of the zip is ${zip.whole.sha256}.`);
}

function judgeEnvelope({ store, again }: Facts): Verdict {
  if (!isOffer(store)) return skipped(NOTHING_OFFERED);
  const sessionKey = textOf(store.body, 'session_key');
  if (sessionKey === null) return skipped('The bundle is not encrypted. Needed: an encrypted release.');
  const checksum = textOf(store.body, 'checksum') ?? '';
  const isSealed = /^[0-9a-f]{512}$/i.test(checksum) || /^[A-Za-z0-9+/]{342}==$/.test(checksum);
  return judged(
    [
      /^[A-Za-z0-9+/]{22}==:[A-Za-z0-9+/]{342}==$/.test(sessionKey) ? null : 'session_key is not "iv:key" in base64.',
      isSealed ? null : `The checksum is no RSA value of 256 bytes: ${JSON.stringify(checksum.slice(0, 80))}.`,
      sameAnswer(store, again) && again.body?.['session_key'] === sessionKey
        ? null
        : 'A second check got another envelope.',
    ],
    'Session key and checksum have their forms, twice the same.',
  );
}

function judgeOtherKey({ otherKey, store }: Facts): Verdict {
  if (!isOffer(store)) return skipped(NOTHING_OFFERED);
  if (!otherKey) return skipped('The bundle is not encrypted. Needed: an encrypted release.');
  const isBlocked = textOf(otherKey.body, 'kind') === 'blocked' && textOf(otherKey.body, 'error') !== null;
  return isBlocked ? ok(answerOf(otherKey)) : failed(`An app with another key gets ${answerOf(otherKey)}`);
}
