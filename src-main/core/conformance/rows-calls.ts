import { textOf } from '../simulator/reply-fields.ts';
import { isRecord } from '../updates/parse-request.ts';
import type { Exchanged, Facts } from './facts.ts';
import { answerOf, failed, judged, ok, skipped, type Row, type Verdict } from './verdict.ts';

const NO_CHANNEL_URL = 'Needed: the channel address (--channel-url).';
const DAY_S = 24 * 60 * 60;

/** Rows 23 to 31: stats, channels, and how calls are made. */
export const callRows: readonly Row[] = [
  { row: 23, title: 'takes stats as a list and as single objects, stale, repeated, nameless', judge: judgeStats },
  { row: 24, title: 'answers stats with 2xx and a body', judge: judgeStatsBody },
  { row: 25, title: 'answers stats with 4xx only when they cannot be read', judge: judgeStatsRefusal },
  { row: 26, title: 'sends Retry-After in seconds with 429', judge: judgeRetryAfter },
  {
    row: 27,
    title: 'has all calls of the channel address, and a bare list with numeric ids',
    judge: judgeChannelCalls,
  },
  { row: 28, title: 'puts no error into a channel success', judge: judgeChannelSuccess },
  { row: 29, title: 'says channel_not_found with 400, and allowSet', judge: judgeGetChannel },
  { row: 30, title: 'refuses private channels by their code, and unsets for public ones', judge: judgeSetChannel },
  { row: 31, title: 'redirects no call and asks for no login', judge: judgePlainCalls },
];

function isSuccess({ status }: Exchanged): boolean {
  return status !== null && status >= 200 && status < 300;
}

function noStats({ isReadOnly }: Facts): Verdict {
  return skipped(isReadOnly ? 'Nothing is reported (read-only).' : 'Needed: the stats address (--stats-url).');
}

function judgeStats(facts: Facts): Verdict {
  if (!facts.stats) return noStats(facts);
  const { batch, single, nameless, full } = facts.stats;
  return judged(
    [batch, single, nameless, full].map((reply) => (isSuccess(reply) ? null : `${reply.label}: ${answerOf(reply)}.`)),
    'All were taken.',
  );
}

function judgeStatsBody(facts: Facts): Verdict {
  if (!facts.stats) return noStats(facts);
  const { batch, single, nameless, full } = facts.stats;
  return judged(
    [batch, single, nameless, full].map((reply) => {
      if (!isSuccess(reply)) return `${reply.label}: ${answerOf(reply)}.`;
      const isEmpty = reply.text === '' && reply.status !== 204 && reply.status !== 205;
      return isEmpty ? `${reply.label}: an empty ${reply.status ?? 0}, which iOS sends again every second.` : null;
    }),
    answerOf(batch),
  );
}

function judgeStatsRefusal(facts: Facts): Verdict {
  if (!facts.stats) return noStats(facts);
  const { broken, ...readable } = facts.stats;
  const refused = Object.values(readable).find(({ status }) => status !== null && status >= 400 && status < 500);
  if (refused && refused.status !== 408 && refused.status !== 429) {
    return failed(`${refused.label} were refused for good: ${answerOf(refused)}`);
  }
  const { status } = broken;
  if (status === null || status >= 500 || status === 408 || status === 429) {
    return failed(`Stats that nobody can read get ${answerOf(broken)}: a device sends them again every second.`);
  }
  return ok(`What can be read is taken; what cannot gets HTTP ${status}.`);
}

function judgeRetryAfter({ all }: Facts): Verdict {
  const limited = all.filter(({ status }) => status === 429);
  if (limited.length === 0) return skipped('No answer was a 429, and none is provoked.');
  return judged(
    limited.map(({ label, headers }) => {
      const value = headers['retry-after'];
      const isSeconds = value !== undefined && /^\d+(\.\d+)?$/.test(value) && Number(value) <= DAY_S;
      return isSeconds ? null : `${label}: Retry-After is ${value ?? 'missing'}.`;
    }),
    `${limited.length} answers were 429, with seconds.`,
  );
}

function judgeChannelCalls({ channels }: Facts): Verdict {
  if (!channels) return skipped(NO_CHANNEL_URL);
  const { list, get, setUnknown, unset } = channels;
  const isCall = (reply: Exchanged | null): string | null => {
    if (!reply) return null;
    const isUnknownMethod = reply.status === null || [404, 405, 501].includes(reply.status);
    return isUnknownMethod || !reply.body ? `${reply.label}: ${answerOf(reply)}.` : null;
  };
  return judged([listProblem(list), isCall(get), isCall(setUnknown), isCall(unset)], 'All are answered.');
}

/** A string id fails the whole list: clients.md §8.4. */
function listProblem(list: Exchanged): string | null {
  if (!isSuccess(list) || !Array.isArray(list.value)) return `${list.label}: ${answerOf(list)}.`;
  const wrong = (list.value as readonly unknown[]).find(
    (row) => !isRecord(row) || !Number.isInteger(row['id']) || typeof row['name'] !== 'string',
  );
  return wrong === undefined ? null : `${list.label}: an entry without a numeric id: ${JSON.stringify(wrong)}.`;
}

function judgeChannelSuccess({ channels }: Facts): Verdict {
  if (!channels) return skipped(NO_CHANNEL_URL);
  const { get, setPublic, setOwn, unset, electronGet } = channels;
  const successes = [get, setPublic, setOwn, unset, electronGet].filter((reply) => reply !== null && isSuccess(reply));
  if (successes.length === 0) return skipped('No channel call succeeded. Needed: a channel for new devices.');
  return judged(
    successes.map((reply) => (reply?.body && 'error' in reply.body ? `${reply.label}: ${answerOf(reply)}.` : null)),
    `${successes.length} successes carry none.`,
  );
}

function judgeGetChannel({ channels }: Facts): Verdict {
  if (!channels) return skipped(NO_CHANNEL_URL);
  const { get, getUnknown } = channels;
  const isUnknown = getUnknown.status === 400 && getUnknown.text.includes('channel_not_found');
  const isFlagged = !isSuccess(get) || typeof get.body?.['allowSet'] === 'boolean';
  // A server may take an unknown choice for none: then it has to be a whole answer.
  const isDefaulted = isSuccess(getUnknown) && textOf(getUnknown.body, 'channel') !== null;
  return judged(
    [
      isUnknown ? null : `${getUnknown.label}: ${answerOf(getUnknown)}${isDefaulted ? ', not 400.' : '.'}`,
      isFlagged ? null : `${get.label}: no boolean allowSet: ${answerOf(get)}.`,
    ],
    `${answerOf(getUnknown)}; ${isSuccess(get) ? 'allowSet is there' : answerOf(get)}.`,
  );
}

function judgeSetChannel({ channels, isReadOnly }: Facts): Verdict {
  if (!channels) return skipped(NO_CHANNEL_URL);
  const { setPublic, setPrivate, setUnknown } = channels;
  const unknown = isRefused(setUnknown) ? null : `${setUnknown.label}, which does not exist: ${answerOf(setUnknown)}.`;
  const refusal = textOf(setPrivate?.body ?? null, 'error') ?? '';
  const isPrivate = /channel_self_set_not_allowed|cannot_update_via_private_channel/.test(refusal);
  const problems = [
    unknown,
    setPublic && isSuccess(setPublic) && setPublic.body?.['unset'] !== true
      ? `${setPublic.label}, a public one: no "unset": true: ${answerOf(setPublic)}.`
      : null,
    setPrivate && !isPrivate ? `${setPrivate.label}, a private one: ${answerOf(setPrivate)}.` : null,
  ];
  if (problems.some((problem) => problem !== null)) return judged(problems, '');
  if (isReadOnly) return skipped('Nothing is set (read-only).');
  if (!setPublic && !setPrivate) {
    return skipped('No public and no private channel is listed. Needed: channels that the list shows.');
  }
  const seen = [setPublic, setPrivate].flatMap((reply) => (reply ? [answerOf(reply)] : []));
  return ok(`${seen.join('; ')}.`);
}

function isRefused(reply: Exchanged): boolean {
  return textOf(reply.body, 'error') !== null;
}

function judgePlainCalls({ all }: Facts): Verdict {
  return judged(
    all.map((reply) => {
      const { status, label } = reply;
      if (status === null) return `${label}: ${answerOf(reply)}.`;
      if (status >= 300 && status < 400) return `${label}: redirected (HTTP ${status}).`;
      return status === 401 || status === 403 || status === 407 ? `${label}: HTTP ${status} asks for a login.` : null;
    }),
    `${all.length} calls without a redirect, a cookie or a login.`,
  );
}
