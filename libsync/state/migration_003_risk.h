// Version 3 of the metadata store: what threatens a group that still works.
#pragma once

namespace lakeferry {

// Levels as the enumeration Risk has them; times are epoch milliseconds.
inline constexpr char kMigration003[] = R"sql(
ALTER TABLE groups ADD COLUMN risk INTEGER NOT NULL DEFAULT 0;
ALTER TABLE groups ADD COLUMN risk_text TEXT NOT NULL DEFAULT '';
ALTER TABLE groups ADD COLUMN risk_remedy TEXT NOT NULL DEFAULT '';
ALTER TABLE groups ADD COLUMN risk_notified INTEGER NOT NULL DEFAULT 0;
ALTER TABLE groups ADD COLUMN files_may_vanish INTEGER;
)sql";

}  // namespace lakeferry
