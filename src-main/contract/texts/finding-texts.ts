import type { Finding, FindingCode } from '../models/finding.ts';
import { fill } from './fill.ts';

/** English sentences of every finding: what was found, and how to mend it. */
export const findingTexts = {
  INDEX_HTML_MISSING: {
    message: 'There is no index.html at the root.',
    fix: 'Give the folder that your build writes (often dist, www or build); phones silently drop a bundle without it.',
  },
  INDEX_HTML_NESTED: {
    message: 'index.html is in "{root}"; that folder becomes the root.',
    fix: 'Nothing to do. Give that folder directly to avoid this note.',
  },
  NOTIFY_APP_READY_MISSING: {
    message: 'No script calls notifyAppReady().',
    fix: 'Call CapacitorUpdater.notifyAppReady() when your app has started; without it every phone rolls back.',
  },
  REFERENCED_FILE_MISSING: {
    message: 'index.html names "{url}", which the build does not have.',
    fix: 'Build again, or correct the reference; the app would start without this file.',
  },
  REFERENCED_FILE_ABOVE_ROOT: {
    message: 'index.html names "{url}", which lies outside the bundle; "{found}" exists.',
    fix: 'In Capacitor, / is the bundle\'s root. Build with a base path of "/" or "./" (Vite: base, Angular: --base-href).',
  },
  REFERENCED_FILE_CASE: {
    message: 'index.html names "{url}", but the file is called "{found}".',
    fix: 'Write both alike: phones tell upper from lower case, even if your computer does not.',
  },
  REFERENCED_ASSET_MISSING: {
    message: 'index.html names "{url}", which the build does not have.',
    fix: 'Add the file or remove the reference; the app starts without it, but something will be missing.',
  },
  BUILD_EMPTY: {
    message: 'There are no files in the build.',
    fix: 'Build your web app first, then give its output folder.',
  },
  BUILD_LARGE: {
    message: 'The build is {megabytes} MiB; above {limitMegabytes} MiB downloads often fail on slow links.',
    fix: 'Compress images and video, drop source maps, load big media from a server. iOS stops after 25 s by default.',
  },
  FILE_LARGE: {
    message: 'This file alone is {megabytes} MiB.',
    fix: 'Consider compressing it or loading it when needed.',
  },
  TOO_MANY_FILES: {
    message: 'The build has {count} files.',
    fix: 'Phones unpack each one; bundle icons and locales into fewer files if you can.',
  },
  NAME_BACKSLASH: {
    message: 'The name holds a backslash.',
    fix: 'Rename it: phones abort the whole update (windows_path_fail). A zip made on Windows is mended by giving the folder.',
  },
  NAME_CONTROL_CHARACTER: {
    message: 'The name holds a control character.',
    fix: 'Rename it: phones abort the whole update.',
  },
  NAME_ESCAPES_ROOT: {
    message: 'The name climbs out of the folder.',
    fix: 'Rename it: phones abort the whole update (canonical_path_fail).',
  },
  NAME_ABSOLUTE: {
    message: 'The name is an absolute path.',
    fix: 'Make the zip again with relative names, or give the folder.',
  },
  NAME_CASE_CLASH: {
    message: 'The name differs from "{other}" only by case or accents form.',
    fix: 'Rename one of them: iPhones, macOS and Windows keep only one.',
  },
  NAME_TOO_LONG: {
    message: 'The name has {bytes} bytes in one part or {total} in all.',
    fix: 'Shorten it: file systems take 255 bytes a part, and phones about 850 in all.',
  },
  NAME_RESERVED: {
    message: 'The name is reserved on Windows or ends with a dot or space.',
    fix: 'Rename it if anyone builds or unpacks on Windows.',
  },
  NAME_NOT_UTF8: { message: 'The name is not valid UTF-8.', fix: 'Rename it: Android clients crash on such a name.' },
  NAME_NOT_NORMALIZED: {
    message: 'The name is written with separate accents (NFD).',
    fix: 'Rename it with composed letters (NFC), or references from your code may miss it.',
  },
  NAME_DUPLICATE: {
    message: 'The zip has this name more than once.',
    fix: 'Make the zip again; clients disagree on which one wins.',
  },
  NAME_FILE_AND_FOLDER: {
    message: 'The name is both a file and a folder.',
    fix: 'Make the zip again; no client can unpack this.',
  },
  NAME_ENDS_IN_BR: {
    message: 'The name ends in .br.',
    fix: 'Nothing to do: delta updates send it compressed, as devices take .br for that. Other update servers leave it out.',
  },
  SYMLINK_ESCAPES: {
    message: 'The link leads out of the folder, to {target}.',
    fix: 'Copy the file into the build; what lies outside is never published.',
  },
  SYMLINK_BROKEN: { message: 'The link leads nowhere.', fix: 'Remove it or restore its target.' },
  SYMLINK_LOOP: { message: 'The link leads back to a folder above it.', fix: 'Remove the link.' },
  SYMLINK_FOLLOWED: { message: 'A link inside the build; its content is packed in its place.', fix: 'Nothing to do.' },
  FILE_UNREADABLE: {
    message: 'The file cannot be read: {reason}.',
    fix: 'Check its permissions and that no build is writing it.',
  },
  NOT_A_REGULAR_FILE: { message: 'A socket, pipe or device file; it is left out.', fix: 'Remove it from the build.' },
  JUNK_LEFT_OUT: {
    message: 'Left out: {kinds}.',
    fix: 'Nothing to do: they are of no use on a phone.',
  },
  PROJECT_SOURCES: {
    message: 'This looks like the sources of a web app, not its build: its package.json has a build script.',
    fix: 'Build the app, and give the folder that the build writes (often dist, www or build).',
  },
  SOURCE_MAP_INCLUDED: {
    message: '{count} {count|source map|source maps}, {megabytes} MiB, would go to every phone.',
    fix: 'Turn source maps off for this build, or upload them to your crash reporter and delete them.',
  },
  SECRET_INCLUDED: {
    message: 'This looks like a secret ({kind}); every user of the app could read it.',
    fix: 'Remove it from the build, and replace the secret if it was ever published.',
  },
  SERVER_URL_SET: {
    message: 'capacitor.config sets server.url ({url}), which turns live updates off.',
    fix: 'Remove server.url (live reload) and run npx cap sync before you build the app.',
  },
  PLUGIN_VERSION_STRAY: {
    message: 'The project uses @capgo/capacitor-updater {version}, a stray release with old code.',
    fix: 'Pin 8.51.23 (Capacitor 8) or 7.51.21 (Capacitor 7) and run npx cap sync.',
  },
  ZIP_REPACKED: {
    message: 'The zip is packed again: {changes}.',
    fix: 'Nothing to do: devices get a zip that every client reads.',
  },
  ZIP_ENTRY_ENCRYPTED: {
    message: 'The entry has a zip password.',
    fix: 'Make the zip without a password; Slipway encrypts by itself.',
  },
  ZIP_METHOD_UNSUPPORTED: {
    message: 'The entry is compressed by method {method}.',
    fix: 'Make the zip with deflate, or give the folder.',
  },
  ZIP_ENTRY_DAMAGED: {
    message: 'The entry cannot be unpacked: {reason}.',
    fix: 'Make the zip again, or give the folder.',
  },
  ZIP_SYMLINK: {
    message: 'The entry is a link, which phones do not unpack.',
    fix: 'Give the folder, or make the zip without links.',
  },
  ZIP_BOMB: {
    message: 'It unpacks to {megabytes} MiB, out of all proportion to its size.',
    fix: 'Check where this zip came from.',
  },
} as const satisfies Record<FindingCode, { readonly message: string; readonly fix: string }>;

/** The English sentences of a finding, parameters filled in. */
export function describeFinding(finding: Finding): { message: string; fix: string } {
  const { message, fix } = findingTexts[finding.code];
  return { message: fill(message, finding.params), fix: fill(fix, finding.params) };
}
