#include "plan/record/run_ids_text.h"

#include <gtest/gtest.h>

namespace lakeferry::plan {
namespace {

TEST(RunIdsText, NamesAllOfFewAndTheFirstOfMany) {
  EXPECT_EQ(RunIdsText({}, ","), "");
  EXPECT_EQ(RunIdsText({"a"}, ","), "a");
  EXPECT_EQ(RunIdsText({"a", "b"}, "', '"), "a', 'b");
  std::vector<std::string> many(kRunsInText, "r");
  EXPECT_EQ(RunIdsText(many, ",").size(), 2 * kRunsInText - 1);
  many.resize(100'000, "later");
  EXPECT_TRUE(RunIdsText(many, ",").ends_with("r,r,and 99950 more"));
}

}  // namespace
}  // namespace lakeferry::plan
