// PageWatch: whether a list that comes page by page comes to an end. Pure.
#pragma once

#include <cstddef>
#include <set>
#include <string>

#include "base/result.h"

namespace lakeferry {

// More entries than this of one list are not read.
inline constexpr size_t kListedRunsMax = 200'000;

class PageWatch {
 public:
  // After each page: how many entries were new in it, and how the next is called, which is empty after the last.
  // kCorruptData: pages go in a circle, or come without end and hold nothing new; kRefused: more than kListedRunsMax.
  [[nodiscard]] Status Turn(size_t fresh, const std::string& next);
  [[nodiscard]] size_t entries() const { return entries_; }

 private:
  std::set<std::string> seen_;
  size_t entries_ = 0;
  size_t barren_ = 0;
};

}  // namespace lakeferry
