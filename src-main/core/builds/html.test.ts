import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { readHtml } from './html.ts';

const names = (page: string): string[] =>
  [...readHtml(page)].map((part) => (part.kind === 'script' ? `script:${part.content}` : part.name));

describe('reading a page', () => {
  it.each<[string, string, string[]]>([
    ['comments', '<!-- <img> --><img><!--> <p> <!---><b>', ['img', 'p', 'b']],
    ['comments that are not closed', '<img><!-- <p>', ['img']],
    ['conditional comments', '<!--[if IE]><script>x</script><![endif]--><p>', ['p']],
    ['text that is no tag', 'a < b <3 <p> c<', ['p']],
    ['doctype and instructions', '<!DOCTYPE html><?xml version="1.0"?><p>', ['p']],
    ['closing tags', '</p><p></p x="<img>">', ['p']],
    ['scripts with tags in them', '<script>"<img>"</script><p>', ['script:"<img>"', 'p']],
    ['scripts whose end is written otherwise', '<SCRIPT>a</ScRiPt ><p>', ['script:a', 'p']],
    ['scripts with something that is nearly their end', '<script>"</scripts>"</script>', ['script:"</scripts>"']],
    ['scripts that are not closed', '<script>a<p>', ['script:a<p>']],
    ['titles and styles', '<title><img></title><style><b></style><p>', ['title', 'style', 'p']],
    ['what only browsers without scripts see', '<noscript><link rel="stylesheet"></noscript><p>', ['noscript', 'p']],
    ['templates', '<template><img><template><b></template><i></template><p>', ['p']],
    ['a tag that is not closed', '<p><img src="a', ['p', 'img']],
  ])('gets along with %s', (_, page, expected) => {
    expect(names(page)).toEqual(expected);
  });

  it('reads attributes however they are written', () => {
    const [part] = readHtml(
      `<IMG/SRC = a.png alt='x > y' data-x="1"data-y hidden src=b.png title=a&amp;b&#65;&#x42;&bogus; />`,
    );
    expect(part && Object.fromEntries(part.attributes)).toEqual({
      src: 'a.png',
      alt: 'x > y',
      'data-x': '1',
      'data-y': '',
      hidden: '',
      title: 'a&bAB&bogus;',
    });
  });

  it('ends, and quickly, whatever it is given', () => {
    const pieces = fc.constantFrom(
      '<',
      '>',
      '!--',
      '-->',
      '<script',
      '</script',
      '"',
      "'",
      '=',
      ' ',
      'a',
      '/',
      '<template>',
      '&#x110000;',
      '\0',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 60 }), (parts) => {
        expect([...readHtml(parts.join(''))].length).toBeLessThanOrEqual(parts.length);
      }),
    );
    const started = performance.now();
    for (const piece of ['<script', '<!--', '<a b="', '</title', '<title>', '<a =', '<!']) {
      expect([...readHtml(piece.repeat(100_000))].length).toBeLessThanOrEqual(100_000);
    }
    expect(performance.now() - started).toBeLessThan(3000);
  });
});
