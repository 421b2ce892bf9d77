// Version 9 of the metadata store: which mark it has put into the staging of a group.
#pragma once

namespace lakeferry {

inline constexpr char kMigration009[] = R"sql(
ALTER TABLE groups ADD COLUMN owner_id TEXT NOT NULL DEFAULT '';
)sql";

}  // namespace lakeferry
