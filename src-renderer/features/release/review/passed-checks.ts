import { findingCodes, findingSeverity, type Finding, type FindingCode } from '#contract/models/finding.ts';

/** Notes say what was done, not what could be wrong: they are no checks. Names are one check for a person. */
const groups = {
  indexHtml: ['INDEX_HTML_MISSING'],
  sources: ['PROJECT_SOURCES'],
  ready: ['NOTIFY_APP_READY_MISSING'],
  references: [
    'REFERENCED_FILE_MISSING',
    'REFERENCED_FILE_ABOVE_ROOT',
    'REFERENCED_FILE_CASE',
    'REFERENCED_ASSET_MISSING',
  ],
  size: ['BUILD_EMPTY', 'BUILD_LARGE', 'TOO_MANY_FILES'],
  names: [
    'NAME_BACKSLASH',
    'NAME_CONTROL_CHARACTER',
    'NAME_ESCAPES_ROOT',
    'NAME_ABSOLUTE',
    'NAME_CASE_CLASH',
    'NAME_TOO_LONG',
    'NAME_RESERVED',
    'NAME_NOT_UTF8',
    'NAME_NOT_NORMALIZED',
    'NAME_DUPLICATE',
    'NAME_FILE_AND_FOLDER',
    'NAME_ENDS_IN_BR',
  ],
  links: ['SYMLINK_ESCAPES', 'SYMLINK_BROKEN', 'SYMLINK_LOOP'],
  readable: ['FILE_UNREADABLE', 'NOT_A_REGULAR_FILE'],
  sourceMaps: ['SOURCE_MAP_INCLUDED'],
  secrets: ['SECRET_INCLUDED'],
  config: ['SERVER_URL_SET', 'PLUGIN_VERSION_STRAY'],
  zip: ['ZIP_ENTRY_ENCRYPTED', 'ZIP_METHOD_UNSUPPORTED', 'ZIP_ENTRY_DAMAGED', 'ZIP_SYMLINK', 'ZIP_BOMB'],
} as const satisfies Record<string, readonly FindingCode[]>;

export type CheckGroup = keyof typeof groups;

/** What could have been wrong and is not, in the words of a person and not code by code. */
export function passedChecks(
  findings: readonly Finding[],
  facts: { readonly isZip: boolean; readonly hasProject: boolean },
): readonly CheckGroup[] {
  const found = new Set(findings.map(({ code }) => code));
  return (Object.keys(groups) as CheckGroup[]).filter((group) => {
    if (group === 'zip' && !facts.isZip) return false;
    if (group === 'links' && facts.isZip) return false;
    if (group === 'config' && !facts.hasProject) return false;
    return groups[group].every((code) => !found.has(code));
  });
}

/** Codes that no group speaks of; a test keeps this to the notes. */
export function ungroupedCodes(): readonly FindingCode[] {
  const grouped = new Set<FindingCode>(Object.values(groups).flat());
  return findingCodes.filter((code) => !grouped.has(code) && findingSeverity[code] !== 'info');
}
