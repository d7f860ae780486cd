/**
 * Stats come in batches that are sent again after a lost answer (protocol/clients.md §7.2): the key of a reported event
 * keeps its second copy out. Rows that no device numbered have none.
 */
export const activityKeysMigration = {
  version: 2,
  sql: `
    ALTER TABLE activity ADD COLUMN event_key TEXT;
    CREATE UNIQUE INDEX activity_event ON activity (app_id, event_key) WHERE event_key IS NOT NULL;
  `,
} as const;
