import { isRecord } from '../updates/parse-request.ts';

/** A JSON object as it came, untrusted. */
export type ReplyFields = Readonly<Record<string, unknown>>;

/** Null for what is no JSON object. */
export function parseObject(text: string): ReplyFields | null {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

/** Own properties only. */
export function fieldOf(body: ReplyFields | null, key: string): unknown {
  return body && Object.hasOwn(body, key) ? body[key] : undefined;
}

/** Null when absent, empty, or no text. */
export function textOf(body: ReplyFields | null, key: string): string | null {
  const value = fieldOf(body, key);
  return typeof value === 'string' && value !== '' ? value : null;
}
