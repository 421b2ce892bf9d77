// Version 11 of the metadata store: what a comparison of live files has found.
#pragma once

namespace lakeferry {

inline constexpr char kMigration011[] = R"sql(
ALTER TABLE live_set_checks ADD COLUMN found TEXT NOT NULL DEFAULT '';
)sql";

}  // namespace lakeferry
