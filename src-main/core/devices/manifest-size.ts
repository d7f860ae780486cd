import type { DeviceReply } from '#contract/device-protocol.ts';

import type { AppEntry } from '../apps/app-directory.ts';
import type { RequestBody } from '../device-gateway.ts';
import { readReleaseFiles } from '../releases/missing-files.ts';
import type { ReleaseFileRepository } from '../storage/release-file-repository.ts';
import { isRecord } from '../updates/parse-request.ts';

/** Entries of no known release that are looked up one by one. */
const LOOKUPS = 1_000;

const FIELDS = ['file_name', 'file_hash', 'download_url'] as const;

/**
 * Answers what the files of a manifest weigh that a device lacks: protocol/clients.md §1.7, and for what is not known
 * capgo-server-and-cli.md §4. Entries come back in the order in which they were sent.
 */
export function createManifestSize({
  releaseFiles,
}: {
  readonly releaseFiles: ReleaseFileRepository;
}): (app: AppEntry, body: RequestBody) => Promise<DeviceReply> {
  async function sizesOf(app: AppEntry, version: unknown): Promise<Map<string, number>> {
    const release = app.releasesById.values().find((candidate) => candidate.version === version);
    const files = release ? await readReleaseFiles(releaseFiles, release.releaseId) : [];
    return new Map(files.flatMap(({ body }) => (body ? [[body.sha256, body.sizeBytes]] : [])));
  }

  return async (app, body) => {
    const sent = body.kind === 'json' && isRecord(body.value) ? body.value : null;
    const listed = sent?.['manifest'] ?? sent?.['files'];
    if (!sent || !Array.isArray(listed)) {
      const problem = { error: 'invalid_json_body', message: 'The body has no list of files', kind: 'failed' };
      return { status: 400, body: problem };
    }
    const known = await sizesOf(app, sent['version']);
    let lookups = 0;
    const sizeOf = (url: string): number | undefined => {
      const sha256 = /\/files\/([0-9a-f]{64})(?:\.br)?(?:\?|$)/.exec(url)?.[1];
      const size = sha256 === undefined ? undefined : known.get(sha256);
      if (sha256 === undefined || size !== undefined || lookups >= LOOKUPS) return size;
      lookups += 1;
      return releaseFiles.served(app.appId, sha256, false)?.sizeBytes;
    };
    let totalSize = 0;
    let knownFiles = 0;
    const files = listed.map((entry: unknown) => {
      const asked = isRecord(entry) ? entry : {};
      const answer: Record<string, string | number> = {};
      for (const name of FIELDS) answer[name] = textOf(asked[name]);
      const size = sizeOf(textOf(asked['download_url']));
      if (size === undefined) answer['error'] = 'size_unknown';
      else answer['size'] = size;
      totalSize += size ?? 0;
      knownFiles += size === undefined ? 0 : 1;
      return answer;
    });
    return { status: 200, body: { totalSize, knownFiles, unknownFiles: files.length - knownFiles, files } };
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
