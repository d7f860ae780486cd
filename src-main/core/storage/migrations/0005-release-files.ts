/**
 * The files of each release, and where the bytes lie that a phone fetches of each: the delta manifest.
 * Frozen: a later change is a new migration.
 */
export const releaseFilesMigration = {
  version: 5,
  sql: `
    -- path, sha256, size_bytes: the file as it lies in the bundle, content uncompressed.
    -- body_*: what is downloaded instead: raw or brotli, encrypted when the release is. Named by its own SHA-256; its
    -- bytes are a piece of a stored file (holder_sha256, from holder_offset on): of the pack of a publish, or of the
    -- release's own zip. Null for releases without delta.
    -- sealed_hash: the RSA form of sha256, for encrypted releases.
    CREATE TABLE release_files (
      release_id    TEXT NOT NULL REFERENCES releases (release_id) ON DELETE CASCADE,
      path          TEXT NOT NULL,
      sha256        TEXT NOT NULL,
      size_bytes    INTEGER NOT NULL,
      is_brotli     INTEGER NOT NULL DEFAULT 0 CHECK (is_brotli IN (0, 1)),
      body_sha256   TEXT,
      body_bytes    INTEGER,
      holder_sha256 TEXT,
      holder_offset INTEGER,
      sealed_hash   TEXT,
      PRIMARY KEY (release_id, path),
      CHECK ((body_sha256 IS NULL) = (body_bytes IS NULL)),
      CHECK ((body_sha256 IS NULL) = (holder_sha256 IS NULL)),
      CHECK ((body_sha256 IS NULL) = (holder_offset IS NULL))
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX release_files_content ON release_files (sha256);
    CREATE INDEX release_files_body ON release_files (body_sha256) WHERE body_sha256 IS NOT NULL;

    -- Stored files that hold bodies of a release: what keeps them from being removed.
    CREATE TABLE release_holders (
      release_id    TEXT NOT NULL REFERENCES releases (release_id) ON DELETE CASCADE,
      holder_sha256 TEXT NOT NULL,
      PRIMARY KEY (release_id, holder_sha256)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX release_holders_holder ON release_holders (holder_sha256);

    -- Bodies of a release's manifest, and their bytes; null without one.
    ALTER TABLE releases ADD COLUMN delta_files INTEGER;
    ALTER TABLE releases ADD COLUMN delta_bytes INTEGER;
  `,
} as const;
