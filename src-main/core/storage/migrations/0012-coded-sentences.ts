/**
 * What a row of the log tells, by its code and values, so that it can be told in any language. Rows that were there keep
 * the English sentence alone, and so do most reports of devices, whose action says it all. Frozen: a later change is a
 * new migration.
 */
export const codedSentencesMigration = {
  version: 12,
  sql: 'ALTER TABLE activity ADD COLUMN sentence_json TEXT;',
} as const;
