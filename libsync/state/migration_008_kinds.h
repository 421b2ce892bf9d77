// Version 8 of the metadata store: of which kind an error is, and in which stage a pass under way is.
#pragma once

namespace lakeferry {

inline constexpr char kMigration008[] = R"sql(
ALTER TABLE groups ADD COLUMN last_error_kind TEXT NOT NULL DEFAULT '';
ALTER TABLE groups ADD COLUMN phase TEXT NOT NULL DEFAULT '';
ALTER TABLE epochs ADD COLUMN error_kind TEXT NOT NULL DEFAULT '';
)sql";

}  // namespace lakeferry
