/**
 * Changing the key of an app takes a native build and its time in the store, so what was done of it is kept here.
 * Steps that the world shows (a config that has the key, devices that report it) are not stored but looked at.
 * Frozen: a later change is a new migration.
 */
export const keyRotationsMigration = {
  version: 7,
  sql: `
    -- A key that no new release is to be made with; it still opens old ones.
    ALTER TABLE keys ADD COLUMN retired_at_ms INTEGER;

    -- Keys by fingerprint: a rotation outlives a rename. Without one of its keys it has no meaning.
    CREATE TABLE key_rotations (
      app_id          TEXT PRIMARY KEY REFERENCES apps (app_id) ON DELETE CASCADE,
      old_fingerprint TEXT NOT NULL REFERENCES keys (fingerprint) ON DELETE CASCADE,
      new_fingerprint TEXT NOT NULL REFERENCES keys (fingerprint) ON DELETE CASCADE,
      project_dir     TEXT,
      config_done_at_ms INTEGER,
      native_done_at_ms INTEGER,
      started_at_ms   INTEGER NOT NULL,
      CHECK (old_fingerprint <> new_fingerprint)
    ) STRICT;
  `,
} as const;
