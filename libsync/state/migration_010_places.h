// Version 10 of the metadata store: which place an error concerns, and which run; where sources were moved to.
#pragma once

namespace lakeferry {

inline constexpr char kMigration010[] = R"sql(
ALTER TABLE groups ADD COLUMN last_error_where TEXT NOT NULL DEFAULT '';
ALTER TABLE groups ADD COLUMN last_error_workflow TEXT NOT NULL DEFAULT '';
ALTER TABLE groups ADD COLUMN last_error_run_id TEXT NOT NULL DEFAULT '';
CREATE TABLE relocated_sources (
  role TEXT NOT NULL,
  group_name TEXT NOT NULL,
  uri TEXT NOT NULL,
  PRIMARY KEY (role, group_name, uri),
  FOREIGN KEY (role, group_name) REFERENCES groups (role, group_name) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
)sql";

}  // namespace lakeferry
