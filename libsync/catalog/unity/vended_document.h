// The documents by which a Unity Catalog is asked for credentials, and hands them out. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/vended_credential.h"
#include "json/reader.h"

namespace lakeferry::unity {

// Of a table by the catalog's own id; of a place that no table lies at yet.
[[nodiscard]] std::string AskForTable(std::string_view table_id, bool write);
[[nodiscard]] std::string AskForPlace(std::string_view uri, bool write);

// The answer. kCorruptLog naming the member that is missing or wrong, and never a value; also for two kinds at once.
[[nodiscard]] Result<VendedCredential> ReadVended(const json::Fields& fields);

}  // namespace lakeferry::unity
