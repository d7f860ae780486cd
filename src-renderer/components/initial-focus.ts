const FIELDS = 'input:checked, input:not([type="hidden"], [type="radio"], [type="checkbox"]), select, textarea';

/**
 * For the `ref` of a dialog's form: where it opens, the keyboard is in what is to be filled in, else on its first
 * button, which takes nothing away. Without it the library begins at the first thing of the dialog, which closes it.
 * What a form marks by itself stays.
 */
export function beginInside(form: HTMLElement | null): void {
  if (form === null || form.querySelector('[data-autofocus]') !== null) return;
  const first = form.querySelector(FIELDS) ?? form.querySelector('input, button');
  first?.setAttribute('data-autofocus', 'true');
}
