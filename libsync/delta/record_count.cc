#include "delta/record_count.h"

#include <simdjson.h>

namespace lakeferry::delta {

std::optional<int64_t> RecordCount(const std::optional<std::string>& stats) {
  if (!stats) return std::nullopt;
  simdjson::dom::parser parser;
  simdjson::dom::element parsed;
  int64_t records = 0;
  if (parser.parse(*stats).get(parsed) != simdjson::SUCCESS) return std::nullopt;
  if (parsed["numRecords"].get(records) != simdjson::SUCCESS) return std::nullopt;
  return records;
}

}  // namespace lakeferry::delta
