import { plainName } from '../bundles/name-rules.ts';
import { textOf } from '../simulator/reply-fields.ts';
import { isRecord } from '../updates/parse-request.ts';
import type { Facts, FileFacts } from './facts.ts';
import { failed, judged, NOTHING_OFFERED, ok, skipped, type Row, type Verdict } from './verdict.ts';

/** The whole transfer, by default: clients.md §2.2. */
const IOS_MS = 25_000;
const NO_MANIFEST = 'No offer carried a manifest. Needed: a release with delta files.';

/** Rows 15 to 22: what offers name. */
export const fileRows: readonly Row[] = [
  { row: 15, title: 'delivers zips with Content-Length, index.html at the root and plain names', judge: judgeZip },
  { row: 16, title: 'answers Range with 206', judge: judgeRange },
  { row: 17, title: 'answers a Range at the end with 416', judge: judgeBeyond },
  { row: 18, title: 'delivers a zip within the 25 s of iOS', judge: judgeTime },
  { row: 19, title: 'gives every manifest entry a name, a hash and an encoded address', judge: judgeEntries },
  { row: 20, title: 'names brotli .br, and no two entries for one file', judge: judgeNames },
  { row: 21, title: 'survives 64 file requests at a time', judge: judgeParallel },
  { row: 22, title: 'has every file that a manifest names', judge: judgeComplete },
];

function problemOf({ whole }: FileFacts): string | null {
  if (whole.problem !== null) return `The file could not be fetched: ${whole.problem}.`;
  return whole.status === 200 ? null : `The file was answered with HTTP ${whole.status ?? 0}.`;
}

function judgeZip({ zip, store, electron }: Facts): Verdict {
  if (!zip) return skipped(NOTHING_OFFERED);
  const problem = problemOf(zip);
  if (problem !== null) return failed(problem);
  const { contentLength, bytes } = zip.whole;
  const length =
    contentLength === bytes
      ? null
      : `Content-Length is ${contentLength ?? 'missing'}, ${bytes} bytes came: phones show no progress.`;
  const isEncrypted = [store, electron].some(
    ({ body }) => textOf(body, 'url') === zip.url && textOf(body, 'session_key') !== null,
  );
  if (isEncrypted) return judged([length], `${bytes} bytes; encrypted, so what is in it is not looked at.`);
  if (!zip.names) return failed('The file is no zip that can be read.');
  const bad = zip.names.find((name) => name.includes('\\') || name.startsWith('/') || plainName(name) === null);
  return judged(
    [
      length,
      zip.names.includes('index.html') ? null : 'There is no index.html at the root.',
      bad === undefined ? null : `The name ${JSON.stringify(bad)} is refused by clients.`,
    ],
    `${bytes} bytes, ${zip.names.length} entries.`,
  );
}

function filesOf({ zip, manifest }: Facts): FileFacts[] {
  return [zip, manifest?.sample ?? null].filter((file) => file !== null);
}

function judgeRange(facts: Facts): Verdict {
  const files = filesOf(facts);
  if (files.length === 0) return skipped(NOTHING_OFFERED);
  return judged(
    files.map((file) => {
      const problem = problemOf(file);
      if (problem !== null) return problem;
      const { status, contentRange, isRight } = file.part;
      if (file.whole.bytes < 2) return null;
      if (status !== 206) return `A Range was answered with HTTP ${status ?? 0}: ${file.url}.`;
      const total = new RegExp(String.raw`^bytes ${Math.floor(file.whole.bytes / 2)}-\d+/${file.whole.bytes}$`);
      // Newer Android clients refuse a 206 without the whole length (Appendix C, row 7).
      if (!total.test(contentRange ?? '')) return `Content-Range is ${contentRange ?? 'missing'}: ${file.url}.`;
      return isRight ? null : `The part has other bytes than the whole: ${file.url}.`;
    }),
    '206, with a Content-Range that names the whole, and the right bytes.',
  );
}

function judgeBeyond(facts: Facts): Verdict {
  const files = filesOf(facts);
  if (files.length === 0) return skipped(NOTHING_OFFERED);
  return judged(
    files.map((file) => {
      const problem = problemOf(file);
      if (problem !== null) return problem;
      const { status } = file.beyond;
      return status === 416 ? null : `A Range at the end was answered with HTTP ${status ?? 0}: ${file.url}.`;
    }),
    '416.',
  );
}

function judgeTime({ zip }: Facts): Verdict {
  if (!zip) return skipped(NOTHING_OFFERED);
  const problem = problemOf(zip);
  if (problem !== null) return failed(problem);
  const seconds = (zip.whole.tookMs / 1000).toFixed(1);
  return zip.whole.tookMs <= IOS_MS
    ? ok(`${seconds} s from here; a phone on a slower network may take longer.`)
    : failed(`${seconds} s: iOS gives up after 25 s unless responseTimeout is raised.`);
}

function judgeEntries({ manifest }: Facts): Verdict {
  if (!manifest) return skipped(NO_MANIFEST);
  if (manifest.entries.length === 0) return failed('The manifest is empty: Android fails, iOS sets an empty bundle.');
  return judged(
    manifest.entries.map((entry) => {
      const fields = isRecord(entry) ? entry : null;
      const missing = ['file_name', 'file_hash', 'download_url'].find((key) => textOf(fields, key) === null);
      if (missing !== undefined) return `An entry has no ${missing}: ${JSON.stringify(entry).slice(0, 120)}.`;
      const url = textOf(fields, 'download_url') ?? '';
      // What `URL(string:)` refuses (clients.md §6.4).
      return /^https?:\/\/[\u0021-\u007e]+$/i.test(url) && URL.canParse(url)
        ? null
        : `download_url is not percent-encoded: ${url}.`;
    }),
    `${manifest.entries.length} entries.`,
  );
}

function judgeNames({ manifest }: Facts): Verdict {
  if (!manifest) return skipped(NO_MANIFEST);
  const targets = new Set<string>();
  return judged(
    manifest.entries.map((entry) => {
      const name = textOf(isRecord(entry) ? entry : null, 'file_name');
      if (name === null) return null;
      const isRefused = /[\\\0]/.test(name) || name.startsWith('/') || name.split('/').includes('..');
      if (isRefused) return `The name ${JSON.stringify(name)} is refused by clients.`;
      const target = name.endsWith('.br') ? name.slice(0, -'.br'.length) : name;
      if (targets.has(target)) return `Two entries are for ${target}.`;
      targets.add(target);
      return null;
    }),
    `${targets.size} different files.`,
  );
}

function judgeParallel({ manifest }: Facts): Verdict {
  if (!manifest) return skipped(NO_MANIFEST);
  if (manifest.failures.length > 0) return failed(`Of ${manifest.asked} at a time: ${manifest.failures[0] ?? ''}.`);
  return ok(`${manifest.asked} files, all asked for at once.`);
}

function judgeComplete({ manifest }: Facts): Verdict {
  if (!manifest) return skipped(NO_MANIFEST);
  return judged(
    manifest.failures.map((failure) => `${failure}.`),
    `${manifest.asked} of ${manifest.entries.length} files fetched. That a broken version gets a new name cannot be seen from outside.`,
  );
}
