#include "base/saturated.h"

#include <gtest/gtest.h>

namespace lakeferry {
namespace {

constexpr int64_t kMost = std::numeric_limits<int64_t>::max();

TEST(Saturated, SumsStopAtTheEnds) {
  EXPECT_EQ(AddSaturated(1, 2), 3);
  EXPECT_EQ(AddSaturated(kMost, 1), kMost);
  EXPECT_EQ(AddSaturated(int64_t{1} << 62, int64_t{1} << 62), kMost);
  EXPECT_EQ(AddSaturated(-kMost, -2), std::numeric_limits<int64_t>::min());
  EXPECT_EQ(AddSaturated(-kMost, kMost), 0);
}

}  // namespace
}  // namespace lakeferry
