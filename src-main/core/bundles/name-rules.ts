import { Buffer } from 'node:buffer';

import type { FindingCode } from '#contract/models/finding.ts';

/** What is wrong with a name: a finding without its path. */
export type NameProblem = { readonly code: FindingCode; readonly params?: Readonly<Record<string, string | number>> };

/** What every file system of phones and desktops takes as one segment. */
export const MAXIMUM_SEGMENT_BYTES = 255;
/**
 * iOS takes 1,024 bytes for a whole path (PATH_MAX), of which the app's container and the bundle's folder take about
 * 150: `/var/mobile/Containers/Data/Application/<uuid>/Library/NoCloud/ionic_built_snapshots/<id>/`.
 */
export const MAXIMUM_PATH_BYTES = 850;

/** What nearly all names look like: plain ASCII, no segment that begins with a dot. */
const ordinary = /^[\w-][\w.-]*(?:\/[\w-][\w.-]*)*$/;
/** What the rules below have something to say about among those. */
const remarkable = /(?:^|\/)(?:con|prn|aux|nul|com\d|lpt\d)(?:[./]|$)|\.(?:\/|$)|\.br$/i;

/**
 * Whether none of the rules below says anything about a name. They ask themselves; who asks first spares tens of
 * thousands of names the second and third look.
 */
export function isOrdinary(name: string): boolean {
  return name.length <= MAXIMUM_SEGMENT_BYTES && ordinary.test(name) && !remarkable.test(name);
}

/**
 * A name that no client unpacks, whatever else is right: `\` and NUL abort the whole update with `windows_path_fail`
 * or `canonical_path_fail`, as do absolute names and `..` above the root (protocol/clients.md §5).
 * Returns null for a name that may be used.
 */
export function refusedName(name: string): NameProblem | null {
  if (isOrdinary(name)) return null;
  if (!name.isWellFormed()) return { code: 'NAME_NOT_UTF8' };
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(name)) return { code: 'NAME_CONTROL_CHARACTER' };
  if (name.includes('\\')) return { code: 'NAME_BACKSLASH' };
  if (name.startsWith('/') || /^[A-Za-z]:/.test(name)) return { code: 'NAME_ABSOLUTE' };
  return plainName(name) === null ? { code: 'NAME_ESCAPES_ROOT' } : null;
}

/**
 * The name without `.`, empty and `..` segments, as clients resolve it: a `..` that stays inside is allowed
 * (protocol/clients.md §5). Null when it climbs above the root; empty when it names the root itself.
 */
export function plainName(name: string): string | null {
  if (isOrdinary(name)) return name;
  const segments: string[] = [];
  for (const segment of name.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment !== '..') segments.push(segment);
    else if (segments.pop() === undefined) return null;
  }
  return segments.join('/');
}

const windowsDevices = /^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)/i;
const windowsCharacters = /[<>:"|?*]/;

/** Rules for a plain relative name that may break on some file system or later in a delta update. */
export function nameProblems(path: string): NameProblem[] {
  if (isOrdinary(path)) return [];
  const problems: NameProblem[] = [];
  const segments = path.split('/');
  const total = Buffer.byteLength(path);
  const bytes = Math.max(...segments.map((segment) => Buffer.byteLength(segment)));
  if (bytes > MAXIMUM_SEGMENT_BYTES || total > MAXIMUM_PATH_BYTES) {
    problems.push({ code: 'NAME_TOO_LONG', params: { bytes, total } });
  }
  if (
    segments.some((segment) => windowsDevices.test(segment) || windowsCharacters.test(segment) || /[. ]$/.test(segment))
  ) {
    problems.push({ code: 'NAME_RESERVED' });
  }
  if (path !== path.normalize('NFC')) problems.push({ code: 'NAME_NOT_NORMALIZED' });
  // Case-sensitive suffix, as clients test it: protocol/clients.md §6.2.
  if (path.endsWith('.br')) problems.push({ code: 'NAME_ENDS_IN_BR' });
  return problems;
}

/** What a file system that ignores case and accents' form (macOS, Windows, iOS simulators) takes for the same name. */
export function foldName(path: string): string {
  if (/^[ -~]*$/.test(path)) return path.toLowerCase();
  return path.normalize('NFC').toUpperCase().toLowerCase();
}

export type NameClash = {
  readonly code: 'NAME_CASE_CLASH' | 'NAME_FILE_AND_FOLDER';
  readonly path: string;
  readonly other: string;
};

/** Names that cannot lie side by side. `paths` are plain, relative and without duplicates. */
export function findClashes(paths: Iterable<string>): NameClash[] {
  const clashes: NameClash[] = [];
  const files = new Map<string, string>();
  for (const path of paths) {
    const folded = foldName(path);
    const other = files.get(folded);
    if (other === undefined) files.set(folded, path);
    else clashes.push({ code: 'NAME_CASE_CLASH', path, other });
  }
  const reported = new Set<string>();
  const seenFolders = new Set<string>();
  let lastFolder = '';
  for (const path of files.values()) {
    // Neighbours mostly lie in one folder.
    if (lastFolder !== '' && path.startsWith(lastFolder) && !path.includes('/', lastFolder.length)) continue;
    lastFolder = path.slice(0, path.lastIndexOf('/') + 1);
    for (let slash = path.indexOf('/'); slash !== -1; slash = path.indexOf('/', slash + 1)) {
      const folder = path.slice(0, slash);
      if (seenFolders.has(folder)) continue;
      seenFolders.add(folder);
      const file = files.get(foldName(folder));
      if (file === undefined || reported.has(file)) continue;
      reported.add(file);
      clashes.push({ code: file === folder ? 'NAME_FILE_AND_FOLDER' : 'NAME_CASE_CLASH', path: file, other: path });
    }
  }
  return clashes;
}

/** Order of names in a bundle: by the bytes of their UTF-8 form, which JavaScript's own order of strings is not. */
export function compareNames(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index += 1) {
    const a = left.charCodeAt(index);
    const b = right.charCodeAt(index);
    if (a !== b) return byteRank(a) - byteRank(b);
  }
  return left.length - right.length;
}

/** Surrogates stand for characters above U+FFFF, so they sort after U+E000 to U+FFFF in UTF-8. */
function byteRank(unit: number): number {
  if (unit >= 0xe000) return unit - 0x800;
  return unit >= 0xd800 ? unit + 0x2000 : unit;
}
