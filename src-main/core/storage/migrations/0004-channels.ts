/**
 * Channels with their rules, rollouts and history; what a person or an old plugin decided for one device.
 * Channels that are there keep what they did: no policy, no protection, every device may choose them.
 * Frozen: a later change is a new migration.
 */
export const channelsMigration = {
  version: 4,
  sql: `
    ALTER TABLE channels ADD COLUMN is_public INTEGER NOT NULL DEFAULT 0 CHECK (is_public IN (0, 1));
    ALTER TABLE channels ADD COLUMN on_ios INTEGER NOT NULL DEFAULT 1 CHECK (on_ios IN (0, 1));
    ALTER TABLE channels ADD COLUMN on_android INTEGER NOT NULL DEFAULT 1 CHECK (on_android IN (0, 1));
    ALTER TABLE channels ADD COLUMN on_electron INTEGER NOT NULL DEFAULT 1 CHECK (on_electron IN (0, 1));
    ALTER TABLE channels ADD COLUMN rules_json TEXT NOT NULL DEFAULT
      '{"allowDeviceSelfSet":true,"disableAutoUpdate":"none","disableAutoUpdateUnderNative":false}';

    -- A rollout is there when its release is.
    ALTER TABLE channels ADD COLUMN rollout_release_id TEXT REFERENCES releases (release_id);
    ALTER TABLE channels ADD COLUMN rollout_id TEXT;
    ALTER TABLE channels ADD COLUMN rollout_bps INTEGER NOT NULL DEFAULT 0 CHECK (rollout_bps BETWEEN 0 AND 10000);
    ALTER TABLE channels ADD COLUMN rollout_enabled INTEGER NOT NULL DEFAULT 0 CHECK (rollout_enabled IN (0, 1));
    ALTER TABLE channels ADD COLUMN rollout_paused_at_ms INTEGER;
    ALTER TABLE channels ADD COLUMN rollout_pause_reason TEXT;
    ALTER TABLE channels ADD COLUMN rollout_ttl_s INTEGER NOT NULL DEFAULT 2592000;
    ALTER TABLE channels ADD COLUMN auto_pause_triggered_at_ms INTEGER;
    ALTER TABLE channels ADD COLUMN auto_pause_checked_at_ms INTEGER;

    UPDATE channels SET is_public = 1 WHERE is_default = 1;
    CREATE UNIQUE INDEX channels_public_ios ON channels (app_id) WHERE is_public = 1 AND on_ios = 1;
    CREATE UNIQUE INDEX channels_public_android ON channels (app_id) WHERE is_public = 1 AND on_android = 1;
    CREATE UNIQUE INDEX channels_public_electron ON channels (app_id) WHERE is_public = 1 AND on_electron = 1;

    -- Targets as JSON: the version stays readable when the release is deleted.
    CREATE TABLE channel_history (
      id           INTEGER PRIMARY KEY AUTOINCREMENT,
      channel_id   INTEGER NOT NULL REFERENCES channels (channel_id) ON DELETE CASCADE,
      at_ms        INTEGER NOT NULL,
      cause        TEXT NOT NULL,
      before_json  TEXT NOT NULL,
      target_json  TEXT NOT NULL,
      changes_json TEXT NOT NULL,
      note         TEXT
    ) STRICT;
    CREATE INDEX channel_history_channel ON channel_history (channel_id, id);

    ALTER TABLE devices ADD COLUMN override_kind TEXT CHECK (override_kind IN ('channel', 'release', 'builtin', 'blocked'));
    ALTER TABLE devices ADD COLUMN override_channel_id INTEGER REFERENCES channels (channel_id);
    ALTER TABLE devices ADD COLUMN override_release_id TEXT REFERENCES releases (release_id);
    -- Of plugins that cannot keep the channel they chose themselves (protocol/clients.md §8.5).
    ALTER TABLE devices ADD COLUMN kept_channel_id INTEGER REFERENCES channels (channel_id) ON DELETE SET NULL;
    ALTER TABLE devices ADD COLUMN failed_json TEXT NOT NULL DEFAULT '[]';
    -- By channel id: what was decided for the device in the channel's rollout.
    ALTER TABLE devices ADD COLUMN rollouts_json TEXT NOT NULL DEFAULT '{}';
    CREATE INDEX devices_override_channel ON devices (override_channel_id) WHERE override_channel_id IS NOT NULL;
    CREATE INDEX devices_override_release ON devices (override_release_id) WHERE override_release_id IS NOT NULL;
    CREATE INDEX devices_kept_channel ON devices (kept_channel_id) WHERE kept_channel_id IS NOT NULL;
  `,
} as const;
