#include "plan/json_fields.h"

#include <fmt/format.h>

#include <limits>

#include "plan/document_sizes.h"

namespace lakeferry::plan {

std::unexpected<Error> JsonFields::Wrong(std::string_view key, std::string_view expected) const {
  return Fail(ErrorCode::kCorruptLog, fmt::format("field '{}' is missing or is no {}", key, expected),
              std::string(where_));
}

Result<std::string> JsonFields::String(std::string_view key) const {
  std::string_view value;
  if (object_[key].get(value) != simdjson::SUCCESS) return Wrong(key, "string");
  return std::string(value);
}

Result<int64_t> JsonFields::Int(std::string_view key) const {
  int64_t value = 0;
  if (object_[key].get(value) != simdjson::SUCCESS) return Wrong(key, "64-bit number");
  return value;
}

Result<int64_t> JsonFields::Count(std::string_view key) const {
  LF_TRY(const int64_t value, Int(key));
  // The greatest number has no successor: versions and epochs are counted on.
  if (value < 0 || value == std::numeric_limits<int64_t>::max()) return Wrong(key, "number of 0 or more");
  return value;
}

Result<bool> JsonFields::Bool(std::string_view key) const {
  bool value = false;
  if (object_[key].get(value) != simdjson::SUCCESS) return Wrong(key, "truth value");
  return value;
}

Result<TimeMs> JsonFields::Time(std::string_view key) const {
  LF_TRY(const int64_t ms, Int(key));
  const TimeMs time = FromEpochMs(ms);
  if (time != ClampTime(time)) return Wrong(key, "time before the year 10000");
  return time;
}

Result<std::vector<std::string>> JsonFields::Strings(std::string_view key) const {
  simdjson::dom::array array;
  if (object_[key].get(array) != simdjson::SUCCESS) return Wrong(key, "list of strings");
  if (array.size() > kListEntriesMax) return Wrong(key, "list of at most 262,144 strings");
  std::vector<std::string> values;
  values.reserve(array.size());
  for (const simdjson::dom::element element : array) {
    std::string_view value;
    if (element.get(value) != simdjson::SUCCESS) return Wrong(key, "list of strings");
    values.emplace_back(value);
  }
  return values;
}

Result<std::vector<JsonFields>> JsonFields::Objects(std::string_view key) const {
  simdjson::dom::array array;
  if (object_[key].get(array) != simdjson::SUCCESS) return Wrong(key, "list of objects");
  if (array.size() > kListEntriesMax) return Wrong(key, "list of at most 262,144 objects");
  std::vector<JsonFields> values;
  values.reserve(array.size());
  for (const simdjson::dom::element element : array) {
    simdjson::dom::object value;
    if (element.get(value) != simdjson::SUCCESS) return Wrong(key, "list of objects");
    values.emplace_back(value, where_);
  }
  return values;
}

Result<JsonFields> JsonFields::Object(std::string_view key) const {
  simdjson::dom::object value;
  if (object_[key].get(value) != simdjson::SUCCESS) return Wrong(key, "object");
  return JsonFields(value, where_);
}

Result<std::optional<int64_t>> JsonFields::FindCount(std::string_view key) const {
  if (!Has(key)) return std::optional<int64_t>();
  LF_TRY(const int64_t value, Count(key));
  return std::optional<int64_t>(value);
}

Result<std::optional<int64_t>> JsonFields::FindInt(std::string_view key) const {
  if (!Has(key)) return std::optional<int64_t>();
  LF_TRY(const int64_t value, Int(key));
  return std::optional<int64_t>(value);
}

Result<std::optional<TimeMs>> JsonFields::FindTime(std::string_view key) const {
  if (!Has(key)) return std::optional<TimeMs>();
  LF_TRY(const TimeMs value, Time(key));
  return std::optional<TimeMs>(value);
}

bool JsonFields::Has(std::string_view key) const {
  simdjson::dom::element element;
  return object_[key].get(element) == simdjson::SUCCESS && !element.is_null();
}

}  // namespace lakeferry::plan
