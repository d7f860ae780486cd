import { z } from 'zod';

export const severitySchema = z.enum(['error', 'warning', 'info']);
export type Severity = z.infer<typeof severitySchema>;

/** Every finding of the check with its severity. Codes are stable: scripts and CI jobs match on them. */
export const findingSeverity = {
  INDEX_HTML_MISSING: 'error',
  INDEX_HTML_NESTED: 'info',
  NOTIFY_APP_READY_MISSING: 'error',
  REFERENCED_FILE_MISSING: 'error',
  REFERENCED_FILE_ABOVE_ROOT: 'error',
  REFERENCED_FILE_CASE: 'error',
  REFERENCED_ASSET_MISSING: 'warning',
  BUILD_EMPTY: 'error',
  BUILD_LARGE: 'warning',
  FILE_LARGE: 'info',
  TOO_MANY_FILES: 'warning',
  NAME_BACKSLASH: 'error',
  NAME_CONTROL_CHARACTER: 'error',
  NAME_ESCAPES_ROOT: 'error',
  NAME_ABSOLUTE: 'error',
  NAME_CASE_CLASH: 'error',
  NAME_TOO_LONG: 'error',
  NAME_RESERVED: 'warning',
  NAME_NOT_UTF8: 'error',
  NAME_NOT_NORMALIZED: 'warning',
  NAME_DUPLICATE: 'error',
  NAME_FILE_AND_FOLDER: 'error',
  NAME_ENDS_IN_BR: 'info',
  SYMLINK_ESCAPES: 'error',
  SYMLINK_BROKEN: 'error',
  SYMLINK_LOOP: 'error',
  SYMLINK_FOLLOWED: 'info',
  FILE_UNREADABLE: 'error',
  NOT_A_REGULAR_FILE: 'warning',
  JUNK_LEFT_OUT: 'info',
  PROJECT_SOURCES: 'warning',
  SOURCE_MAP_INCLUDED: 'warning',
  SECRET_INCLUDED: 'error',
  SERVER_URL_SET: 'error',
  PLUGIN_VERSION_STRAY: 'warning',
  ZIP_REPACKED: 'info',
  ZIP_ENTRY_ENCRYPTED: 'error',
  ZIP_METHOD_UNSUPPORTED: 'error',
  ZIP_ENTRY_DAMAGED: 'error',
  ZIP_SYMLINK: 'error',
  ZIP_BOMB: 'error',
} as const satisfies Record<string, Severity>;

export type FindingCode = keyof typeof findingSeverity;
export const findingCodes = Object.keys(findingSeverity) as readonly FindingCode[];

export const findingSchema = z.object({
  code: z.enum(findingCodes as [FindingCode, ...FindingCode[]]),
  severity: severitySchema,
  /** The file it is about, `/`-separated and relative to the folder that was given. */
  path: z.string().optional(),
  /** Values for the sentences in `texts/finding-texts.ts`. */
  params: z.record(z.string(), z.union([z.string(), z.number()])),
});
/** One thing the check found. A finding about many files names the first ones and counts them in `params.count`. */
export type Finding = z.infer<typeof findingSchema>;

export const inspectionSchema = z.object({
  /** No finding of severity error. */
  isPublishable: z.boolean(),
  findings: z.array(findingSchema),
  summary: z.object({
    /** Files that would be published; junk is not counted. */
    files: z.number().int(),
    /** Their bytes, uncompressed. */
    bytes: z.number().int(),
    /** Folder inside the source that becomes the bundle's root: `.` or the single nested folder. */
    root: z.string(),
    /** Junk files left out. */
    leftOut: z.number().int(),
    source: z.enum(['folder', 'zip']),
  }),
  /** Largest files first, at most ten. */
  largest: z.array(z.object({ path: z.string(), bytes: z.number().int() })),
  /** What the Capacitor project around the build tells, when there is one. */
  project: z
    .object({
      configPath: z.string(),
      appId: z.string().nullable(),
      name: z.string().nullable(),
      webDir: z.string().nullable(),
      /** `version` of the package.json beside the config. */
      packageVersion: z.string().nullable(),
      /** Native version that devices report: `plugins.CapacitorUpdater.version` when set. */
      nativeVersion: z.string().nullable(),
      pluginVersion: z.string().nullable(),
      /** Id of the key in `plugins.CapacitorUpdater.publicKey`; null without one, or when the config computes it. */
      keyId: z.string().nullable(),
    })
    .nullable(),
});
export type Inspection = z.infer<typeof inspectionSchema>;
