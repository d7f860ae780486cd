/**
 * The files of releases in runs of up to 512, which releases share where they are the same: publishing a build again
 * writes the runs with what changed, not a row for each of its thousands of files. Frozen: a later change is a new
 * migration.
 */
export const fileRunsMigration = {
  version: 13,
  sql: `
    -- digest: over the rows; null while they are not all there, or not to be shared any more.
    CREATE TABLE file_runs (
      run_id INTEGER PRIMARY KEY,
      digest TEXT UNIQUE
    ) STRICT;

    -- In the order of their paths. sha256, size_bytes, body_* and sealed_hash as they were in release_files.
    -- holder_sha256 is null where the body is a piece of the release's own bundle: holder_offset then counts from
    -- bundle_offset of release_runs, so that the row stays the same though the bundle is another one.
    CREATE TABLE run_files (
      run_id        INTEGER NOT NULL REFERENCES file_runs (run_id) ON DELETE CASCADE,
      place         INTEGER NOT NULL,
      path          TEXT NOT NULL,
      sha256        TEXT NOT NULL,
      size_bytes    INTEGER NOT NULL,
      is_brotli     INTEGER NOT NULL DEFAULT 0 CHECK (is_brotli IN (0, 1)),
      body_sha256   TEXT,
      body_bytes    INTEGER,
      holder_sha256 TEXT,
      holder_offset INTEGER,
      sealed_hash   TEXT,
      PRIMARY KEY (run_id, place),
      CHECK ((body_sha256 IS NULL) = (body_bytes IS NULL)),
      CHECK ((body_sha256 IS NULL) = (holder_offset IS NULL)),
      CHECK (body_sha256 IS NOT NULL OR holder_sha256 IS NULL)
    ) STRICT, WITHOUT ROWID;

    -- Where a content or a body is, by the first 12 digits of its SHA-256; the rest is compared in run_files. A table
    -- and not two indexes: rows go in by the key, which takes a tenth of the time and of the log.
    CREATE TABLE file_keys (
      sha_key TEXT NOT NULL,
      run_id  INTEGER NOT NULL,
      place   INTEGER NOT NULL,
      PRIMARY KEY (sha_key, run_id, place)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE release_runs (
      release_id    TEXT NOT NULL REFERENCES releases (release_id) ON DELETE CASCADE,
      first_path    TEXT NOT NULL,
      run_id        INTEGER NOT NULL REFERENCES file_runs (run_id),
      bundle_offset INTEGER NOT NULL,
      PRIMARY KEY (release_id, first_path)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX release_runs_run ON release_runs (run_id);

    CREATE TABLE numbered_files AS
      SELECT dense_rank() OVER (ORDER BY release_id, number / 256) AS run_id, number % 256 AS place, *
      FROM (
        SELECT row_number() OVER (PARTITION BY f.release_id ORDER BY f.path) - 1 AS number, f.*,
               iif(f.holder_sha256 = r.blob_sha256, NULL, f.holder_sha256) AS other_holder
        FROM release_files f JOIN releases r ON r.release_id = f.release_id
      );
    INSERT INTO file_runs (run_id) SELECT DISTINCT run_id FROM numbered_files;
    INSERT INTO run_files
      SELECT run_id, place, path, sha256, size_bytes, is_brotli, body_sha256, body_bytes, other_holder, holder_offset,
             sealed_hash
      FROM numbered_files ORDER BY run_id, place;
    INSERT INTO release_runs
      SELECT release_id, path, run_id, 0 FROM numbered_files WHERE place = 0 ORDER BY release_id, path;
    INSERT INTO file_keys
      SELECT substr(sha256, 1, 12) AS sha_key, run_id, place FROM run_files
      UNION SELECT substr(body_sha256, 1, 12), run_id, place FROM run_files WHERE body_sha256 IS NOT NULL
      ORDER BY sha_key;
    DROP TABLE numbered_files;
    DROP TABLE release_files;
  `,
} as const;
