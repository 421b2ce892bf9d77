// Version 6 of the metadata store: what the live files of tables come to, and when that was last compared.
#pragma once

namespace lakeferry {

// Times are epoch milliseconds.
inline constexpr char kMigration006[] = R"sql(
ALTER TABLE epoch_tables ADD COLUMN live_set TEXT NOT NULL DEFAULT '';

CREATE TABLE live_set_checks (
  role TEXT NOT NULL,
  group_name TEXT NOT NULL,
  table_name TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  version INTEGER NOT NULL,
  result TEXT NOT NULL,
  reason TEXT NOT NULL,
  checked INTEGER NOT NULL,
  worked_ms INTEGER NOT NULL,
  PRIMARY KEY (role, group_name, table_name)
) STRICT, WITHOUT ROWID;
)sql";

}  // namespace lakeferry
