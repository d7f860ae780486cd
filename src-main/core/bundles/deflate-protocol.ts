import type { KeyObject } from 'node:crypto';

import type { BrotliQuality } from './body-rules.ts';
import type { FoundStats } from './file-stats.ts';
import type { ZipMethod } from './zip-format.ts';

/**
 * What the pool's threads are asked and answer. Only this crosses between threads, so only plain values stand here.
 * The thread reads the content itself: neither raw nor unpacked bytes travel.
 */

/** Where an entry's content lies. */
export type ContentLocation =
  | {
      readonly kind: 'file';
      readonly absolutePath: string;
      /** Modification time when the file was listed, in milliseconds; another one means that it was rewritten since. */
      readonly modifiedMs: number;
    }
  | {
      readonly kind: 'zip-entry';
      /** Descriptor of the zip, open in this process for as long as the build is. */
      readonly fd: number;
      readonly localHeaderOffset: number;
      readonly method: ZipMethod;
      readonly compressedBytes: number;
      readonly crc32: number;
    };

export type DeflateTask = {
  /** Name in the bundle, `/`-separated. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly content: ContentLocation;
};

/** Files above this are read, hashed and compressed piece by piece; below, one call takes under 100 ms. */
export const LARGE_FILE_BYTES = 4 * 1024 * 1024;

export type DeflateRequest =
  /** What the file system says of names in a folder. */
  | {
      readonly kind: 'look';
      readonly id: number;
      readonly directory: string;
      readonly names: readonly string[];
    }
  /** Small files together: the answer holds local headers and bytes, ready to be written one after the other. */
  | { readonly kind: 'batch'; readonly id: number; readonly cancel: CancelFlag; readonly tasks: readonly DeflateTask[] }
  /** One large file: its compressed bytes go to `spoolPath`, which is not made when they are kept as they are. */
  | {
      readonly kind: 'large';
      readonly id: number;
      readonly cancel: CancelFlag;
      readonly task: DeflateTask;
      readonly spoolPath: string;
    }
  /** A zip that is to be unpacked as a phone does. */
  | { readonly kind: 'check'; readonly id: number; readonly cancel: CancelFlag; readonly zip: ZipPart }
  /** Files whose content is to be digested, and nothing else. */
  | {
      readonly kind: 'digest';
      readonly id: number;
      readonly cancel: CancelFlag;
      readonly tasks: readonly DeflateTask[];
    }
  /** Small files as a delta update has them: the answer holds the bodies one after the other. */
  | {
      readonly kind: 'bodies';
      readonly id: number;
      readonly cancel: CancelFlag;
      readonly tasks: readonly BodyTask[];
      readonly sealing: BodySealing | null;
    }
  /** One large file as a delta update has it: its body goes to `spoolPath`. */
  | {
      readonly kind: 'large-body';
      readonly id: number;
      readonly cancel: CancelFlag;
      readonly task: BodyTask;
      readonly sealing: BodySealing | null;
      readonly spoolPath: string;
    };

export type BodyTask = DeflateTask & {
  /** Lowercase hex SHA-256 that the content had when it was packed. */
  readonly sha256: string;
  /** Brotli quality to try; null to leave it as it is. */
  readonly quality: BrotliQuality | null;
  /** Brotli whatever it saves: only a body whose name ends in `.br` can become this file. */
  readonly isForced: boolean;
  /** Its sealed hash is known already. */
  readonly hasSeal: boolean;
  /** Its brotli form as an earlier release has it; then the content is not read, unless that is not right any more. */
  readonly stored: StoredBrotli | null;
};

/** A body in a stored file. */
export type StoredBrotli = {
  readonly holderPath: string;
  readonly offset: number;
  readonly sizeBytes: number;
  /** Lowercase hex SHA-256 of these bytes. */
  readonly sha256: string;
  /** What they are encrypted with; null when they are not. */
  readonly session: { readonly iv: Uint8Array; readonly key: Uint8Array } | null;
};

/** How an encrypted release wants its bodies. The key crosses to the thread as an object, not as text. */
export type BodySealing = {
  readonly iv: Uint8Array;
  readonly key: Uint8Array;
  readonly privateKey: KeyObject;
  readonly format: 'v2' | 'v3';
};

/** What a phone downloads to get one file. */
export type MadeBody = {
  readonly path: string;
  readonly isBrotli: boolean;
  /** Lowercase hex SHA-256 of the body. */
  readonly sha256: string;
  readonly sizeBytes: number;
  /** The RSA form of the content's SHA-256; null for plain releases, and where it was known. */
  readonly sealedHash: string | null;
};

/** Shared between the threads: the first byte becomes 1 when the work should stop. */
export type CancelFlag = SharedArrayBuffer;

export type DeflatedEntry = {
  readonly path: string;
  readonly method: ZipMethod;
  readonly crc32: number;
  /** Lowercase hex SHA-256 of the content. */
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly compressedBytes: number;
};

export type DeflateFailure = {
  readonly code:
    | 'CANCELLED'
    | 'SOURCE_CHANGED'
    | 'SOURCE_UNREADABLE'
    | 'ZIP_INVALID'
    | 'ZIP_UNSAFE'
    | 'SOURCE_NOT_A_BUILD'
    | 'BUILD_TOO_LARGE'
    | 'DISK_FULL'
    | 'INTERNAL';
  readonly path: string;
  readonly reason: string;
};

/** Of small files: local headers and bytes, ready to be written. */
export type DeflatedBatch = { readonly entries: readonly DeflatedEntry[]; readonly bytes: Uint8Array<ArrayBuffer> };

/** Of small files: the bodies one after the other. */
export type MadeBodies = { readonly bodies: readonly MadeBody[]; readonly bytes: Uint8Array<ArrayBuffer> };

/** Of a zip that is open in this process. */
export type ZipPart = {
  readonly fd: number;
  readonly path: string;
  /** From 0 on. */
  readonly part: number;
  readonly parts: number;
};

export type VerifiedZip = {
  readonly files: number;
  /** Unpacked bytes of all files. */
  readonly rawBytes: number;
  /** Without `index.html` at the root a phone downloads the bundle and never shows it. */
  readonly hasIndexHtml: boolean;
};

/** What each kind of request is answered with. */
export type DeflateResults = {
  /** Lowercase hex SHA-256, in the order of the tasks. */
  readonly digest: readonly string[];
  readonly look: FoundStats;
  readonly batch: DeflatedBatch;
  readonly large: DeflatedEntry;
  readonly bodies: MadeBodies;
  readonly 'large-body': MadeBody;
  readonly check: VerifiedZip;
};

export type DeflateReply =
  | { readonly id: number; readonly ok: true; readonly result: DeflateResults[keyof DeflateResults] }
  | { readonly id: number; readonly ok: false; readonly failure: DeflateFailure };
