/**
 * The key vault. Private parts are stored only as the host's secret store sealed them.
 * Frozen: a later change is a new migration.
 */
export const keysMigration = {
  version: 3,
  sql: `
    CREATE TABLE keys (
      name           TEXT PRIMARY KEY COLLATE NOCASE,
      key_id         TEXT NOT NULL,
      fingerprint    TEXT NOT NULL UNIQUE,
      public_pem     TEXT NOT NULL,
      sealed_private BLOB,
      bits           INTEGER NOT NULL,
      created_at_ms  INTEGER NOT NULL
    ) STRICT;

    -- The key that the app's last release was encrypted with, by fingerprint: it outlives a rename.
    ALTER TABLE apps ADD COLUMN key_fingerprint TEXT;
    ALTER TABLE releases ADD COLUMN key_fingerprint TEXT;
  `,
} as const;
