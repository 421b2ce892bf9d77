// Version 5 of the metadata store: how clocks compare, what a cut rests on, how exact the end of a run is, and runs
// that people took out of the ledger.
#pragma once

namespace lakeferry {

// Durations and times are milliseconds.
inline constexpr char kMigration005[] = R"sql(
ALTER TABLE groups ADD COLUMN store_skew INTEGER;
ALTER TABLE groups ADD COLUMN runs_skew INTEGER;
ALTER TABLE groups ADD COLUMN skew_margin INTEGER;
ALTER TABLE groups ADD COLUMN margin_measured INTEGER NOT NULL DEFAULT 0;
ALTER TABLE groups ADD COLUMN clocks_compared INTEGER;

ALTER TABLE epochs ADD COLUMN evidence TEXT NOT NULL DEFAULT 'time';
ALTER TABLE epochs ADD COLUMN evidence_margin INTEGER NOT NULL DEFAULT 0;

CREATE TABLE epoch_unexplained (
  role TEXT NOT NULL,
  group_name TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  position INTEGER NOT NULL,
  table_name TEXT NOT NULL,
  version INTEGER NOT NULL,
  time INTEGER NOT NULL,
  PRIMARY KEY (role, group_name, epoch, position),
  FOREIGN KEY (role, group_name, epoch) REFERENCES epochs (role, group_name, epoch) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

ALTER TABLE runs ADD COLUMN end_slack INTEGER NOT NULL DEFAULT 0;

CREATE TABLE run_removals (
  number INTEGER PRIMARY KEY,
  workflow TEXT NOT NULL,
  run_id TEXT NOT NULL,
  start_time INTEGER NOT NULL,
  end_time INTEGER,
  state TEXT NOT NULL,
  end_slack INTEGER NOT NULL,
  removed_by TEXT NOT NULL,
  why TEXT NOT NULL,
  removed INTEGER NOT NULL,
  cut_into TEXT NOT NULL
) STRICT;
CREATE INDEX run_removals_by_workflow ON run_removals (workflow, number);
)sql";

}  // namespace lakeferry
