import { englishUnits, type Units } from './units.ts';

/** A sentence pair of the catalogue: what happened, and what to do next. `{name}` stands for a parameter. */
export type Sentences = { readonly message: string; readonly hint: string };

type Fillable = string | number | boolean | null | undefined | readonly string[];

/**
 * Puts parameters into `{name}` places; arrays are joined with commas, a missing one stays visible as `?`. Numbers are
 * written as they are, but those that end in `Bytes` or `Count`, and fractions, as the language writes them.
 * `{name|file|files}` is the first word where the language counts that number as one, else the second.
 */
export function fill(
  template: string,
  params: Readonly<Record<string, Fillable>>,
  units: Units = englishUnits,
): string {
  return template.replaceAll(
    /\{(\w+)(?:\|([^|{}]*)\|([^|{}]*))?\}/g,
    (_, name: string, one?: string, many?: string) => {
      const value = params[name];
      if (one !== undefined && many !== undefined) return units.isOne(Number(value)) ? one : many;
      if (value === undefined || value === null || value === '') return '?';
      if (typeof value === 'object') return value.join(', ');
      return typeof value === 'number' ? numberText(name, value, units) : String(value);
    },
  );
}

function numberText(name: string, value: number, units: Units): string {
  if (name.endsWith('Bytes')) return units.bytes(value);
  if (name.endsWith('Count')) return units.count(value);
  return Number.isInteger(value) ? String(value) : units.decimal(value);
}
