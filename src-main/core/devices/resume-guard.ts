import type { BodyRivals, ServedBody } from '../storage/release-file-repository.ts';

/** One request for a body of a delta manifest. */
type BodyRequest = {
  /** Null: the address does not name one, as after a restart; of it nothing is known, nor remembered. */
  readonly device: string | null;
  readonly body: Pick<ServedBody, 'contentSha256' | 'isBrotli'> & { readonly sha256: string };
  readonly hasRange: boolean;
};

export type ResumeAnswer = {
  /** False: the device gets the whole body, which it takes instead of what it has (protocol/clients.md §6.4). */
  readonly mayResume: boolean;
  /** To be called when the whole body was sent. */
  readonly sentWhole: () => void;
};

export type ResumeGuard = { ask(request: BodyRequest): ResumeAnswer };

/** Bodies that devices got last; the ones asked for least recently go first. */
const KEPT = 20_000;
/** Is the SHA-256 of no body. */
const UNCLEAR = '';

/**
 * Keeps a device from adding the end of one body to the beginning of another.
 *
 * What is left of a broken transfer is kept by the client under the hash of the finished file and its name, for an hour
 * and beyond releases, and `Range` is sent without If-Range (protocol/clients.md §6.4). But an encrypted file has
 * another body in each release: its own session key. Half of the old one and half of the new one open to nothing, and on
 * iOS the version is never tried again (§6.5). So a part is sent only where the beginning must be of this very body:
 * because there is no other for that content and name, or because this one is what the device got last. Otherwise it
 * gets the whole, as RFC 9110 §14.2 allows, and both clients then forget the part that they had.
 */
export function createResumeGuard(rivalsOf: (bodySha256: string) => BodyRivals): ResumeGuard {
  const lastBody = new Map<string, string>();

  function remember(key: string, sha256: string): void {
    lastBody.delete(key);
    lastBody.set(key, sha256);
    const [oldest] = lastBody.keys();
    if (lastBody.size > KEPT && oldest !== undefined) lastBody.delete(oldest);
  }

  return {
    ask({ device, body: { sha256, contentSha256, isBrotli }, hasRange }) {
      if (device === null) return { mayResume: !hasRange || !rivalsOf(sha256).hasOthers, sentWhole: () => undefined };
      const key = `${device}\n${contentSha256}${isBrotli ? '.br' : ''}`;
      const mayResume = !hasRange || isSafe(lastBody.get(key), sha256, rivalsOf);
      // Without a Range the device has nothing of it yet. Of one that is given the whole instead of the rest, nobody knows
      // what it has, the old part or a new one, until all of it was sent.
      remember(key, mayResume ? sha256 : UNCLEAR);
      return { mayResume, sentWhole: () => remember(key, sha256) };
    },
  };
}

function isSafe(last: string | undefined, sha256: string, rivalsOf: (bodySha256: string) => BodyRivals): boolean {
  if (last !== undefined && last !== sha256) return false;
  const { hasOthers, paths } = rivalsOf(sha256);
  if (!hasOthers) return true;
  // Files of equal content share a body, but the client keeps a part for each name.
  return last === sha256 && paths === 1;
}
