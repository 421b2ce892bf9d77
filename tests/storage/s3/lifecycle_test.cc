#include "storage/s3/lifecycle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lakeferry::s3 {
namespace {

using testing::ElementsAre;

std::vector<LifecycleRule> Read(const std::string& rules) {
  return ReadLifecycle("<LifecycleConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">" + rules +
                       "</LifecycleConfiguration>")
      .value();
}

TEST(LifecycleTest, RulesThatDeleteOrArchiveAreToldWithTheirPrefix) {
  EXPECT_THAT(Read("<Rule><ID>a</ID><Status>Enabled</Status><Filter><Prefix>dr/</Prefix></Filter>"
                   "<Expiration><Days>7</Days></Expiration></Rule>"
                   "<Rule><ID>b</ID><Status>Enabled</Status><Prefix>old/</Prefix>"
                   "<Transition><Days>30</Days><StorageClass>DEEP_ARCHIVE</StorageClass></Transition></Rule>"
                   "<Rule><Status>Enabled</Status><Filter><And><Prefix>x/</Prefix><ObjectSizeGreaterThan>1</"
                   "ObjectSizeGreaterThan>"
                   "</And></Filter><Expiration><Date>2027-01-01T00:00:00Z</Date></Expiration></Rule>"),
              ElementsAre(LifecycleRule{.id = "a", .prefix = "dr/", .expires = "after 7 days"},
                          LifecycleRule{.id = "b", .prefix = "old/", .archives = "after 30 days"},
                          LifecycleRule{.prefix = "x/", .expires = "at 2027-01-01T00:00:00Z"}));
}

// Versions that were replaced, uploads that were given up and markers of deletions are in nobody's way.
TEST(LifecycleTest, RulesThatTouchNoObjectOfOursAreLeftOut) {
  for (const auto* rule :
       {"<Rule><Status>Disabled</Status><Expiration><Days>7</Days></Expiration></Rule>",
        "<Rule><Status>Enabled</Status><NoncurrentVersionExpiration><NoncurrentDays>1</NoncurrentDays>"
        "</NoncurrentVersionExpiration></Rule>",
        "<Rule><Status>Enabled</Status><AbortIncompleteMultipartUpload><DaysAfterInitiation>1</DaysAfterInitiation>"
        "</AbortIncompleteMultipartUpload></Rule>",
        "<Rule><Status>Enabled</Status><Expiration><ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker>"
        "</Expiration></Rule>",
        "<Rule><Status>Enabled</Status><Filter><Tag><Key>k</Key><Value>v</Value></Tag></Filter>"
        "<Expiration><Days>7</Days></Expiration></Rule>",
        "<Rule><Status>Enabled</Status><Filter><And><Prefix>p</Prefix><Tag><Key>k</Key></Tag></And></Filter>"
        "<Expiration><Days>7</Days></Expiration></Rule>",
        "<Rule><Status>Enabled</Status><Transition><Days>1</Days><StorageClass>STANDARD_IA</StorageClass>"
        "</Transition></Rule>"}) {
    EXPECT_THAT(Read(rule), ElementsAre()) << rule;
  }
}

TEST(LifecycleTest, RuleConcernsWhatLiesInItAndWhatItLiesIn) {
  const LifecycleRule rule{.prefix = "dr/staging/"};
  EXPECT_TRUE(rule.Concerns("dr/staging/g/"));
  EXPECT_TRUE(rule.Concerns("dr/"));
  EXPECT_TRUE(rule.Concerns(""));
  EXPECT_FALSE(rule.Concerns("dr/stage/"));
  EXPECT_TRUE(LifecycleRule{}.Concerns("a/"));
}

TEST(LifecycleTest, AnotherDocumentIsNoAnswer) {
  EXPECT_EQ(ReadLifecycle("<html/>").error().code, ErrorCode::kCorruptData);
  EXPECT_EQ(ReadLifecycle("").error().code, ErrorCode::kCorruptData);
}

}  // namespace
}  // namespace lakeferry::s3
