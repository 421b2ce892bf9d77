// The field "where" of every JSON document, and of lines of the log: a place with its kind and parts (docs/json.md).
#pragma once

#include <string_view>

#include "base/place.h"
#include "json/reader.h"
#include "json/writer.h"

namespace lakeferry {

// null where there is none. Each part without secrets and bounded.
void WriteWhere(json::Writer& json, std::string_view key, const Place& place);
// What WriteWhere wrote. kCorruptLog for anything else.
[[nodiscard]] Result<Place> ReadWhere(const json::Fields& fields, std::string_view key);

}  // namespace lakeferry
