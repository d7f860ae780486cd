import type { RequestBody } from '../device-gateway.ts';

/** Characters of JSON that the log keeps of one payload. */
const MAX_PAYLOAD = 32 * 1024;
export const KEPT_OF_LARGE = 4 * 1024;

/** A payload as the log keeps it: whole, or its beginning. */
export function keptPayload(value: unknown): unknown {
  const text = JSON.stringify(value) ?? 'null';
  if (text.length <= MAX_PAYLOAD) return value;
  return { truncated: true, characters: text.length, beginning: text.slice(0, KEPT_OF_LARGE).toWellFormed() };
}

/** What was sent, as far as it could be read. */
export function keptBody(body: RequestBody): unknown {
  if (body.kind !== 'unreadable') return keptPayload(body.value);
  return body.text === '' ? null : body.text.slice(0, KEPT_OF_LARGE).toWellFormed();
}

/** The pairing token is all that a device needs: the log, which people share, shows its beginning only. */
export function shortenToken(text: string, token: string): string {
  return token === '' ? text : text.replaceAll(token, `${token.slice(0, 4)}…`);
}
