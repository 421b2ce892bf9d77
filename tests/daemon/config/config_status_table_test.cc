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

constexpr char kCredentials[] = "credentials: { a: { kind: s3, profile: x }, g: { kind: gcs, anonymous: true } }\n";

ConfigResult Load(const std::string& value) {
  return LoadConfig(
      ConfigLines{.top = kCredentials + ("status_table: " + value) + "\n", .group = "        workflow: w\n"}.Text(),
      "c.yaml");
}

TEST(ConfigStatusTable, ItIsALocationOrAMapOfIt) {
  EXPECT_EQ(LoadConfig(ConfigLines{}.Text(), "c.yaml")->status_table, std::nullopt);
  EXPECT_EQ(Load("s3://lake/status")->status_table, (StatusTableSettings{.uri = "s3://lake/status"}));
  EXPECT_EQ(Load("{ location: s3://lake/status, credential: a }")->status_table,
            (StatusTableSettings{.uri = "s3://lake/status", .credential = "a"}));
  EXPECT_EQ(Load("{ location: file:///srv/status }")->status_table->uri, "file:///srv/status");
}

TEST(ConfigStatusTable, WhatIsWrongIsSaidWithItsKey) {
  EXPECT_THAT(ProblemLines(Load("nowhere")), ElementsAre(HasSubstr("status_table")));
  EXPECT_THAT(ProblemLines(Load("{ credential: a }")), ElementsAre(HasSubstr("location")));
  EXPECT_THAT(ProblemLines(Load("{ location: s3://lake/status, credential: nobody }")),
              ElementsAre(HasSubstr("there is no credential nobody")));
  EXPECT_THAT(ProblemLines(Load("{ location: s3://lake/status, credential: g }")),
              ElementsAre(HasSubstr("credential g is of no use at s3://lake/status")));
  EXPECT_THAT(ProblemLines(Load("{ location: s3://lake/status, every: epoch }")), ElementsAre(HasSubstr("every")));
}

TEST(ConfigStatusTable, APlaceOfAGroupIsRefusedWhicheverLiesInTheOther) {
  for (const char* place : {"file:///dr/staging", "file:///dr/staging/status", "file:///lake/b", "file:///lake/b/x",
                            "file:///dr/b", "file:///dr", "file:///lake"}) {
    EXPECT_THAT(ProblemLines(Load(place)), ElementsAre(HasSubstr("overlaps"))) << place;
  }
  for (const char* place : {"file:///lake/bb", "file:///dr/status"}) {
    EXPECT_THAT(ProblemLines(Load(place)), IsEmpty()) << place;
  }
}

}  // namespace
}  // namespace lakeferry
