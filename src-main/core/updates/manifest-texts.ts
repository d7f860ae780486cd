import { setImmediate as nextTurn } from 'node:timers/promises';

import type { ManifestEntry } from '#contract/device-protocol.ts';

import type { AppEntry, ReleaseEntry } from '../apps/app-directory.ts';
import { bodyName } from '../bundles/body-rules.ts';
import type { ReleaseFileRepository } from '../storage/release-file-repository.ts';
import { filePath } from './device-paths.ts';

/** A release's delta manifest as JSON, ready to be put into an offer. */
export type ManifestText = {
  readonly files: number;
  /** A JSON array. `query` is added to each download URL. */
  write(query: string): string;
};

export type ManifestTexts = {
  /** Null when the release has no manifest (any more). */
  get(
    app: Pick<AppEntry, 'appId' | 'token'>,
    release: Pick<ReleaseEntry, 'releaseId' | 'delta'>,
    origin: string,
  ): Promise<ManifestText | null>;
};

/** Rows read in one turn of the event loop: about 3 ms. */
const PAGE = 500;
/** Texts that are kept: a release of 4,000 files has one of a megabyte for each address that devices use. */
const KEPT_CHARACTERS = 32 * 1024 * 1024;

type Kept = { readonly text: Promise<ManifestText | null>; characters: number };

/**
 * Manifests are large and the same for every device but for its tag, so each is made once and cut where the tag goes.
 */
export function createManifestTexts({ releaseFiles }: { readonly releaseFiles: ReleaseFileRepository }): ManifestTexts {
  /** Least recently used first. */
  const kept = new Map<string, Kept>();

  async function make(
    prefix: { readonly origin: string; readonly token: string },
    releaseId: string,
    files: number,
    entry: Kept,
  ): Promise<ManifestText | null> {
    /** Between two of them the tag is written. */
    const pieces: string[] = [];
    let piece = '[';
    let afterPath = '';
    for (;;) {
      const page = releaseFiles.page(releaseId, afterPath, PAGE);
      for (const { path, sha256, body } of page) {
        afterPath = path;
        if (!body) return null;
        const written = JSON.stringify({
          file_name: bodyName(path, body.isBrotli),
          file_hash: body.sealedHash ?? sha256,
          download_url: prefix.origin + filePath(prefix.token, body),
        } satisfies ManifestEntry);
        // The URL comes last; its closing quote and the object's brace follow the tag.
        pieces.push(piece + written.slice(0, -2));
        entry.characters += written.length;
        piece = '"},';
      }
      if (page.length < PAGE) break;
      await nextTurn();
    }
    // A release that is being deleted has lost some of them: no manifest at all is better than half of one.
    if (pieces.length === 0 || pieces.length !== files) return null;
    return { files, write: (query) => `${pieces.join(query)}${query}"}]` };
  }

  function trim(): void {
    let total = 0;
    for (const { characters } of kept.values()) total += characters;
    for (const [key, { characters }] of kept) {
      if (total <= KEPT_CHARACTERS || kept.size === 1) return;
      kept.delete(key);
      total -= characters;
    }
  }

  return {
    async get({ token }, { releaseId, delta }, origin) {
      const key = `${releaseId}\n${token}\n${origin}`;
      let entry = kept.get(key);
      kept.delete(key);
      if (!entry) {
        const made: { -readonly [Name in keyof Kept]: Kept[Name] } = { text: Promise.resolve(null), characters: 0 };
        made.text = make({ origin, token }, releaseId, delta?.files ?? 0, made);
        entry = made;
      }
      kept.set(key, entry);
      try {
        const text = await entry.text;
        if (!text) kept.delete(key);
        return text;
      } catch (error) {
        kept.delete(key);
        throw error;
      } finally {
        trim();
      }
    },
  };
}
