#include "daemon/wiring/lifecycle_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lakeferry {
namespace {

using testing::HasSubstr;

TEST(LifecycleCheckTest, RuleIsToldByWhatItDoesWhereAndWhen) {
  const plan::Finding deletes = FindingOf({.id = "tidy", .prefix = "dr/", .expires = "after 7 days"},
                                          "staging location of group 'g'", "s3://b/dr");
  EXPECT_EQ(deletes.severity, plan::Severity::kWarning);
  EXPECT_EQ(deletes.what,
            "staging location of group 'g': the lifecycle rule tidy of the bucket deletes objects after 7 days");
  EXPECT_EQ(deletes.where, Place("s3://b/dr"));
  EXPECT_THAT(FindingOf({.archives = "after 30 days"}, "target of table t", "s3://b/t").what,
              HasSubstr("target of table t: a lifecycle rule of the bucket archives objects after 30 days"));
}

}  // namespace
}  // namespace lakeferry
