/**
 * A fleet that asks the same is answered for the same reasons, so a trace is kept once for the rows that share it: it is
 * nine tenths of what a check writes. Rows that were there keep theirs in `trace_json`. Frozen: a later change is a new
 * migration.
 */
export const sharedTracesMigration = {
  version: 11,
  sql: `
    -- Rows of the log up to until_activity_id may have it; when those are gone, so is the trace.
    CREATE TABLE shared_traces (
      shared_trace_id   INTEGER PRIMARY KEY,
      until_activity_id INTEGER NOT NULL,
      of_app_id         TEXT,
      steps_json        TEXT NOT NULL
    ) STRICT;
    CREATE INDEX shared_traces_until ON shared_traces (until_activity_id);
    CREATE INDEX shared_traces_app ON shared_traces (of_app_id);

    -- Instead of trace_json.
    ALTER TABLE activity_payloads ADD COLUMN trace_id INTEGER;
  `,
} as const;
