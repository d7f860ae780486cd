/** Keys whose values never reach the log, at any depth of what is logged. */
const SECRET_KEY =
  /^(token|secret|authorization|cookie|set-cookie|session_?key|private_?key|pass(word|phrase)|sealed|credential)$/i;

const REMOVED = '[removed]';
const MAX_DEPTH = 8;

/** A copy of log fields without the values of secret keys. */
export function redactFields(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return '[deep]';
  if (value instanceof Error || ArrayBuffer.isView(value)) return value instanceof Error ? value : '[bytes]';
  if (Array.isArray(value)) return value.map((entry) => redactFields(entry, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [
      key,
      SECRET_KEY.test(key) && entry !== null && entry !== undefined ? REMOVED : redactFields(entry, depth + 1),
    ]),
  );
}

/**
 * Takes secrets out of finished log lines wherever a message or an error carried them: pairing tokens in device URLs
 * (design/command-line.md §4), the token of the control address, bearer headers, PEM private keys.
 */
export function redactLine(line: string): string {
  return line
    .replaceAll(/\/[A-Za-z0-9_-]{22}(?=\/(?:updates|stats|channel_self|bundles|files)\b)/g, `/${REMOVED}`)
    .replaceAll(/([?&]token=)[^&"'\s\\]+/g, `$1${REMOVED}`)
    .replaceAll(/(Bearer )[A-Za-z0-9._~+/=-]+/gi, `$1${REMOVED}`)
    .replaceAll(/-----BEGIN [A-Z ]*PRIVATE KEY-----.*?-----END [A-Z ]*PRIVATE KEY-----/gs, REMOVED);
}
