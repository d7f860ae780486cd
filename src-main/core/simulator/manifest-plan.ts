import { does, type SimulationSentence } from '#contract/texts/simulation-texts.ts';

import { AppError } from '../app-error.ts';
import { plainName } from '../bundles/name-rules.ts';
import type { PublicKeyMaterial } from '../crypto/key-material.ts';
import { openChecksum } from '../crypto/sealed-values.ts';
import type { RawManifestEntry } from './classify-reply.ts';
import type { ClientPlatform } from './client-profile.ts';
import type { Dialect } from './dialect.ts';

/** A file of a delta update, as the client goes for it: clients.md §6.2. */
export type PlannedFile = {
  readonly fileName: string;
  /** Where it goes: without `.br`. */
  readonly target: string;
  readonly isBrotli: boolean;
  /** SHA-256 of the finished file; opened with the key when there is one. */
  readonly hash: string;
  readonly downloadUrl: string;
};

export type ManifestPlan = {
  readonly files: readonly PlannedFile[];
  /** What is wrong with the manifest; with any of it the client asks for no file. */
  readonly problems: readonly {
    readonly action: string | null;
    readonly version: string;
    readonly sentence: SimulationSentence;
  }[];
};

/** Reads a manifest as a client does before its first request. Pure. */
export function planManifest({
  entries,
  version,
  platform,
  dialect,
  key,
  hasSessionKey,
}: {
  readonly entries: readonly RawManifestEntry[];
  readonly version: string;
  readonly platform: ClientPlatform;
  readonly dialect: Dialect;
  readonly key: PublicKeyMaterial | null;
  readonly hasSessionKey: boolean;
}): ManifestPlan {
  const files: PlannedFile[] = [];
  const problems: ManifestPlan['problems'][number][] = [];
  const targets = new Set<string>();
  const refuse = (action: string | null, of: string, sentence: SimulationSentence): void => {
    problems.push({ action, version: of, sentence });
  };

  for (const { fileName, fileHash, downloadUrl } of entries) {
    if (fileName === null || downloadUrl === null || fileHash === null) {
      const missing = fileName === null ? 'file_name' : downloadUrl === null ? 'download_url' : 'file_hash';
      refuse(null, version, does('ENTRY_WITHOUT', { field: missing }));
      continue;
    }
    const named = `${version}:${fileName}`;
    const hash = key && hasSessionKey ? openHash(fileHash, key) : fileHash;
    if (hash === null) {
      refuse(null, named, does('HASH_SHUT', { file: fileName }));
      continue;
    }
    const isBrotli = dialect.manifest === 'all_brotli' || fileName.endsWith('.br');
    const target = resolve(
      dialect.manifest === 'by_suffix' && isBrotli ? fileName.slice(0, -'.br'.length) : fileName,
      dialect,
    );
    const pathFailure = dialect.reportsPaths ? 'manifest_path_fail' : null;
    if (target === null) refuse(pathFailure, named, does('NAME_REFUSED', { name: JSON.stringify(fileName) }));
    else if (dialect.refusesDuplicates && targets.has(target)) {
      refuse(pathFailure, named, does('ENTRY_TWICE', { file: target }));
    } else if (platform === 'ios' && !URL.canParse(downloadUrl)) {
      refuse(null, named, does('URL_UNREADABLE', { file: fileName }));
    } else {
      targets.add(target);
      files.push({ fileName, target, isBrotli, hash, downloadUrl });
    }
  }
  return { files, problems };
}

/** Path rules of clients.md §5; null: refused. */
function resolve(name: string, { isStrict, isWary }: Pick<Dialect, 'isStrict' | 'isWary'>): string | null {
  if (name === '' || name.includes('\\') || name.includes('\0') || name.startsWith('/')) return null;
  if (isStrict && name.split('/').includes('..')) return null;
  if (isWary && name.split('/').includes('.')) return null;
  const path = plainName(name);
  return path === '' ? null : path;
}

function openHash(fileHash: string, key: PublicKeyMaterial): string | null {
  try {
    const { sha256, format } = openChecksum(fileHash, key);
    return format === 'plain' ? null : sha256;
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}
