#include "json/reader.h"

#include <fmt/format.h>

#include <bit>
#include <limits>
#include <type_traits>

#include "json/parser.h"

namespace lakeferry::json {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

static_assert(std::is_trivially_copyable_v<object>);

// What the member is, where it is a T; false otherwise.
template <typename T, typename Position>
bool Get(Position position, std::string_view key, T& value) {
  return std::bit_cast<object>(position)[key].get(value) == simdjson::SUCCESS;
}

}  // namespace

std::unexpected<Error> Fields::Wrong(std::string_view key, std::string_view expected) const {
  return Fail(ErrorCode::kCorruptLog, fmt::format("field '{}' is missing or is no {}", key, expected),
              std::string(where_));
}

Result<std::string> Fields::String(std::string_view key) const {
  std::string_view value;
  if (!Get(position_, key, value)) return Wrong(key, "string");
  return std::string(value);
}

Result<std::string_view> Fields::View(std::string_view key) const {
  std::string_view value;
  if (!Get(position_, key, value)) return Wrong(key, "string");
  return value;
}

Result<int64_t> Fields::Int(std::string_view key) const {
  int64_t value = 0;
  if (!Get(position_, key, value)) return Wrong(key, "64-bit number");
  return value;
}

Result<int64_t> Fields::Count(std::string_view key) const {
  LF_TRY(const int64_t value, Int(key));
  // The greatest number has no successor: versions and epochs are counted on.
  if (value < 0 || value == std::numeric_limits<int64_t>::max()) return Wrong(key, "number of 0 or more");
  return value;
}

Result<bool> Fields::Bool(std::string_view key) const {
  bool value = false;
  if (!Get(position_, key, value)) return Wrong(key, "truth value");
  return value;
}

Result<TimeMs> Fields::Time(std::string_view key) const {
  LF_TRY(const int64_t ms, Int(key));
  const TimeMs time = FromEpochMs(ms);
  if (time != ClampTime(time)) return Wrong(key, "time before the year 10000");
  return time;
}

Result<std::vector<std::string>> Fields::Strings(std::string_view key) const {
  array list;
  if (!Get(position_, key, list)) return Wrong(key, "list of strings");
  if (list.size() > kListEntriesMax) return Wrong(key, "list of at most 262,144 strings");
  std::vector<std::string> values;
  values.reserve(list.size());
  for (const element entry : list) {
    std::string_view value;
    if (entry.get(value) != simdjson::SUCCESS) return Wrong(key, "list of strings");
    values.emplace_back(value);
  }
  return values;
}

Result<std::vector<Fields>> Fields::Objects(std::string_view key) const {
  array list;
  if (!Get(position_, key, list)) return Wrong(key, "list of objects");
  if (list.size() > kListEntriesMax) return Wrong(key, "list of at most 262,144 objects");
  std::vector<Fields> values;
  values.reserve(list.size());
  for (const element entry : list) {
    object value;
    if (entry.get(value) != simdjson::SUCCESS) return Wrong(key, "list of objects");
    values.push_back(Fields(std::bit_cast<Position>(value), where_));
  }
  return values;
}

Result<Fields> Fields::Object(std::string_view key) const {
  object value;
  if (!Get(position_, key, value)) return Wrong(key, "object");
  return Fields(std::bit_cast<Position>(value), where_);
}

Result<std::vector<std::vector<std::optional<std::string>>>> Fields::Rows(std::string_view key) const {
  array list;
  if (!Get(position_, key, list)) return Wrong(key, "list of rows");
  size_t strings = 0;
  std::vector<std::vector<std::optional<std::string>>> rows;
  for (const element entry : list) {
    array row;
    if (entry.get(row) != simdjson::SUCCESS) return Wrong(key, "list of rows");
    strings += row.size() + 1;  // an empty row is not for nothing either
    if (strings > kListEntriesMax) return Wrong(key, "list of at most 262,144 strings");
    std::vector<std::optional<std::string>>& cells = rows.emplace_back();
    for (const element cell : row) {
      std::string_view value;
      if (cell.is_null()) {
        cells.emplace_back();
      } else if (cell.get(value) == simdjson::SUCCESS) {
        cells.emplace_back(std::string(value));
      } else {
        return Wrong(key, "list of rows of strings");
      }
    }
  }
  return rows;
}

Result<std::optional<int64_t>> Fields::FindCount(std::string_view key) const {
  if (!Has(key)) return std::optional<int64_t>();
  LF_TRY(const int64_t value, Count(key));
  return std::optional<int64_t>(value);
}

Result<std::optional<int64_t>> Fields::FindInt(std::string_view key) const {
  if (!Has(key)) return std::optional<int64_t>();
  LF_TRY(const int64_t value, Int(key));
  return std::optional<int64_t>(value);
}

Result<std::optional<TimeMs>> Fields::FindTime(std::string_view key) const {
  if (!Has(key)) return std::optional<TimeMs>();
  LF_TRY(const TimeMs value, Time(key));
  return std::optional<TimeMs>(value);
}

bool Fields::Has(std::string_view key) const {
  element value;
  return Get(position_, key, value) && !value.is_null();
}

struct Reader::State {
  size_t bytes_max;
  Parser parser{bytes_max};
};

Reader::Reader(size_t bytes_max) : state_(new State{.bytes_max = bytes_max}) {}
Reader::~Reader() = default;

Result<Fields> Reader::Read(std::string_view text, std::string_view what, std::string_view where, size_t readable) {
  if (text.size() > state_->bytes_max) {
    return Fail(ErrorCode::kCorruptLog,
                fmt::format("{} has {} bytes, more than {}", what, text.size(), state_->bytes_max), std::string(where));
  }
  element value;
  object found;
  if (state_->parser.Parse(text, value, readable) != simdjson::SUCCESS || value.get(found) != simdjson::SUCCESS) {
    return Fail(ErrorCode::kCorruptLog, fmt::format("{} is not a JSON object", what), std::string(where));
  }
  return Fields(std::bit_cast<Fields::Position>(found), where);
}

}  // namespace lakeferry::json
