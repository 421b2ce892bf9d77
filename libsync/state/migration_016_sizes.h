// Version 16 of the metadata store: how large a table is as a whole at an epoch.
#pragma once

namespace lakeferry {

inline constexpr char kMigration016[] = R"sql(
ALTER TABLE epoch_tables ADD COLUMN live_files INTEGER;
ALTER TABLE epoch_tables ADD COLUMN live_bytes INTEGER;
)sql";

}  // namespace lakeferry
