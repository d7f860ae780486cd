import type { FetchBackSecret } from '../releases/fetch-back-secret.ts';

/** Header of a request that a person sends again from the log: our secret, and the row it comes from. */
export const REPLAY_HEADER = 'x-slipway-replay';

export function replayMark(secret: FetchBackSecret, id: number): string {
  return `${secret.value}.${id}`;
}

/** Id of the row that a request repeats; null for what a device sent, whatever its headers say. */
export function readReplayMark(secret: FetchBackSecret, headers: Readonly<Record<string, string>>): number | null {
  const [value, id] = headers[REPLAY_HEADER]?.split('.') ?? [];
  return secret.matches(value) && id !== undefined && /^\d{1,15}$/.test(id) ? Number(id) : null;
}
