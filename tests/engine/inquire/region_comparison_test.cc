// Whether `check` tells a replica that is not what was applied from a source that has changed since.
#include "engine/inquire/region_comparison.h"

#include "tests/engine/inquire/check_fixture.h"

namespace lakeferry::engine {
namespace {

using plan::Finding;
using plan::Severity;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::Not;

std::string MetadataLine(const std::string& uri, const std::string& properties) {
  return R"({"metaData":{"id":"id-of-)" + uri + R"(","format":{"provider":"parquet","options":{}},)" +
         R"("schemaString":"s","partitionColumns":[],"configuration":{)" + properties + "}}}";
}

class RegionComparisonTest : public ::testing::TestWithParam<delta::ReplicationMode>, public CheckedGroup {
 protected:
  RegionComparisonTest() : CheckedGroup(GetParam()) {}
  void Change(const std::string& properties) {
    world_.InRun("r1", [&] { world_.table().Commit({MetadataLine("mem://west/t", properties)}, "r1"); });
  }
  // What somebody else writes to the replica.
  void Meddle(const std::string& properties) {
    int64_t next = 0;
    while (world_.target().objects().contains(TestTable::LogName(next))) ++next;
    world_.target().Set(TestTable::LogName(next), MetadataLine("mem://east/t", properties) + "\n");
  }
};

TEST_P(RegionComparisonTest, WhatIsAlikeIsNotSpokenOf) {
  Replicate();
  EXPECT_THAT(Check(Role::kSender), Each(Field(&Finding::what, Not(HasSubstr("both regions")))));
  EXPECT_THAT(Check(Role::kSender), Each(Field(&Finding::what, Not(HasSubstr("not compared")))));
}

TEST_P(RegionComparisonTest, BeforeTheFirstEpochThereIsNothingToCompare) {
  EXPECT_THAT(Check(Role::kSender), Each(Field(&Finding::what, Not(HasSubstr("compared with its replica")))));
}

TEST_P(RegionComparisonTest, ASourceThatHasChangedSinceIsToldAsWhatIsToCome) {
  Replicate();
  Change(R"("delta.appendOnly":"true")");
  EXPECT_THAT(Check(Role::kSender), HasFinding(Severity::kInfo,
                                               "which the next epoch brings: property "
                                               "delta.appendOnly is at the source alone"));
  EXPECT_THAT(Check(Role::kSender), Each(Field(&Finding::severity, Not(Severity::kError))));
  world_.Restart();
  world_.clock.Advance(std::chrono::hours(24));
  Replicate();
  EXPECT_THAT(Check(Role::kSender), Not(HasFinding(Severity::kInfo, "which the next epoch brings")));
}

TEST_P(RegionComparisonTest, AReplicaThatSomebodyChangedIsAnErrorWhateverTheSourceDid) {
  Replicate();
  Meddle(R"("delta.appendOnly":"true")");
  const std::string said = "is not the same in both regions, though version ";
  EXPECT_THAT(Check(Role::kSender), HasFinding(Severity::kError, said));
  EXPECT_THAT(Check(Role::kSender), HasFinding(Severity::kError, "delta.appendOnly is at the replica alone"));
  Change(R"("a":"b")");
  EXPECT_THAT(Check(Role::kSender), HasFinding(Severity::kError, said));
  if (GetParam() == delta::ReplicationMode::kMirror) return;
  // The version that was applied is gone.
  world_.table().CleanLog();
  EXPECT_THAT(Check(Role::kSender), HasFinding(Severity::kWarning, "cannot be told"));
}

TEST_P(RegionComparisonTest, AReplicaThatMayNotBeReadIsSaidToBeUncompared) {
  Replicate();
  world_.target().set_hooks({.before_effect = [](std::string, StoreOperation, ObjectPath) -> Task<Status> {
    co_return Fail(ErrorCode::kUnauthorized, "denied");
  }});
  EXPECT_THAT(Check(Role::kSender),
              HasFinding(Severity::kInfo, "schema and properties of group 'orders' are not compared"));
}

INSTANTIATE_TEST_SUITE_P(Modes, RegionComparisonTest,
                         ::testing::Values(delta::ReplicationMode::kClone, delta::ReplicationMode::kMirror));

}  // namespace
}  // namespace lakeferry::engine
