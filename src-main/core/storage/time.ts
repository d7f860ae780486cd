/** Database milliseconds as the contract's timestamps. */
export function toTimestamp(ms: number): string {
  return new Date(ms).toISOString();
}

export function toNullableTimestamp(ms: number | null): string | null {
  return ms === null ? null : toTimestamp(ms);
}
