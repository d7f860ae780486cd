/**
 * What the figures are made of, kept apart from the log: the log is pruned by its own rules and is read row by row,
 * figures are asked for again and again while it grows. One row per update of a device, failure of a device and change
 * of its bundle. And the log learns when something happened, and what was sent again by hand.
 * Frozen: a later change is a new migration.
 */
export const figuresMigration = {
  version: 8,
  sql: `
    -- How far each device got with each version. step: 1 offered, 2 downloaded, 3 set, 4 ready.
    CREATE TABLE update_attempts (
      app_id      TEXT NOT NULL,
      version     TEXT NOT NULL,
      device_id   TEXT NOT NULL,
      channel     TEXT,
      step        INTEGER NOT NULL CHECK (step BETWEEN 1 AND 4),
      trouble     TEXT CHECK (trouble IN ('failed', 'rolled_back')),
      first_at_ms INTEGER NOT NULL,
      last_at_ms  INTEGER NOT NULL,
      PRIMARY KEY (app_id, version, device_id),
      FOREIGN KEY (app_id, device_id) REFERENCES devices (app_id, device_id) ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX update_attempts_last ON update_attempts (app_id, last_at_ms);
    CREATE INDEX update_attempts_device ON update_attempts (app_id, device_id);

    -- version is empty when nothing was under way. times: how often in all.
    CREATE TABLE update_failures (
      app_id      TEXT NOT NULL,
      version     TEXT NOT NULL,
      device_id   TEXT NOT NULL,
      cause       TEXT NOT NULL,
      channel     TEXT,
      times       INTEGER NOT NULL,
      first_at_ms INTEGER NOT NULL,
      last_at_ms  INTEGER NOT NULL,
      PRIMARY KEY (app_id, version, device_id, cause),
      FOREIGN KEY (app_id, device_id) REFERENCES devices (app_id, device_id) ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX update_failures_last ON update_failures (app_id, last_at_ms);
    CREATE INDEX update_failures_device ON update_failures (app_id, device_id);

    -- What a device runs from then on.
    CREATE TABLE device_bundles (
      app_id        TEXT NOT NULL,
      device_id     TEXT NOT NULL,
      at_ms         INTEGER NOT NULL,
      version       TEXT,
      is_on_builtin INTEGER NOT NULL,
      PRIMARY KEY (app_id, device_id, at_ms),
      FOREIGN KEY (app_id, device_id) REFERENCES devices (app_id, device_id) ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID;

    INSERT INTO update_attempts (app_id, version, device_id, channel, step, trouble, first_at_ms, last_at_ms)
      SELECT r.app_id, r.version, o.device_id, d.channel,
             CASE o.outcome WHEN 'offered' THEN 1 WHEN 'downloaded' THEN 2 WHEN 'failed' THEN 1 WHEN 'updated' THEN 4 ELSE 3 END,
             CASE WHEN o.outcome IN ('failed', 'rolled_back') THEN o.outcome END,
             o.updated_at_ms, o.updated_at_ms
      FROM release_devices o
      JOIN releases r ON r.release_id = o.release_id
      JOIN devices d ON d.app_id = r.app_id AND d.device_id = o.device_id;
    INSERT INTO device_bundles (app_id, device_id, at_ms, version, is_on_builtin)
      SELECT app_id, device_id, first_seen_at_ms, bundle_version, is_on_builtin FROM devices;

    -- When the device noted it, by our clock; at_ms is when we heard of it. A queue may lie on a device for days.
    ALTER TABLE activity ADD COLUMN happened_at_ms INTEGER NOT NULL DEFAULT 0;
    UPDATE activity SET happened_at_ms = at_ms;
    -- The row whose request was sent again by a person.
    ALTER TABLE activity ADD COLUMN replay_of INTEGER;
    DROP INDEX activity_device;
    CREATE INDEX activity_device ON activity (app_id, device_id, happened_at_ms);
  `,
} as const;
