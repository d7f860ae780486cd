import { foldName } from '#core/bundles/name-rules.ts';

import { readHtml } from './html.ts';

/** A file that a page names. */
export type Reference = {
  /** As written. */
  readonly url: string;
  /** The app does not start without it: a script or a style sheet. */
  readonly isVital: boolean;
};

export type PageReferences = { readonly references: readonly Reference[]; readonly baseHref: string | null };

/** Served by Capacitor itself for old Cordova plugins, whatever the bundle holds. */
const servedByCapacitor = new Set(['cordova.js', 'cordova_plugins.js', 'capacitor.js']);

/** The files that a page loads by its tags: scripts, style sheets, icons, manifest, preloads, images, media. */
export function readReferences(page: string): PageReferences {
  const references: Reference[] = [];
  let baseHref: string | null = null;
  const add = (url: string | undefined, isVital: boolean): void => {
    const trimmed = url?.trim();
    if (trimmed) references.push({ url: trimmed, isVital });
  };
  for (const part of readHtml(page)) {
    const { attributes } = part;
    if (part.kind === 'script') {
      if (isJavaScript(attributes.get('type'))) add(attributes.get('src'), true);
      continue;
    }
    if (part.name === 'base') baseHref ??= attributes.get('href') ?? null;
    else if (part.name === 'link') {
      const kind = linkKind(attributes.get('rel') ?? '', attributes.get('as'));
      if (kind) add(attributes.get('href'), kind === 'vital');
    } else if (part.name === 'img' || part.name === 'source') {
      add(attributes.get('src'), false);
      for (const url of readSrcset(attributes.get('srcset') ?? '')) add(url, false);
    } else if (part.name === 'video' || part.name === 'audio' || part.name === 'track') {
      add(attributes.get('src'), false);
      add(attributes.get('poster'), false);
    }
  }
  return { references, baseHref };
}

function isJavaScript(type: string | undefined): boolean {
  const plain = type?.trim().toLowerCase() ?? '';
  return plain === '' || plain === 'module' || /^(text|application)\/(x-)?(java|ecma)script$/.test(plain);
}

function linkKind(rel: string, as: string | undefined): 'vital' | 'asset' | null {
  const words = new Set(rel.toLowerCase().split(/\s+/));
  if (words.has('stylesheet')) return words.has('alternate') ? 'asset' : 'vital';
  if (words.has('modulepreload')) return 'vital';
  if (words.has('preload')) return as === 'script' || as === 'style' ? 'vital' : 'asset';
  const assets = [
    'icon',
    'apple-touch-icon',
    'apple-touch-icon-precomposed',
    'apple-touch-startup-image',
    'mask-icon',
    'manifest',
  ];
  return assets.some((word) => words.has(word)) ? 'asset' : null;
}

/** The addresses of a `srcset`; commas may also stand inside them. */
export function readSrcset(srcset: string): string[] {
  const urls: string[] = [];
  const candidate = /[\s,]*(\S+)([^,]*)/g;
  for (const [, url = '', rest = ''] of srcset.matchAll(candidate)) {
    const plain = url.replace(/,+$/, '');
    if (plain) urls.push(plain);
    // With a comma at its end the address had no descriptor: what followed belongs to the next one.
    if (plain !== url && rest.trim()) urls.push(...readSrcset(rest));
  }
  return urls;
}

export type ReferenceProblem =
  | { readonly code: 'REFERENCED_FILE_MISSING' | 'REFERENCED_ASSET_MISSING'; readonly url: string }
  | {
      readonly code: 'REFERENCED_FILE_ABOVE_ROOT' | 'REFERENCED_FILE_CASE';
      readonly url: string;
      readonly found: string;
    };

const pageUrl = new URL('http://bundle.invalid/index.html');

/** What a phone would not find of the files that the root's `index.html` names. */
export function checkReferences(page: PageReferences, paths: readonly string[]): ReferenceProblem[] {
  const known = new Set(paths);
  const missing = new Map<string, Reference>();
  for (const reference of page.references) {
    const path = resolveInBundle(reference.url, page.baseHref);
    if (path !== null && !known.has(path) && !missing.has(path)) missing.set(path, reference);
  }
  if (missing.size === 0) return [];
  const byFolded = new Map(paths.map((path) => [foldName(path), path]));
  const topFolders = new Set(
    paths.filter((path) => path.includes('/')).map((path) => path.slice(0, path.indexOf('/'))),
  );
  const problems: ReferenceProblem[] = [];
  for (const [path, { url, isVital }] of missing) {
    const differentCase = byFolded.get(foldName(path));
    const below = topFolders.has(path.split('/')[0] ?? '') ? undefined : findBelow(path, known);
    if (differentCase !== undefined) problems.push({ code: 'REFERENCED_FILE_CASE', url, found: differentCase });
    else if (below !== undefined) problems.push({ code: 'REFERENCED_FILE_ABOVE_ROOT', url, found: below });
    else {
      const isNeeded = isVital && !servedByCapacitor.has(path);
      problems.push({ code: isNeeded ? 'REFERENCED_FILE_MISSING' : 'REFERENCED_ASSET_MISSING', url });
    }
  }
  return problems;
}

/**
 * Where a phone looks for an address: in Capacitor `/` is the bundle's root. Null for what lies elsewhere (http,
 * data, another host).
 */
export function resolveInBundle(url: string, baseHref: string | null): string | null {
  const base = baseHref === null ? pageUrl : parseUrl(baseHref, pageUrl);
  const target = base && parseUrl(url, base);
  if (!target || target.origin !== pageUrl.origin) return null;
  const path = decodePath(target.pathname).replace(/^\/+/, '');
  if (path === '') return null;
  return path.endsWith('/') ? `${path}index.html` : path;
}

/** The file that stands where the address would lead without its first folders: a base path that is none here. */
function findBelow(path: string, known: ReadonlySet<string>): string | undefined {
  for (let slash = path.indexOf('/'); slash !== -1; slash = path.indexOf('/', slash + 1)) {
    const rest = path.slice(slash + 1);
    if (known.has(rest)) return rest;
  }
  return undefined;
}

function parseUrl(url: string, base: URL): URL | null {
  return URL.parse(url, base.href);
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
