// Rows of a table with row tracking keep the numbers of the source's commits in a clone. What is written to it after a
// failover must have higher ones, and so the clone's own versions keep ahead of them.
#include <fmt/format.h>

#include "tests/engine/world.h"

namespace lakeferry::engine {
namespace {

using ::testing::HasSubstr;

class RowVersionsTest : public ::testing::Test {
 protected:
  TestTable& t() { return world_.table(); }
  // A run that appends so many files, a commit each, whose rows bear the commit's version.
  void Append(int files) {
    const std::string run = fmt::format("r{}", ++runs_);
    world_.InRun(run, [&] {
      if (t().next_ == 0) t().Create(properties_, protocol_);
      for (int i = 0; i < files; ++i) AppendWith(t().next_, run);
    });
  }
  void AppendWith(int64_t row_commit, const std::string& run) {
    const std::string more = fmt::format(R"(,"baseRowId":{},"defaultRowCommitVersion":{})", t().next_, row_commit);
    t().Commit({t().Add(fmt::format("f{}", t().next_), more)}, run);
  }
  void Ship() {
    ASSERT_THAT(world_.Send(), Succeeded());
    ASSERT_THAT(world_.Receive(), Succeeded());
    world_.ExpectSame();
  }
  int64_t CloneVersion() { return world_.SnapshotOf(world_.target()).version.value(); }
  // Fails the nth small write to the target's log, as a crash there would, or does something else before it.
  void AtWrite(int nth, std::function<Status()> act) {
    auto count = std::make_shared<int>(0);
    world_.target().set_hooks({.before_effect = [=](std::string, StoreOperation at, ObjectPath path) -> Task<Status> {
      const bool log = path.text().starts_with("_delta_log/");
      if (at == StoreOperation::kPutIfAbsent && log && ++*count == nth) co_return act();
      co_return Status{};
    }});
  }

  World world_;
  std::string properties_;
  std::string protocol_;
  int runs_ = 0;
};

TEST_F(RowVersionsTest, CloneTakesTheVersionsThatItsRowsBear) {
  Append(5);
  Ship();
  EXPECT_EQ(CloneVersion(), 5);
  Append(3);
  Ship();
  EXPECT_EQ(CloneVersion(), 8);
  EXPECT_THAT(world_.Text(world_.target(), TestTable::LogName(6)), HasSubstr("\"operation\":\"CLONE\""));
  EXPECT_THAT(world_.Text(world_.target(), TestTable::LogName(8)), HasSubstr("\"operation\":\"RESERVE VERSION\""));
  const auto receipt = world_.ReceiptOf(2);
  ASSERT_TRUE(receipt);
  EXPECT_EQ(receipt->tables[0].replica_version, Version(8)) << "the receiver knows where it left the clone";
}

TEST_F(RowVersionsTest, CloneOfATableWithoutRowTrackingTakesNone) {
  world_.InRun("r1", [&] {
    t().Create();
    for (int i = 0; i < 5; ++i) t().Commit({t().Add(fmt::format("f{}", i))}, "r1");
  });
  Ship();
  EXPECT_EQ(CloneVersion(), 0);
}

TEST_F(RowVersionsTest, CrashInBetweenIsRolledForward) {
  Append(5);
  ASSERT_THAT(world_.Send(), Succeeded());
  AtWrite(3, [] { return Fail(ErrorCode::kUnavailable, "crash"); });
  EXPECT_FALSE(world_.Receive());
  EXPECT_EQ(CloneVersion(), 2);
  world_.target().set_hooks({});
  world_.Restart();
  ASSERT_THAT(world_.Receive(), Succeeded());
  EXPECT_EQ(CloneVersion(), 5);
  Append(1);
  Ship();
  EXPECT_EQ(CloneVersion(), 6);
}

TEST_F(RowVersionsTest, LostMetadataStoreInBetweenToo) {
  Append(5);
  ASSERT_THAT(world_.Send(), Succeeded());
  AtWrite(3, [] { return Fail(ErrorCode::kUnavailable, "crash"); });
  EXPECT_FALSE(world_.Receive());
  world_.target().set_hooks({});
  world_.east_state = MemoryStateStore();
  world_.Restart();
  ASSERT_THAT(world_.Receive(), Succeeded());
  EXPECT_EQ(CloneVersion(), 5);
}

TEST_F(RowVersionsTest, EntryOfAVacuumCountsAsOneOfThem) {
  Append(5);
  ASSERT_THAT(world_.Send(), Succeeded());
  AtWrite(2, [this]() -> Status {
    world_.target().Set(TestTable::LogName(2), R"({"commitInfo":{"timestamp":1,"operation":"VACUUM START"}})");
    return {};
  });
  ASSERT_THAT(world_.Receive(), Succeeded());
  EXPECT_EQ(CloneVersion(), 5);
}

TEST_F(RowVersionsTest, ForeignCommitInBetweenStopsTheGroup) {
  Append(5);
  ASSERT_THAT(world_.Send(), Succeeded());
  AtWrite(2, [this]() -> Status {
    world_.target().Set(TestTable::LogName(2), t().AddAgain("foreign") + "\n");
    return {};
  });
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kDiverged, "version 2"));
}

TEST_F(RowVersionsTest, NumberBeyondTheTablesOwnVersionsIsNotFollowed) {
  world_.InRun("r1", [&] {
    t().Create();
    AppendWith(int64_t{1} << 60, "r1");
  });
  Ship();
  EXPECT_EQ(CloneVersion(), 1);
}

TEST_F(RowVersionsTest, InCommitTimestampsRiseThroughAllOfThem) {
  properties_ = R"("delta.enableInCommitTimestamps":"true")";
  protocol_ = R"({"minReaderVersion":1,"minWriterVersion":7,"writerFeatures":["inCommitTimestamp"]})";
  Append(4);
  Ship();
  TimeMs before = TimeMs::min();
  for (int64_t version = 0; version <= 4; ++version) {
    delta::SnapshotBuilder builder;
    for (int64_t v = 0; v <= version; ++v) {
      const std::string name = TestTable::LogName(v);
      ASSERT_THAT(builder.ApplyCommit(Version(v), world_.Text(world_.target(), name), name), Succeeded());
    }
    const auto snapshot = std::move(builder).Finish(Version(version), TimeMs());
    ASSERT_THAT(snapshot, Succeeded());
    EXPECT_GT(snapshot->timestamp, before) << version;
    before = snapshot->timestamp;
  }
}

}  // namespace
}  // namespace lakeferry::engine
