#include "base/access_point.h"

#include <gtest/gtest.h>

namespace lakeferry {
namespace {

TEST(AccessPointTest, ArnTellsPartitionRegionAccountAndName) {
  EXPECT_EQ(
      ReadAccessPoint("arn:aws-cn:s3:cn-north-1:123456789012:accesspoint/my-point"),
      (AccessPoint{.partition = "aws-cn", .region = "cn-north-1", .account = "123456789012", .name = "my-point"}));
}

TEST(AccessPointTest, WhatBecomesNoHostIsNone) {
  for (const auto* arn :
       {"arn:aws:s3:eu-west-1:123456789012:accesspoint/", "arn:aws:s3:eu-west-1:123456789012:accesspoint/a.b",
        "arn:aws:s3:eu-west-1:123456789012:accesspoint/ab", "arn:aws:s3:eu-west-1:12345678901x:accesspoint/name",
        "arn:aws:s3:eu-west-1:12345678901:accesspoint/name", "arn:aws:s3:evil.example:123456789012:accesspoint/name",
        "arn:aws:s3::123456789012:accesspoint/name.mrap", "arn:aws:s3:eu-west-1:123456789012:bucket/name",
        "arn:aws:s3-outposts:eu-west-1:123456789012:outpost/op/accesspoint/name",
        "arn:aws:s3-object-lambda:eu-west-1:123456789012:accesspoint/name", "arn:evil:s3:eu-west-1:123456789012:x",
        "arn:aws:s3:eu-west-1:123456789012:accesspoint/-name", "arn:aws:s3", "bucket", ""}) {
    EXPECT_FALSE(ReadAccessPoint(arn).has_value()) << arn;
  }
}

TEST(AccessPointTest, ArnEndsBehindItsName) {
  const std::string arn = "arn:aws:s3:eu-west-1:123456789012:accesspoint/name";
  EXPECT_EQ(ArnLength(arn), arn.size());
  EXPECT_EQ(ArnLength(arn + "/a/b"), arn.size());
  EXPECT_EQ(ArnLength("arn:aws:s3"), 10U);
  EXPECT_EQ(ArnLength("bucket/a"), 0U);
}

}  // namespace
}  // namespace lakeferry
