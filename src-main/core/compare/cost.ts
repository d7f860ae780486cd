import { basename, extname } from 'node:path/posix';

import type { Cost, CostHint, CostHintCode } from '#contract/models/delta.ts';

import { keptName } from '../releases/missing-files.ts';

/** A file of what is weighed. */
export type WeighedFile = {
  readonly path: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  /** Of the body that devices download; null where none is made. */
  readonly bodyBytes: number | null;
};

/** Devices that run the same. */
export type LiveVersion = {
  /** Null for the bundle of the store. */
  readonly version: string | null;
  readonly devices: number;
  readonly deltaDevices: number;
  /** What they have; null when it is not known. */
  readonly files: readonly Pick<WeighedFile, 'path' | 'sha256'>[] | null;
};

export type Weighed = {
  readonly version: string | null;
  readonly files: readonly WeighedFile[];
  readonly zipBytes: number;
  readonly hasDelta: boolean;
  readonly isExact: boolean;
  /** In any order. */
  readonly live: readonly LiveVersion[];
  /** The release before, which files that only changed their names are looked for in. */
  readonly previous: readonly Pick<WeighedFile, 'path' | 'sha256'>[];
};

const HEAVIEST = 20;
const NAMED = 10;
/** Converting smaller ones is not worth anybody's time. */
const MEDIA_BYTES = 50 * 1024;
const uncompressedMedia = new Set(['.bmp', '.tif', '.tiff', '.wav', '.aif', '.aiff', '.ttf', '.otf', '.psd']);

/** What devices will fetch. Pure. */
export function costOf(weighed: Weighed): Cost {
  const { version, files, zipBytes, hasDelta, isExact, live } = weighed;
  const heaviest = files
    .map((file) => ({ path: file.path, sizeBytes: file.sizeBytes, bytes: downloadBytes(file) }))
    .toSorted((left, right) => right.bytes - left.bytes)
    .slice(0, HEAVIEST);
  return {
    version,
    files: files.length,
    rawBytes: files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    zipBytes,
    delta: hasDelta ? fetchedFrom([], files) : null,
    isExact,
    from: live
      .toSorted((left, right) => right.devices - left.devices)
      .map(({ version: running, devices, deltaDevices, files: there }) => ({
        version: running,
        devices,
        deltaDevices,
        delta: hasDelta ? fetchedFrom(there ?? [], files) : null,
      })),
    heaviest,
    hints: hintsOf(weighed),
  };
}

function downloadBytes({ bodyBytes, sizeBytes }: WeighedFile): number {
  return bodyBytes ?? sizeBytes;
}

function fetchedFrom(
  before: readonly Pick<WeighedFile, 'path' | 'sha256'>[],
  after: readonly WeighedFile[],
): { files: number; bytes: number } {
  const there = new Set(before.map(keptName));
  const missing = after.filter((file) => !there.has(keptName(file)));
  return { files: missing.length, bytes: missing.reduce((sum, file) => sum + downloadBytes(file), 0) };
}

function hintsOf({ files, hasDelta, live, previous }: Weighed): CostHint[] {
  const hints: CostHint[] = [];
  const add = (code: CostHintCode, found: readonly WeighedFile[], params: CostHint['params'] = {}): void => {
    if (found.length === 0) return;
    const heavy = found.toSorted((left, right) => downloadBytes(right) - downloadBytes(left));
    const bytes = found.reduce((sum, file) => sum + downloadBytes(file), 0);
    const paths = heavy.slice(0, NAMED).map(({ path }) => path);
    hints.push({ code, paths, params: { count: found.length, bytes, ...params } });
  };
  add('RENAMED_UNCHANGED', renamedOf(files, previous));
  add(
    'SOURCE_MAPS',
    files.filter(({ path }) => /\.([cm]?js|css|wasm)\.map$/i.test(path)),
  );
  add(
    'MEDIA_UNCOMPRESSED',
    files.filter(
      ({ path, sizeBytes }) => sizeBytes >= MEDIA_BYTES && uncompressedMedia.has(extname(path).toLowerCase()),
    ),
  );
  if (!hasDelta) hints.push({ code: 'DELTA_OFF', paths: [], params: { count: files.length } });
  const whole = live.reduce((sum, { devices, deltaDevices }) => sum + devices - deltaDevices, 0);
  if (hasDelta && whole > 0) hints.push({ code: 'PLUGINS_WITHOUT_DELTA', paths: [], params: { count: whole } });
  return hints;
}

/** Content that was there before under a name that is gone: devices look for it by its new name and do not find it. */
function renamedOf(
  files: readonly WeighedFile[],
  previous: readonly Pick<WeighedFile, 'path' | 'sha256'>[],
): WeighedFile[] {
  const names = new Set(previous.map(keptName));
  const stays = new Set(files.map(({ path }) => basename(path)));
  const gone = new Set(previous.filter(({ path }) => !stays.has(basename(path))).map(({ sha256 }) => sha256));
  return files.filter((file) => file.sizeBytes > 0 && gone.has(file.sha256) && !names.has(keptName(file)));
}
