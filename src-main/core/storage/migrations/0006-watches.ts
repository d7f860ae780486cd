/**
 * Watched folders, and how long an app keeps its releases.
 * Frozen: a later change is a new migration.
 */
export const watchesMigration = {
  version: 6,
  sql: `
    -- SHA-256 over the paths and contents of a release's files, before zip and encryption: tells whether a build is the
    -- same as one that was published. Null for releases from before this column.
    ALTER TABLE releases ADD COLUMN tree_sha256 TEXT;

    -- channel is null for the app's default one. key_fingerprint outlives a rename of the key. tree_sha256 is the content
    -- that was dealt with last, published or found published already.
    CREATE TABLE watches (
      watch_id        TEXT PRIMARY KEY,
      app_id          TEXT NOT NULL REFERENCES apps (app_id) ON DELETE CASCADE,
      path            TEXT NOT NULL,
      channel         TEXT,
      key_fingerprint TEXT,
      has_delta       INTEGER NOT NULL CHECK (has_delta IN (0, 1)),
      allow_warnings  INTEGER NOT NULL CHECK (allow_warnings IN (0, 1)),
      is_on           INTEGER NOT NULL CHECK (is_on IN (0, 1)),
      tree_sha256     TEXT,
      result_json     TEXT,
      created_at_ms   INTEGER NOT NULL,
      UNIQUE (app_id, path)
    ) STRICT;

    -- No row: everything is kept.
    CREATE TABLE retention (
      app_id     TEXT PRIMARY KEY REFERENCES apps (app_id) ON DELETE CASCADE,
      keep_count INTEGER,
      keep_days  INTEGER
    ) STRICT, WITHOUT ROWID;
  `,
} as const;
