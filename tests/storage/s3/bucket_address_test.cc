#include "storage/s3/bucket_address.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lakeferry::s3 {
namespace {

constexpr const char* kPoint = "arn:aws:s3:eu-west-1:123456789012:accesspoint/point";

BucketAddress At(const std::string& bucket) { return {.bucket = bucket, .region = "eu-west-1"}; }

std::string HostOf(BucketAddress address, bool dual_stack, bool fips) {
  address.dual_stack = dual_stack;
  address.fips = fips;
  return OriginOf(address).host;
}

TEST(BucketAddressTest, HostIsThatOfRegionAndKindOfEndpoint) {
  EXPECT_EQ(HostOf(At("b"), false, false), "b.s3.eu-west-1.amazonaws.com");
  EXPECT_EQ(HostOf(At("b"), true, false), "b.s3.dualstack.eu-west-1.amazonaws.com");
  EXPECT_EQ(HostOf(At("b"), false, true), "b.s3-fips.eu-west-1.amazonaws.com");
  EXPECT_EQ(HostOf(At("b"), true, true), "b.s3-fips.dualstack.eu-west-1.amazonaws.com");
}

TEST(BucketAddressTest, AccessPointHasAHostOfItsOwnAndNoBucketInThePath) {
  EXPECT_EQ(HostOf(At(kPoint), false, false), "point-123456789012.s3-accesspoint.eu-west-1.amazonaws.com");
  EXPECT_EQ(HostOf(At(kPoint), true, false), "point-123456789012.s3-accesspoint.dualstack.eu-west-1.amazonaws.com");
  EXPECT_EQ(HostOf(At(kPoint), false, true), "point-123456789012.s3-accesspoint-fips.eu-west-1.amazonaws.com");
  BucketAddress address = At(kPoint);
  address.path_style = true;
  EXPECT_EQ(PathOf(address), "");
  EXPECT_EQ(OriginOf(address).host, "point-123456789012.s3-accesspoint.eu-west-1.amazonaws.com");
  address.bucket = "b";
  EXPECT_EQ(PathOf(address), "/b");
}

TEST(BucketAddressTest, CopySourceLeadsBackToItsObject) {
  for (const auto* bucket : {"b", kPoint}) {
    const std::string source = CopySourceOf(At(bucket), "a/object/c");
    const auto placed = ReadCopySource(At("elsewhere"), source);
    ASSERT_TRUE(placed.has_value()) << source;
    EXPECT_EQ(placed->address.bucket, bucket);
    EXPECT_EQ(placed->key, "a/object/c");
  }
  EXPECT_EQ(CopySourceOf(At(kPoint), "k"), std::string(kPoint) + "/object/k");
  EXPECT_EQ(CopySourceOf(At("b"), "k"), "/b/k");
  for (const auto* none :
       {"", "b/k", "/b", "/b/", "arn:aws:s3:eu-west-1:123456789012:accesspoint/point/k", "arn:x/y"}) {
    EXPECT_FALSE(ReadCopySource(At("b"), none).has_value()) << none;
  }
}

TEST(BucketAddressTest, NewObjectsAreSentWithWhatTheTermsSay) {
  const TimeMs now = ParseTime("2026-11-30T12:00:00.500Z").value();
  BucketTerms terms{.encryption = "aws:kms", .kms_key_id = "key"};
  Headers headers = HeadersOfNew(terms, now, true);
  EXPECT_EQ(headers.Find("x-amz-server-side-encryption"), "aws:kms");
  EXPECT_EQ(headers.Find("x-amz-server-side-encryption-aws-kms-key-id"), "key");
  EXPECT_EQ(headers.size(), 2U);
  terms = {.lock = ObjectLock{.mode = "GOVERNANCE", .until = std::chrono::days(30)}};
  headers = HeadersOfNew(terms, now, true);
  EXPECT_EQ(headers.Find("x-amz-object-lock-mode"), "GOVERNANCE");
  EXPECT_EQ(headers.Find("x-amz-object-lock-retain-until-date"), "2026-12-30T12:00:00Z");
  EXPECT_EQ(HeadersOfNew(terms, now, false).size(), 0U);
  terms.lock->until = ParseTime("2027-01-31T00:00:00Z").value();
  EXPECT_EQ(HeadersOfNew(terms, now, true).Find("x-amz-object-lock-retain-until-date"), "2027-01-31T00:00:00Z");
}

}  // namespace
}  // namespace lakeferry::s3
