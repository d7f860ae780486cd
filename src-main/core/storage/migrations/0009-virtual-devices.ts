/**
 * Virtual devices that a person added, with what each keeps between its cycles. Frozen: a later change is a new
 * migration.
 */
export const virtualDevicesMigration = {
  version: 9,
  sql: `
    CREATE TABLE virtual_devices (
      app_id         TEXT NOT NULL REFERENCES apps (app_id) ON DELETE CASCADE,
      device_id      TEXT NOT NULL,
      platform       TEXT NOT NULL,
      native_version TEXT NOT NULL,
      plugin_version TEXT NOT NULL,
      channel        TEXT,
      public_pem     TEXT,
      state_json     TEXT NOT NULL,
      last_run_json  TEXT,
      created_at_ms  INTEGER NOT NULL,
      PRIMARY KEY (app_id, device_id)
    ) STRICT;
  `,
} as const;
