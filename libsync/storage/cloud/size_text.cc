#include "storage/cloud/size_text.h"

#include <charconv>

namespace lakeferry {

std::optional<int64_t> SizeOf(std::string_view digits) {
  int64_t size = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), size);
  if (error != std::errc() || end != digits.data() + digits.size() || size < 0) return std::nullopt;
  return size;
}

}  // namespace lakeferry
