// Version 7 of the metadata store: why the mails of a group cannot be sent.
#pragma once

namespace lakeferry {

inline constexpr char kMigration007[] = R"sql(
ALTER TABLE groups ADD COLUMN mail_trouble TEXT NOT NULL DEFAULT '';
)sql";

}  // namespace lakeferry
