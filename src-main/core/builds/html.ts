/** What the check needs of a page, in the order of the page. Comments, text and inert content are left out. */
export type HtmlPart =
  | { readonly kind: 'tag'; readonly name: string; readonly attributes: ReadonlyMap<string, string> }
  /** A script with its content between the tags, empty for one with `src`. */
  | { readonly kind: 'script'; readonly attributes: ReadonlyMap<string, string>; readonly content: string };

/** Elements whose content is text to a browser that runs scripts. */
const rawTextElements = new Set([
  'script',
  'style',
  'textarea',
  'title',
  'xmp',
  'iframe',
  'noembed',
  'noframes',
  'noscript',
]);
const SPACE = /[\t\n\f\r ]/;

/**
 * Reads a page as tolerantly as a browser's tokenizer: broken pages give what a browser would find in them.
 * Takes time in proportion to the page, whatever it holds.
 */
export function* readHtml(page: string): Generator<HtmlPart> {
  let at = 0;
  let templates = 0;
  for (;;) {
    const open = page.indexOf('<', at);
    if (open === -1) return;
    const next = page[open + 1] ?? '';
    if (page.startsWith('<!--', open)) {
      at = endOfComment(page, open);
    } else if (next === '/' && /[a-z]/i.test(page[open + 2] ?? '')) {
      const tag = readTag(page, open + 2);
      if (tag.name === 'template') templates = Math.max(0, templates - 1);
      at = tag.end;
    } else if (/[a-z]/i.test(next)) {
      const tag = readTag(page, open + 1);
      at = tag.end;
      let content = '';
      if (rawTextElements.has(tag.name)) {
        const close = findClosingTag(page, tag.name, at);
        content = page.slice(at, close);
        at = close;
      }
      if (tag.name === 'template') templates += 1;
      // What stands in a template is loaded only when a script makes use of it.
      else if (templates === 0) {
        yield tag.name === 'script'
          ? { kind: 'script', attributes: tag.attributes, content }
          : { kind: 'tag', name: tag.name, attributes: tag.attributes };
      }
    } else if (next === '!' || next === '?' || next === '/') {
      const close = page.indexOf('>', open);
      at = close === -1 ? page.length : close + 1;
    } else {
      at = open + 1;
    }
  }
}

function endOfComment(page: string, open: number): number {
  // `<!-->` and `<!--->` are whole comments.
  const shortest = /^<!---?>/.exec(page.slice(open, open + 6));
  if (shortest) return open + shortest[0].length;
  const close = /--!?>/g;
  close.lastIndex = open + 4;
  return close.exec(page) ? close.lastIndex : page.length;
}

function findClosingTag(page: string, name: string, from: number): number {
  const close = new RegExp(`</${name}(?=[\\t\\n\\f\\r />])`, 'gi');
  close.lastIndex = from;
  return close.exec(page)?.index ?? page.length;
}

/** Reads from the first letter of a tag's name to behind its `>`. */
function readTag(page: string, from: number): { name: string; attributes: Map<string, string>; end: number } {
  let at = from;
  while (at < page.length && !/[\t\n\f\r />]/.test(page.charAt(at))) at += 1;
  const name = page.slice(from, at).toLowerCase();
  const attributes = new Map<string, string>();
  for (;;) {
    while (at < page.length && (SPACE.test(page.charAt(at)) || page.charAt(at) === '/')) at += 1;
    if (at >= page.length) return { name, attributes, end: page.length };
    if (page.charAt(at) === '>') return { name, attributes, end: at + 1 };

    const nameStart = at;
    at += 1;
    while (at < page.length && !/[\t\n\f\r />=]/.test(page.charAt(at))) at += 1;
    const attribute = page.slice(nameStart, at).toLowerCase();
    while (at < page.length && SPACE.test(page.charAt(at))) at += 1;
    let value = '';
    if (page.charAt(at) === '=') {
      at += 1;
      while (at < page.length && SPACE.test(page.charAt(at))) at += 1;
      const quote = page.charAt(at);
      if (quote === '"' || quote === "'") {
        const close = page.indexOf(quote, at + 1);
        const end = close === -1 ? page.length : close;
        value = page.slice(at + 1, end);
        at = end + 1;
      } else {
        const start = at;
        while (at < page.length && !/[\t\n\f\r >]/.test(page.charAt(at))) at += 1;
        value = page.slice(start, at);
      }
    }
    // Of two attributes with one name the first counts.
    if (!attributes.has(attribute)) attributes.set(attribute, decodeEntities(value));
  }
}

const namedEntities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** The entities that occur in addresses. */
function decodeEntities(text: string): string {
  if (!text.includes('&')) return text;
  return text.replaceAll(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(amp|lt|gt|quot|apos));/gi, (whole, hex, decimal, name) => {
    if (name) return namedEntities[String(name).toLowerCase()] ?? whole;
    const code = hex ? Number.parseInt(String(hex), 16) : Number(decimal);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
  });
}
