// Version 14 of the metadata store: how long readers could see a group at two epochs.
#pragma once

namespace lakeferry {

inline constexpr char kMigration014[] = R"sql(
ALTER TABLE epochs ADD COLUMN torn INTEGER;
ALTER TABLE groups ADD COLUMN torn_since INTEGER;
ALTER TABLE groups ADD COLUMN torn INTEGER;
)sql";

}  // namespace lakeferry
