import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';

import { describeStep, does } from '#contract/texts/simulation-texts.ts';

import { throwIfAborted } from '../app-error.ts';
import { plainName } from '../bundles/name-rules.ts';
import type { RawManifestEntry } from './classify-reply.ts';
import type { DeviceFile } from './device-files.ts';
import type { Session } from './session.ts';
import { whyOf } from './trouble.ts';

/** The bundle with the files of the manifest; or why there is none, in the words of the client's stat. */
export type Overlaid =
  | { readonly kind: 'overlaid'; readonly files: readonly DeviceFile[] }
  | { readonly kind: 'failed'; readonly message: string };

const decompress = promisify(brotliDecompress);

class OverlayFailure extends Error {}

/**
 * Electron's client unpacks the zip, and then lays the files of a manifest over it, one after the other: by their names
 * as they are, with `.br` and all; every body decoded when it happens to be brotli; nothing decrypted; a hash compared
 * where there is one (clients.md §12.1).
 */
export async function overlayManifest(
  session: Session,
  unpacked: readonly DeviceFile[],
  manifest: readonly RawManifestEntry[],
): Promise<Overlaid> {
  const files = new Map(unpacked.map((file) => [file.path, file]));
  const sources = { fetched: 0, builtin: 0, cache: 0 };
  let kept = 0;
  try {
    for (const { fileName, fileHash, downloadUrl } of manifest) {
      throwIfAborted(session.signal);
      if (fileName === null || fileName === '' || downloadUrl === null || downloadUrl === '') continue;
      const path = plainName(fileName);
      if (path === null) throw new OverlayFailure(`Manifest entry has invalid path: ${fileName}`);
      const hash = fileHash?.toLowerCase() ?? '';
      const there = files.get(path);
      if (there && (hash === '' || there.sha256 === hash)) {
        kept += 1;
        continue;
      }
      const content = await fetchBody(session, downloadUrl);
      if (hash !== '' && createHash('sha256').update(content).digest('hex') !== hash) {
        throw new OverlayFailure(`Hash verification failed for ${fileName}`);
      }
      files.set(path, { path, sha256: await session.files.put(content), bytes: content.length });
      sources.fetched += 1;
    }
  } catch (error) {
    throwIfAborted(session.signal);
    if (!(error instanceof OverlayFailure)) throw error;
    session.note('download', does('OVERLAY_FAILED'), does('REASON', { reason: error.message }));
    return { kind: 'failed', message: error.message };
  }
  session.sources = sources;
  session.note('download', does('OVERLAID', { fetched: sources.fetched, kept }));
  return { kind: 'overlaid', files: [...files.values()] };
}

async function fetchBody({ http, dialect, folder, signal }: Session, url: string): Promise<Buffer> {
  const intoPath = join(folder, 'overlay.part');
  let status: number;
  try {
    const answer = await http.download({
      purpose: 'file',
      url,
      intoPath,
      rangeStart: 0,
      headers: {},
      limits: { silenceMs: dialect.silenceMs },
      redirects: 'any',
      placeAt: (head) => (head.status === 200 ? 0 : null),
      onProgress: () => undefined,
    });
    ({ status } = answer);
  } catch (error) {
    throwIfAborted(signal);
    throw new OverlayFailure(describeStep([whyOf(error)]).replace(/\.$/, ''), { cause: error });
  }
  if (status !== 200) throw new OverlayFailure(`Download failed with status ${status}`);
  const body = await readFile(intoPath);
  return decompress(body).catch(() => body);
}
