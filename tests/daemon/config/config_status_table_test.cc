// The key `status_table`.
#include "daemon/config/config_status_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/daemon/config/config_texts.h"

namespace lakeferry {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kTwoCredentials[] = "credentials: { a: { kind: s3, profile: x }, g: { kind: gcs, anonymous: true } }\n";

ConfigResult LoadStatusTable(const std::string& value) {
  return LoadConfig(
      ConfigLines{.top = kTwoCredentials + ("status_table: " + value) + "\n", .group = "        workflow: w\n"}.Text(),
      "c.yaml");
}

TEST(ConfigStatusTable, ItIsALocationOrAMapOfIt) {
  EXPECT_EQ(LoadConfig(ConfigLines{}.Text(), "c.yaml")->status_table, std::nullopt);
  EXPECT_EQ(LoadStatusTable("s3://lake/status")->status_table, (StatusTableSettings{.uri = "s3://lake/status"}));
  EXPECT_EQ(LoadStatusTable("{ location: s3://lake/status, credential: a }")->status_table,
            (StatusTableSettings{.uri = "s3://lake/status", .credential = "a"}));
  EXPECT_EQ(LoadStatusTable("{ location: file:///srv/status }")->status_table->uri, "file:///srv/status");
}

TEST(ConfigStatusTable, WhatIsWrongIsSaidWithItsKey) {
  EXPECT_THAT(ProblemLines(LoadStatusTable("nowhere")), ElementsAre(HasSubstr("status_table")));
  EXPECT_THAT(ProblemLines(LoadStatusTable("{ credential: a }")), ElementsAre(HasSubstr("location")));
  EXPECT_THAT(ProblemLines(LoadStatusTable("{ location: s3://lake/status, credential: nobody }")),
              ElementsAre(HasSubstr("there is no credential nobody")));
  EXPECT_THAT(ProblemLines(LoadStatusTable("{ location: s3://lake/status, credential: g }")),
              ElementsAre(HasSubstr("credential g is of no use at s3://lake/status")));
  EXPECT_THAT(ProblemLines(LoadStatusTable("{ location: s3://lake/status, every: epoch }")),
              ElementsAre(HasSubstr("every")));
}

TEST(ConfigStatusTable, APlaceOfAGroupIsRefusedWhicheverLiesInTheOther) {
  for (const char* place : {"file:///dr/staging", "file:///dr/staging/status", "file:///lake/b", "file:///lake/b/x",
                            "file:///dr/b", "file:///dr", "file:///lake"}) {
    EXPECT_THAT(ProblemLines(LoadStatusTable(place)), ElementsAre(HasSubstr("overlaps"))) << place;
  }
  for (const char* place : {"file:///lake/bb", "file:///dr/status"}) {
    EXPECT_THAT(ProblemLines(LoadStatusTable(place)), IsEmpty()) << place;
  }
}

}  // namespace
}  // namespace lakeferry
