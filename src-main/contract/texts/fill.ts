/** A sentence pair of the catalogue: what happened, and what to do next. `{name}` stands for a parameter. */
export type Sentences = { readonly message: string; readonly hint: string };

type Fillable = string | number | boolean | null | undefined | readonly string[];

/** Puts parameters into `{name}` places; arrays are joined with commas, a missing one stays visible as `?`. */
export function fill(template: string, params: Readonly<Record<string, Fillable>>): string {
  return template.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = params[name];
    if (value === undefined || value === null || value === '') return '?';
    if (typeof value === 'object') return value.join(', ');
    return String(value);
  });
}
