import { describe, expect, it } from 'vitest';

import { beginInside } from './initial-focus.ts';

function begun(html: string): string | undefined {
  const form = document.createElement('form');
  form.innerHTML = html;
  beginInside(form);
  return form.querySelector('[data-autofocus]')?.id;
}

const buttons = '<button id="cancel"></button><button id="go" type="submit"></button>';

describe('where the keyboard is when a dialog opens', () => {
  it.each([
    ['its first field', `<input id="name"><input id="note">${buttons}`, 'name'],
    ['the choice that stands', `<input type="radio" id="a"><input type="radio" id="b" checked>${buttons}`, 'b'],
    ['the first choice where none stands', `<input type="radio" id="a"><input type="radio" id="b">${buttons}`, 'a'],
    [
      'a field before a box to tick',
      `<input type="checkbox" id="box"><textarea id="text"></textarea>${buttons}`,
      'text',
    ],
    ['the button that takes nothing away, without fields', `<p>Sure?</p>${buttons}`, 'cancel'],
    ['what the form says itself', `<input id="name"><input id="note" data-autofocus>${buttons}`, 'note'],
  ])('is %s', (_, html, id) => {
    expect(begun(html)).toBe(id);
  });
});
