#include "json/parser.h"

#include <algorithm>

namespace lakeferry::json {
namespace {

// Enough for most documents, so that those that follow each other do not each need a little more.
constexpr size_t kFirstCapacity = size_t{64} << 10;

}  // namespace

simdjson::error_code Parser::Parse(std::string_view text, simdjson::dom::element& value, size_t readable) {
  if (text.empty()) return simdjson::EMPTY;
  if (text.size() > bytes_max_) return simdjson::CAPACITY;
  if (text.size() > parser_.capacity()) {
    const size_t first = std::min(kFirstCapacity, bytes_max_);
    const size_t capacity = std::max({text.size(), parser_.capacity() * 2, first});
    if (const auto error = parser_.allocate(capacity, depth_max_ + 1)) return error;
  }
  const bool copy = readable < simdjson::SIMDJSON_PADDING;
  return parser_.parse(text.data(), text.size(), copy).get(value);
}

}  // namespace lakeferry::json
