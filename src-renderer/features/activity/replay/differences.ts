/** One place where two answers are not the same. */
export type Difference = {
  /** `status`, or the path into the body: `url`, `manifest[2].file_hash`. */
  readonly path: string;
  readonly kind: 'changed' | 'added' | 'removed';
  /** As JSON; empty where there is nothing. */
  readonly before: string;
  readonly after: string;
};

type Answer = { readonly status: number | null; readonly body: unknown };

/** More than these nobody reads; a body that is another one altogether is told in its first ones. */
const MAX_DIFFERENCES = 50;

/** Where two answers differ, field by field. */
export function differencesOf(before: Answer, after: Answer): readonly Difference[] {
  const found: Difference[] = [];
  compare('status', before.status, after.status, found);
  compare('', before.body, after.body, found);
  return found.slice(0, MAX_DIFFERENCES);
}

function compare(path: string, before: unknown, after: unknown, found: Difference[]): void {
  if (found.length >= MAX_DIFFERENCES || before === after) return;
  if (Array.isArray(before) && Array.isArray(after)) {
    const length = Math.max(before.length, after.length);
    for (let index = 0; index < length; index += 1) compare(`${path}[${index}]`, before[index], after[index], found);
    return;
  }
  if (isObject(before) && isObject(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      compare(path === '' ? key : `${path}.${key}`, before[key], after[key], found);
    }
    return;
  }
  found.push({
    path,
    kind: before === undefined ? 'added' : after === undefined ? 'removed' : 'changed',
    before: textOf(before),
    after: textOf(after),
  });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string {
  return value === undefined ? '' : JSON.stringify(value);
}
