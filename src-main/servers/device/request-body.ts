import type { RequestBody } from '#core/device-gateway.ts';

/** What is kept of a body that is no JSON, to show it. */
const KEPT_TEXT = 2_000;

/** Reads a body as JSON whatever its content type says: clients send it under several names (protocol/clients.md §1.1). */
export function readBody(bytes: Buffer): RequestBody {
  if (bytes.length === 0) return { kind: 'unreadable', reason: 'empty', text: '' };
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
  if (text.trim() === '') return { kind: 'unreadable', reason: 'empty', text: '' };
  try {
    return { kind: 'json', value: JSON.parse(text) as unknown };
  } catch {
    return { kind: 'unreadable', reason: 'invalid_json', text: text.slice(0, KEPT_TEXT) };
  }
}
