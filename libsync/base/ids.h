// Numbers that must not be mixed up: a table's version and a group's epoch.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace lakeferry {

// A whole number with a name. `Tag` only makes the types distinct.
template <typename Tag>
class StrongNumber {
 public:
  constexpr StrongNumber() = default;
  constexpr explicit StrongNumber(int64_t value) : value_(value) {}
  [[nodiscard]] constexpr int64_t value() const { return value_; }
  [[nodiscard]] constexpr StrongNumber Next() const { return StrongNumber(value_ + 1); }
  [[nodiscard]] constexpr StrongNumber Previous() const { return StrongNumber(value_ - 1); }
  constexpr auto operator<=>(const StrongNumber&) const = default;

 private:
  int64_t value_ = 0;
};

// A version of a Delta table: 0, 1, 2, …
using Version = StrongNumber<struct VersionTag>;
// The number of a cut within its group: 1, 2, 3, …; 0 stands for "none yet".
using Epoch = StrongNumber<struct EpochTag>;
// Rises at each change of the active region; who holds an older one may publish nothing.
using Generation = StrongNumber<struct GenerationTag>;

template <typename Tag>
[[nodiscard]] std::string ToString(StrongNumber<Tag> number) {
  return std::to_string(number.value());
}

}  // namespace lakeferry
