/** As the core demands it. */
const MIN_PASSPHRASE_CHARACTERS = 8;

/** Twice the same, long enough. */
export function isNewPassphrase(value: string, again: string): boolean {
  return value.length >= MIN_PASSPHRASE_CHARACTERS && value === again;
}
