/**
 * The first shape of the database. Frozen: a later change is a new migration, never an edit here.
 * Times are milliseconds since the epoch; JSON columns hold what nobody searches by.
 */
export const initialMigration = {
  version: 1,
  sql: `
    CREATE TABLE apps (
      app_id        TEXT PRIMARY KEY,
      name          TEXT NOT NULL,
      token         TEXT NOT NULL UNIQUE,
      created_at_ms INTEGER NOT NULL
    ) STRICT;

    -- state 'stored': packed and on disk, served to the fetch-back check only; 'ready': published once.
    -- A row with deleted_at_ms keeps its version taken for ever.
    CREATE TABLE releases (
      release_id     TEXT PRIMARY KEY,
      app_id         TEXT NOT NULL REFERENCES apps (app_id) ON DELETE CASCADE,
      version        TEXT NOT NULL,
      state          TEXT NOT NULL CHECK (state IN ('stored', 'ready')),
      checksum       TEXT NOT NULL,
      blob_sha256    TEXT NOT NULL,
      size_bytes     INTEGER NOT NULL,
      file_count     INTEGER NOT NULL,
      raw_bytes      INTEGER NOT NULL,
      session_key    TEXT,
      key_id         TEXT,
      notes          TEXT,
      findings_json  TEXT NOT NULL,
      timings_json   TEXT NOT NULL,
      job_id         TEXT,
      created_at_ms  INTEGER NOT NULL,
      verified_at_ms INTEGER,
      deleted_at_ms  INTEGER
    ) STRICT;
    CREATE UNIQUE INDEX releases_version ON releases (app_id, version);
    CREATE INDEX releases_blob ON releases (blob_sha256);

    CREATE TABLE channels (
      channel_id    INTEGER PRIMARY KEY AUTOINCREMENT,
      app_id        TEXT NOT NULL REFERENCES apps (app_id) ON DELETE CASCADE,
      name          TEXT NOT NULL,
      is_default    INTEGER NOT NULL CHECK (is_default IN (0, 1)),
      target_kind   TEXT NOT NULL CHECK (target_kind IN ('release', 'builtin', 'none')),
      release_id    TEXT REFERENCES releases (release_id),
      created_at_ms INTEGER NOT NULL,
      updated_at_ms INTEGER NOT NULL,
      CHECK ((target_kind = 'release') = (release_id IS NOT NULL))
    ) STRICT;
    CREATE UNIQUE INDEX channels_name ON channels (app_id, name);
    CREATE UNIQUE INDEX channels_default ON channels (app_id) WHERE is_default = 1;

    CREATE TABLE devices (
      app_id            TEXT NOT NULL REFERENCES apps (app_id) ON DELETE CASCADE,
      device_id         TEXT NOT NULL,
      alias             TEXT,
      custom_id         TEXT,
      platform          TEXT NOT NULL,
      is_virtual        INTEGER NOT NULL,
      is_emulator       INTEGER NOT NULL,
      is_prod           INTEGER NOT NULL,
      native_version    TEXT,
      native_code       TEXT,
      os_version        TEXT,
      bundle_version    TEXT,
      is_on_builtin     INTEGER NOT NULL,
      plugin_version    TEXT,
      requested_channel TEXT,
      channel           TEXT,
      key_id            TEXT,
      install_source    TEXT,
      remote_address    TEXT,
      state_json        TEXT NOT NULL,
      first_seen_at_ms  INTEGER NOT NULL,
      last_seen_at_ms   INTEGER NOT NULL,
      PRIMARY KEY (app_id, device_id)
    ) STRICT;
    CREATE INDEX devices_seen ON devices (app_id, last_seen_at_ms);

    -- What a release did on a device, furthest outcome kept: counts for the release's health.
    CREATE TABLE release_devices (
      release_id    TEXT NOT NULL REFERENCES releases (release_id) ON DELETE CASCADE,
      device_id     TEXT NOT NULL,
      outcome       TEXT NOT NULL CHECK (outcome IN ('offered', 'downloaded', 'set', 'updated', 'failed', 'rolled_back')),
      updated_at_ms INTEGER NOT NULL,
      PRIMARY KEY (release_id, device_id)
    ) STRICT, WITHOUT ROWID;

    -- One row per update check, stat action, channel call, download, and request that fits nothing.
    -- No foreign key: the log outlives what it talks about. Searching it reads every row, so rows are small.
    -- event_key: batches of stats are sent again after a lost answer (protocol/clients.md §7.2); it keeps the second
    -- copy of an event out, and is null for what no device numbered.
    CREATE TABLE activity (
      id             INTEGER PRIMARY KEY AUTOINCREMENT,
      at_ms          INTEGER NOT NULL,
      kind           TEXT NOT NULL,
      outcome        TEXT NOT NULL,
      app_id         TEXT,
      device_id      TEXT,
      is_virtual     INTEGER NOT NULL DEFAULT 0,
      action         TEXT,
      version        TEXT,
      summary        TEXT NOT NULL,
      status         INTEGER,
      duration_ms    REAL,
      bytes_sent     INTEGER,
      bytes_total    INTEGER,
      remote_address TEXT,
      event_key      TEXT
    ) STRICT;
    CREATE INDEX activity_app ON activity (app_id, id);
    CREATE INDEX activity_device ON activity (app_id, device_id, id);
    CREATE UNIQUE INDEX activity_event ON activity (app_id, event_key) WHERE event_key IS NOT NULL;

    CREATE TABLE activity_payloads (
      activity_id   INTEGER PRIMARY KEY REFERENCES activity (id) ON DELETE CASCADE,
      request_json  TEXT NOT NULL,
      response_json TEXT NOT NULL,
      trace_json    TEXT
    ) STRICT;

    CREATE TABLE jobs (
      job_id        TEXT PRIMARY KEY,
      kind          TEXT NOT NULL,
      title         TEXT NOT NULL,
      app_id        TEXT,
      state         TEXT NOT NULL,
      steps_json    TEXT NOT NULL,
      error_json    TEXT,
      result_json   TEXT,
      started_at_ms INTEGER NOT NULL,
      ended_at_ms   INTEGER
    ) STRICT;
    CREATE INDEX jobs_started ON jobs (started_at_ms);

    CREATE TABLE settings (
      key        TEXT PRIMARY KEY,
      value_json TEXT NOT NULL
    ) STRICT;

    CREATE TABLE recent_builds (
      path       TEXT PRIMARY KEY,
      app_id     TEXT,
      used_at_ms INTEGER NOT NULL
    ) STRICT;
  `,
} as const;
