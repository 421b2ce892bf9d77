// Version 12 of the metadata store: notices to be delivered, what people told a role to do, and who has paused a group.
#pragma once

namespace lakeferry {

inline constexpr char kMigration012[] = R"sql(
ALTER TABLE groups ADD COLUMN announced INTEGER NOT NULL DEFAULT 0;
ALTER TABLE groups ADD COLUMN paused INTEGER;
ALTER TABLE groups ADD COLUMN paused_by TEXT NOT NULL DEFAULT '';
ALTER TABLE groups ADD COLUMN paused_why TEXT NOT NULL DEFAULT '';
CREATE TABLE asked_whole (
  role TEXT NOT NULL,
  group_name TEXT NOT NULL,
  table_name TEXT NOT NULL,
  staged INTEGER NOT NULL,
  PRIMARY KEY (role, group_name, table_name),
  FOREIGN KEY (role, group_name) REFERENCES groups (role, group_name) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE TABLE notices (
  id TEXT NOT NULL PRIMARY KEY,
  channel TEXT NOT NULL,
  role TEXT NOT NULL,
  incident TEXT NOT NULL,
  created INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  next INTEGER,
  arrived INTEGER,
  error TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE instructions (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  role TEXT NOT NULL,
  group_name TEXT NOT NULL,
  table_name TEXT NOT NULL,
  given_by TEXT NOT NULL,
  why TEXT NOT NULL,
  given INTEGER NOT NULL
) STRICT;
CREATE INDEX instructions_by_group ON instructions (role, group_name, number);
)sql";

}  // namespace lakeferry
