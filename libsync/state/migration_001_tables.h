// Version 1 of the metadata store: the tables. A migration that was released is never changed; the next one follows.
#pragma once

namespace lakeferry {

inline constexpr char kMigration001[] = R"sql(
CREATE TABLE groups (
  role TEXT NOT NULL CHECK (role IN ('sender', 'receiver')),
  group_name TEXT NOT NULL,
  workspace_name TEXT NOT NULL,
  validated INTEGER NOT NULL,
  state TEXT NOT NULL,
  reason TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  cut_time INTEGER,
  last_successful_run_time INTEGER,
  sync_time_to_region INTEGER,
  sync_time_in_region INTEGER,
  sync_start INTEGER,
  sync_end INTEGER,
  attempts INTEGER NOT NULL,
  last_error TEXT NOT NULL,
  last_error_remedy TEXT NOT NULL,
  failing_since INTEGER,
  failure_notified INTEGER NOT NULL,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  PRIMARY KEY (role, group_name)
) STRICT, WITHOUT ROWID;

CREATE TABLE group_names (
  role TEXT NOT NULL,
  group_name TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('table', 'workflow')),
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (role, group_name, kind, position),
  FOREIGN KEY (role, group_name) REFERENCES groups (role, group_name) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE epochs (
  role TEXT NOT NULL CHECK (role IN ('sender', 'receiver')),
  group_name TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  cut_time INTEGER NOT NULL,
  atomic INTEGER NOT NULL,
  state TEXT NOT NULL,
  manifest_sha256 TEXT NOT NULL,
  started INTEGER NOT NULL,
  ended INTEGER,
  worked_ms INTEGER NOT NULL,
  error TEXT NOT NULL,
  PRIMARY KEY (role, group_name, epoch)
) STRICT, WITHOUT ROWID;

CREATE TABLE epoch_runs (
  role TEXT NOT NULL,
  group_name TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  position INTEGER NOT NULL,
  run_id TEXT NOT NULL,
  PRIMARY KEY (role, group_name, epoch, position),
  FOREIGN KEY (role, group_name, epoch) REFERENCES epochs (role, group_name, epoch) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE epoch_tables (
  role TEXT NOT NULL,
  group_name TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  position INTEGER NOT NULL,
  table_name TEXT NOT NULL,
  source_version INTEGER NOT NULL,
  source_table_id TEXT NOT NULL,
  source_commit_sha256 TEXT NOT NULL,
  replica_version INTEGER,
  files INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  files_added INTEGER NOT NULL,
  files_removed INTEGER NOT NULL,
  PRIMARY KEY (role, group_name, epoch, position),
  FOREIGN KEY (role, group_name, epoch) REFERENCES epochs (role, group_name, epoch) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE runs (
  workflow TEXT NOT NULL,
  run_id TEXT NOT NULL,
  start_time INTEGER NOT NULL,
  end_time INTEGER,
  state TEXT NOT NULL CHECK (state IN ('running', 'success', 'failed')),
  PRIMARY KEY (workflow, run_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE journals (
  group_name TEXT NOT NULL PRIMARY KEY,
  content TEXT NOT NULL
) STRICT, WITHOUT ROWID;
)sql";

}  // namespace lakeferry
