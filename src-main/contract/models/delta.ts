import { z } from 'zod';

const bytes = z.number().int();

/** What a device fetches: how many files, and their bytes. */
const fetchSchema = z.object({ files: z.number().int(), bytes });

/** What may be made better about the files of a build. Sentences: `texts/cost-texts.ts`. */
export const costHintCodeSchema = z.enum([
  /** The same content under another name, as bundlers do with hashes in names: devices fetch it again. */
  'RENAMED_UNCHANGED',
  'SOURCE_MAPS',
  /** Pictures, sound and fonts in forms that were never compressed. */
  'MEDIA_UNCOMPRESSED',
  /** The release was published without delta. */
  'DELTA_OFF',
  /** Devices with plugins that take whole bundles only. */
  'PLUGINS_WITHOUT_DELTA',
]);
export type CostHintCode = z.infer<typeof costHintCodeSchema>;

export const costHintSchema = z.object({
  code: costHintCodeSchema,
  /** Files it is about, the heaviest first, at most ten. */
  paths: z.array(z.string()),
  /** `count`, and where it is about files `bytes`: what devices fetch of them. */
  params: z.record(z.string(), z.union([z.string(), z.number()])),
});
export type CostHint = z.infer<typeof costHintSchema>;

/** What devices will fetch of a release, or of a build that is not published yet. */
export const costSchema = z.object({
  /** Null before publishing. */
  version: z.string().nullable(),
  files: z.number().int(),
  rawBytes: bytes,
  /** Of the whole bundle. */
  zipBytes: bytes,
  /** Of a device that has none of the files; null without delta. */
  delta: fetchSchema.nullable(),
  /** False where something had to be estimated: before publishing, files that no release has are not compressed yet. */
  isExact: z.boolean(),
  /** By what devices run now, the most of them first. */
  from: z.array(
    z.object({
      /** Null for the bundle of the store. */
      version: z.string().nullable(),
      devices: z.number().int(),
      /** Those of them that take single files. */
      deltaDevices: z.number().int(),
      /** What each of those fetches; null without delta. All files where it is not known what the device has. */
      delta: fetchSchema.nullable(),
    }),
  ),
  /** What weighs most in a download, at most twenty. `bytes`: of the body, or of the file where there is none. */
  heaviest: z.array(z.object({ path: z.string(), sizeBytes: bytes, bytes })),
  hints: z.array(costHintSchema),
});
export type Cost = z.infer<typeof costSchema>;

const diffFileSchema = z.object({
  path: z.string(),
  /** Uncompressed. */
  sizeBytes: bytes,
  /** As it is downloaded by itself, mostly brotli; null without delta. */
  bodyBytes: bytes.nullable(),
});

/** How two releases differ, and what a device fetches to get from the first to the second. Keys: design/command-line.md §3. */
export const releaseDiffSchema = z.object({
  from: z.object({ releaseId: z.string(), version: z.string() }),
  to: z.object({ releaseId: z.string(), version: z.string() }),
  /** `deltaBytes`: what a device on the first release fetches for the file; 0 when it finds the content under another folder. */
  added: z.array(diffFileSchema.extend({ deltaBytes: bytes.nullable() })),
  changed: z.array(
    diffFileSchema.extend({ deltaBytes: bytes.nullable(), before: diffFileSchema.omit({ path: true }) }),
  ),
  removed: z.array(diffFileSchema),
  unchanged: z.number().int(),
  /** Null when the second release has no delta. */
  deltaFiles: z.number().int().nullable(),
  deltaBytes: bytes.nullable(),
  /** Of the second release's bundle. */
  zipBytes: bytes,
});
export type ReleaseDiff = z.infer<typeof releaseDiffSchema>;

/** How one file differs between two releases. */
export const fileDiffSchema = z.discriminatedUnion('kind', [
  /** Unified diff; of a file that only one of them has, all lines. */
  z.object({ kind: z.literal('text'), patch: z.string(), isCut: z.boolean() }),
  z.object({ kind: z.literal('same') }),
  z.object({ kind: z.literal('binary') }),
  z.object({ kind: z.literal('too_large'), limitBytes: bytes }),
  /** Encrypted with a key that is not in the vault. */
  z.object({ kind: z.literal('sealed') }),
  /** Neither release has it. */
  z.object({ kind: z.literal('absent') }),
]);
export type FileDiff = z.infer<typeof fileDiffSchema>;
