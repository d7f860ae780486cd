import { createHash } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { copyFile, mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';

import type { ManifestEntry, UpdateOffer } from '#contract/device-protocol.ts';
import type { ExportResult } from '#contract/models/storage.ts';

import { AppError, asStorageError, reasonOf, throwIfAborted } from '../app-error.ts';
import { bodyName } from '../bundles/body-rules.ts';
import type { JobContext, JobRunner } from '../jobs/job-runner.ts';
import type { BlobStore } from '../storage/blob-store.ts';
import { requireAbsolutePath, requireFreeOutput } from '../storage/output-path.ts';
import type { ReleaseFile, ReleaseFileRepository } from '../storage/release-file-repository.ts';
import type { ReleaseRecord, ReleaseRepository } from '../storage/release-repository.ts';

export type ExportInput = {
  readonly appId: string;
  readonly release: string;
  /** Absolute; must not be there. */
  readonly out: string;
  readonly format: 'zip' | 'static';
  /** Where the tree will be served; URLs in its reply start with it. Needed for `static`. */
  readonly baseUrl?: string | undefined;
};

export type ExportDeps = {
  readonly releases: Pick<ReleaseRepository, 'find'>;
  readonly releaseFiles: ReleaseFileRepository;
  readonly blobs: BlobStore;
  readonly jobs: JobRunner;
  readonly dataDir: string;
};

const PAGE = 500;

/**
 * Starts a job that writes a release to a place of its own; its result is an `ExportResult`. As `zip` the file that
 * devices download; as `static` a folder for any web server: `update.json`, which is the reply that an update check gets
 * (protocol/clients.md §1.5), `bundles/SHA256.zip`, and `files/SHA256[.br]` of the delta manifest.
 * Throws `RELEASE_NOT_FOUND`, `BAD_INPUT`; the job fails with `OUTPUT_EXISTS`, `OUTPUT_UNWRITABLE`, `RELEASE_DAMAGED`.
 */
export function startExport(input: ExportInput, deps: ExportDeps): string {
  const { appId, out, format, baseUrl } = input;
  const record = deps.releases.find(appId, input.release);
  if (!record) throw new AppError('RELEASE_NOT_FOUND', { appId, release: input.release });
  requireAbsolutePath(out);
  if (format === 'static' && !isHttpUrl(baseUrl)) {
    throw new AppError('BAD_INPUT', { reason: 'a static tree needs the http(s) address that it will be served at' });
  }
  const base = (baseUrl ?? '').replace(/\/+$/, '');
  const plan = { kind: 'export', title: record.version, appId, steps: [{ name: 'write', weight: 1 }] } as const;
  return deps.jobs.start(plan, (job) =>
    job.step('write', async (report): Promise<ExportResult> => {
      const part = `${out}.${job.jobId.slice(-8)}.part`;
      job.onEnd(() => rm(part, { recursive: true, force: true }));
      try {
        await requireFreeOutput(out, deps.dataDir);
        const written =
          format === 'zip'
            ? await writeZip(record, part, deps)
            : await writeTree(record, part, base, job, deps, (done, total) => report({ done, total, unit: 'files' }));
        throwIfAborted(job.signal);
        await rename(part, out);
        return { path: out, format, ...written };
      } catch (error) {
        const known = asStorageError(error);
        if (known instanceof AppError) throw known;
        throw new AppError('OUTPUT_UNWRITABLE', { path: out, reason: reasonOf(error) }, { cause: error });
      }
    }),
  );
}

type Written = { readonly files: number; readonly bytes: number };

/** A copy that is what was published: compared with its digest. */
async function writeZip(
  { blobSha256, version, sizeBytes }: ReleaseRecord,
  to: string,
  { blobs }: ExportDeps,
): Promise<Written> {
  try {
    await copyFile(blobs.path(blobSha256), to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  } catch (error) {
    if (!(await blobs.has(blobSha256))) throw new AppError('RELEASE_DAMAGED', { version }, { cause: error });
    throw error;
  }
  const hash = createHash('sha256');
  await pipeline(createReadStream(to), hash);
  if (hash.digest('hex') !== blobSha256) throw new AppError('RELEASE_DAMAGED', { version });
  return { files: 1, bytes: sizeBytes };
}

async function writeTree(
  record: ReleaseRecord,
  dir: string,
  base: string,
  { signal }: JobContext,
  deps: ExportDeps,
  onProgress: (done: number, total: number) => void,
): Promise<Written> {
  const { releaseId, version, blobSha256, checksum, sessionKey } = record;
  await mkdir(join(dir, 'bundles'), { recursive: true });
  let { files, bytes } = await writeZip(record, join(dir, 'bundles', `${blobSha256}.zip`), deps);
  const manifest: ManifestEntry[] = [];
  const total = 1 + (record.deltaFiles ?? 0);
  const bodies = new Set<string>();
  for (let afterPath = ''; record.deltaFiles !== null;) {
    const page = deps.releaseFiles.page(releaseId, afterPath, PAGE);
    for (const file of page) {
      throwIfAborted(signal);
      afterPath = file.path;
      const name = await writeBody(file, dir, bodies, version, deps);
      manifest.push({
        file_name: bodyName(file.path, file.body?.isBrotli ?? false),
        file_hash: file.body?.sealedHash ?? file.sha256,
        download_url: `${base}/${name.path}`,
      });
      files += name.isNew ? 1 : 0;
      bytes += name.isNew ? (file.body?.sizeBytes ?? 0) : 0;
      onProgress(manifest.length, total);
    }
    if (page.length < PAGE) break;
  }
  const offer: UpdateOffer = {
    version,
    url: `${base}/bundles/${blobSha256}.zip`,
    checksum,
    ...(sessionKey === null ? {} : { session_key: sessionKey }),
    // An empty one would break the update (protocol/clients.md §6).
    ...(manifest.length === 0 ? {} : { manifest }),
  };
  const text = `${JSON.stringify(offer, null, 2)}\n`;
  await writeFile(join(dir, 'update.json'), text);
  return { files: files + 1, bytes: bytes + Buffer.byteLength(text) };
}

/** The bytes of one body out of the stored file that holds it; a body that several files share is written once. */
async function writeBody(
  { body }: ReleaseFile,
  dir: string,
  written: Set<string>,
  version: string,
  { blobs }: ExportDeps,
): Promise<{ readonly path: string; readonly isNew: boolean }> {
  if (!body) throw new AppError('RELEASE_DAMAGED', { version });
  const path = `files/${body.sha256}${body.isBrotli ? '.br' : ''}`;
  if (written.has(path)) return { path, isNew: false };
  written.add(path);
  const content = Buffer.alloc(body.sizeBytes);
  {
    await using holder = await open(blobs.path(body.holderSha256), 'r').catch((error: unknown) => {
      throw new AppError('RELEASE_DAMAGED', { version }, { cause: error });
    });
    await holder.read(content, 0, content.length, body.holderOffset);
  }
  if (createHash('sha256').update(content).digest('hex') !== body.sha256) {
    throw new AppError('RELEASE_DAMAGED', { version });
  }
  const target = join(dir, path);
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, content);
  return { path, isNew: true };
}

function isHttpUrl(text: string | undefined): boolean {
  const url = text === undefined ? null : URL.parse(text);
  return (
    url !== null && (url.protocol === 'http:' || url.protocol === 'https:') && url.search === '' && url.hash === ''
  );
}
