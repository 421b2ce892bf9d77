// Numbers and times for people. JSON is the stable contract; this text may change.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace lakeferry {

// "512 B", "1.2 GB": powers of 1000, two to three digits.
[[nodiscard]] std::string HumanBytes(int64_t bytes);
// "2026-11-21 07:39:39Z", "-" where there is none.
[[nodiscard]] std::string HumanTime(std::optional<TimeMs> time);
// "3m 10s" without parts below a second, "0s" for less and for times to come.
[[nodiscard]] std::string HumanAge(Millis age);
// "3h ago": its largest unit; "0s ago" for less than a second and for times to come.
[[nodiscard]] std::string HumanAgo(Millis age);
// "1 file", "12 files".
[[nodiscard]] std::string HumanCount(int64_t count, std::string_view thing);
// "a, b"; "-" for none.
[[nodiscard]] std::string HumanList(const std::vector<std::string>& texts);
// The number as text; "-" where there is none.
template <typename Number>
[[nodiscard]] std::string HumanNumber(const std::optional<Number>& number) {
  return number ? std::to_string(number->value()) : "-";
}

}  // namespace lakeferry
