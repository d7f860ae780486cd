import { basename, extname } from 'node:path/posix';

import type { Cost, CostHint, CostHintCode } from '#contract/models/delta.ts';

import { keptName } from '../releases/missing-files.ts';
import { visitInTurns } from '../visit-in-turns.ts';

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

/** What devices will fetch. Nothing is asked or changed. */
export async function costOf(weighed: Weighed): Promise<Cost> {
  const { version, files, zipBytes, hasDelta, isExact, live } = weighed;
  const delta = hasDelta ? await fetchedFrom([], files) : null;
  const from: Cost['from'] = [];
  for (const { version: running, devices, deltaDevices, files: there } of live.toSorted(byDevices)) {
    const lacking = hasDelta ? await fetchedFrom(there ?? [], files) : null;
    from.push({ version: running, devices, deltaDevices, delta: lacking });
  }
  const hints = await hintsOf(weighed);
  return {
    version,
    files: files.length,
    rawBytes: files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    zipBytes,
    delta,
    isExact,
    from,
    heaviest: await heaviestOf(files),
    hints,
  };
}

function byDevices(left: LiveVersion, right: LiveVersion): number {
  return right.devices - left.devices;
}

/** The few that weigh most, without sorting all the others. */
async function heaviestOf(files: readonly WeighedFile[]): Promise<Cost['heaviest']> {
  const heaviest: Cost['heaviest'] = [];
  await visitInTurns(files, (file) => {
    const bytes = downloadBytes(file);
    const least = heaviest[HEAVIEST - 1];
    if (least && least.bytes >= bytes) return;
    const at = heaviest.findIndex((other) => other.bytes < bytes);
    const shown = { path: file.path, sizeBytes: file.sizeBytes, bytes };
    heaviest.splice(at === -1 ? heaviest.length : at, 0, shown);
    if (heaviest.length > HEAVIEST) heaviest.pop();
  });
  return heaviest;
}

function downloadBytes({ bodyBytes, sizeBytes }: WeighedFile): number {
  return bodyBytes ?? sizeBytes;
}

async function fetchedFrom(
  before: readonly Pick<WeighedFile, 'path' | 'sha256'>[],
  after: readonly WeighedFile[],
): Promise<{ files: number; bytes: number }> {
  const there = new Set<string>();
  await visitInTurns(before, (file) => there.add(keptName(file)));
  const missing = { files: 0, bytes: 0 };
  await visitInTurns(after, (file) => {
    if (there.has(keptName(file))) return;
    missing.files += 1;
    missing.bytes += downloadBytes(file);
  });
  return missing;
}

async function hintsOf({ files, hasDelta, live, previous }: Weighed): Promise<CostHint[]> {
  const hints: CostHint[] = [];
  const add = (code: CostHintCode, found: readonly WeighedFile[], params: CostHint['params'] = {}): void => {
    if (found.length === 0) return;
    const heavy = found.toSorted((left, right) => downloadBytes(right) - downloadBytes(left));
    const bytes = found.reduce((sum, file) => sum + downloadBytes(file), 0);
    const paths = heavy.slice(0, NAMED).map(({ path }) => path);
    hints.push({ code, paths, params: { count: found.length, bytes, ...params } });
  };
  add('RENAMED_UNCHANGED', await renamedOf(files, previous));
  const maps: WeighedFile[] = [];
  const media: WeighedFile[] = [];
  await visitInTurns(files, (file) => {
    const { path, sizeBytes } = file;
    if (/\.([cm]?js|css|wasm)\.map$/i.test(path)) maps.push(file);
    if (sizeBytes >= MEDIA_BYTES && uncompressedMedia.has(extname(path).toLowerCase())) media.push(file);
  });
  add('SOURCE_MAPS', maps);
  add('MEDIA_UNCOMPRESSED', media);
  if (!hasDelta) hints.push({ code: 'DELTA_OFF', paths: [], params: { count: files.length } });
  const whole = live.reduce((sum, { devices, deltaDevices }) => sum + devices - deltaDevices, 0);
  if (hasDelta && whole > 0) hints.push({ code: 'PLUGINS_WITHOUT_DELTA', paths: [], params: { count: whole } });
  return hints;
}

/** Content that was there before under a name that is gone: devices look for it by its new name and do not find it. */
async function renamedOf(
  files: readonly WeighedFile[],
  previous: readonly Pick<WeighedFile, 'path' | 'sha256'>[],
): Promise<WeighedFile[]> {
  const stays = new Set<string>();
  await visitInTurns(files, ({ path }) => stays.add(basename(path)));
  const names = new Set<string>();
  const gone = new Set<string>();
  await visitInTurns(previous, (file) => {
    names.add(keptName(file));
    if (!stays.has(basename(file.path))) gone.add(file.sha256);
  });
  if (gone.size === 0) return [];
  const renamed: WeighedFile[] = [];
  await visitInTurns(files, (file) => {
    if (file.sizeBytes > 0 && gone.has(file.sha256) && !names.has(keptName(file))) renamed.push(file);
  });
  return renamed;
}
