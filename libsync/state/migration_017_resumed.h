// Version 17 of the metadata store: what of a copy was not sent again.
#pragma once

namespace lakeferry {

inline constexpr char kMigration017[] = R"sql(
ALTER TABLE epochs ADD COLUMN resumed_bytes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE groups ADD COLUMN resumed_bytes INTEGER NOT NULL DEFAULT 0;
)sql";

}  // namespace lakeferry
