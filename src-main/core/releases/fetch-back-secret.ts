import { randomBytes, timingSafeEqual } from 'node:crypto';

/** Header of the requests by which a publish fetches its own release back. */
export const FETCH_BACK_HEADER = 'x-slipway-verify';

/** Tells our own fetch-back check from a device, so that it does not show in the log. New in every process. */
export type FetchBackSecret = {
  /** The header value to send. */
  readonly value: string;
  /** Whether a header value that came in is ours. */
  matches(value: string | undefined): boolean;
};

export function createFetchBackSecret(): FetchBackSecret {
  const value = randomBytes(24).toString('base64url');
  const expected = Buffer.from(value);
  return {
    value,
    matches(candidate) {
      if (candidate === undefined) return false;
      const given = Buffer.from(candidate);
      return given.length === expected.length && timingSafeEqual(given, expected);
    },
  };
}
