// Version 15 of the metadata store: which version of a managed table is a clone of the replica.
#pragma once

namespace lakeferry {

inline constexpr char kMigration015[] = R"sql(
ALTER TABLE epoch_tables ADD COLUMN managed_version INTEGER;
)sql";

}  // namespace lakeferry
