#include "delta/record_count.h"

#include "json/parser.h"

namespace lakeferry::delta {
namespace {

// Statistics nest as deep as their schema.
constexpr size_t kDepthMax = 1023;

}  // namespace

std::optional<int64_t> RecordCount(const std::optional<std::string>& stats) {
  if (!stats) return std::nullopt;
  json::Parser parser(stats->size(), kDepthMax);
  simdjson::dom::element parsed;
  int64_t records = 0;
  if (parser.Parse(*stats, parsed) != simdjson::SUCCESS) return std::nullopt;
  if (parsed["numRecords"].get(records) != simdjson::SUCCESS) return std::nullopt;
  return records;
}

}  // namespace lakeferry::delta
