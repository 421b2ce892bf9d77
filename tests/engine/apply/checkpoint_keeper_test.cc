// Checkpoints that a receiver writes on its clones.
#include "engine/apply/checkpoint_keeper.h"

#include <fmt/format.h>

#include "tests/engine/world.h"

namespace lakeferry::engine {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Key;
using ::testing::Not;

constexpr std::string_view kHint = "_delta_log/_last_checkpoint";

std::string CheckpointName(int64_t version) { return fmt::format("_delta_log/{:020}.checkpoint.parquet", version); }

class CheckpointKeeperTest : public ::testing::Test {
 protected:
  // Brings the replica to `version` from where it stands.
  void ReachVersion(int64_t version) {
    for (; replica_version_ < version; ++replica_version_) {
      world_.AppendAll(fmt::format("r{}", replica_version_ + 1), fmt::format("g{}", replica_version_ + 1));
      Sync();
    }
  }
  void Sync() {
    ASSERT_THAT(world_.Send(), Succeeded());
    ASSERT_THAT(world_.Receive(), Succeeded());
  }
  const auto& Objects() { return world_.target().objects(); }
  std::string Text(std::string_view name) { return world_.Text(world_.target(), std::string(name)); }

  World world_;
  int64_t replica_version_ = 0;
};

TEST_F(CheckpointKeeperTest, WritesOneEveryTenVersionsAndTheHintAfterIt) {
  world_.FirstEpoch();
  ReachVersion(9);
  EXPECT_THAT(Objects(), Not(Contains(Key(CheckpointName(9)))));
  ReachVersion(10);
  ASSERT_THAT(Objects(), Contains(Key(CheckpointName(10))));
  EXPECT_THAT(Text(kHint), HasSubstr(R"("version":10,)"));
  EXPECT_THAT(Text(kHint), HasSubstr(R"("numOfAddFiles":11})"));
  ReachVersion(20);
  EXPECT_THAT(Objects(), Contains(Key(CheckpointName(20))));
  EXPECT_THAT(Text(kHint), HasSubstr(R"("version":20,)"));
  for (int64_t version = 11; version < 20; ++version)
    EXPECT_THAT(Objects(), Not(Contains(Key(CheckpointName(version)))));
}

TEST_F(CheckpointKeeperTest, ReplicaThatIsMadeAnewHasThemFromItsStart) {
  world_.FirstEpoch();
  ReachVersion(20);
  world_.target().objects().clear();
  world_.AppendAll("lost", "l");
  ASSERT_THAT(world_.Send(), Succeeded());
  ASSERT_THAT(world_.Receive(), Succeeded());
  ASSERT_EQ(world_.receiver->book().record().restaging,
            "the target of table 't' is gone, and the table is brought whole again");
  replica_version_ = -1;
  ReachVersion(10);
  EXPECT_THAT(Objects(), Contains(Key(CheckpointName(10))));
}

TEST_F(CheckpointKeeperTest, HoldsTheWholeState) {
  world_.FirstEpoch();
  ReachVersion(9);
  world_.InRun("last",
               [&] { world_.table().Commit({TestTable::Remove("g3"), R"({"txn":{"appId":"stream","version":7}})"}); });
  Sync();
  ASSERT_THAT(Objects(), Contains(Key(CheckpointName(10))));
  const delta::FullSnapshot before = world_.SnapshotOf(world_.target());
  // Without the commits, the checkpoint alone must give the same.
  for (int64_t version = 0; version < 10; ++version) world_.target().objects().erase(TestTable::LogName(version));
  const delta::FullSnapshot after = world_.SnapshotOf(world_.target());
  EXPECT_EQ(after.version, Version(10));
  EXPECT_EQ(after.protocol, before.protocol);
  EXPECT_EQ(after.metadata, before.metadata);
  EXPECT_EQ(after.txns, before.txns);
  ASSERT_TRUE(after.txns.contains("lakeferry/orders")) << "the marker travels in it";
  EXPECT_EQ(after.files.size(), before.files.size());
  EXPECT_THAT(Text(CheckpointName(10)), HasSubstr(R"({"remove":{"path":"g3")")) << "VACUUM must know it";
}

TEST_F(CheckpointKeeperTest, LeavesOutTombstonesThatHaveExpired) {
  world_.FirstEpoch();
  world_.InRun("r", [&] { world_.table().Commit({TestTable::Remove("f0"), world_.table().Add("h")}); });
  Sync();
  replica_version_ = 1;
  world_.clock.Advance(std::chrono::days(8));
  ReachVersion(10);
  ASSERT_THAT(Objects(), Contains(Key(CheckpointName(10))));
  EXPECT_THAT(Text(CheckpointName(10)), Not(HasSubstr(R"("remove")")));
}

TEST_F(CheckpointKeeperTest, GoesByThePropertyOfTheTable) {
  world_.InRun("r0", [&] {
    world_.table().Create(R"("delta.checkpointInterval":"3")");
    world_.table().Commit({world_.table().Add("f0")});
  });
  Sync();
  ReachVersion(4);
  EXPECT_THAT(Objects(), Contains(Key(CheckpointName(3))));
  EXPECT_THAT(Objects(), Not(Contains(Key(CheckpointName(4)))));
}

TEST_F(CheckpointKeeperTest, CountsFromTheCheckpointOfAnEngine) {
  world_.FirstEpoch();
  ReachVersion(8);
  std::string checkpoint = Text(TestTable::LogName(0));
  const std::string marker = R"("lakeferry/orders","version":)";
  checkpoint.replace(checkpoint.find(marker + "1"), marker.size() + 1, marker + "9");
  world_.target().Set(CheckpointName(8), checkpoint);
  world_.Restart();
  ReachVersion(17);
  EXPECT_THAT(Objects(), Not(Contains(Key(CheckpointName(10)))));
  ReachVersion(18);
  EXPECT_THAT(Objects(), Contains(Key(CheckpointName(18))));
}

TEST_F(CheckpointKeeperTest, FailureIsAWarningAndTheNextEpochTriesAgain) {
  world_.FirstEpoch();
  ReachVersion(9);
  world_.target().set_hooks({.before_effect = [](std::string, StoreOperation, ObjectPath path) -> Task<Status> {
    if (path.text().ends_with(".checkpoint.parquet")) co_return Fail(ErrorCode::kOutOfSpace, "full");
    co_return Status{};
  }});
  ReachVersion(10);
  EXPECT_TRUE(world_.log.Has("checkpoint of a replica could not be written"));
  EXPECT_THAT(Objects(), Not(Contains(Key(CheckpointName(10)))));
  EXPECT_THAT(Objects(), Not(Contains(Key(std::string(kHint)))));
  world_.target().set_hooks({});
  ReachVersion(11);
  EXPECT_THAT(Objects(), Contains(Key(CheckpointName(11))));
}

// What the replica's log says without the checkpoint, the checkpoint says without the log.
TEST_F(CheckpointKeeperTest, OneLargerThanABufferIsHeldOutsideOfMemory) {
  world_.east.limits.copy_buffer_bytes = 1'000;
  world_.FirstEpoch();
  ReachVersion(9);
  EXPECT_EQ(world_.scratch.opened, 0);
  ReachVersion(10);
  EXPECT_EQ(world_.scratch.opened, 1);
  ASSERT_GT(Text(CheckpointName(10)).size(), 1'200U);
  EXPECT_THAT(Text(kHint), HasSubstr(fmt::format(R"("sizeInBytes":{},)", Text(CheckpointName(10)).size())));
  const delta::FullSnapshot before = world_.SnapshotOf(world_.target());
  for (int64_t version = 0; version < 10; ++version) world_.target().objects().erase(TestTable::LogName(version));
  const delta::FullSnapshot after = world_.SnapshotOf(world_.target());
  EXPECT_EQ(after.metadata, before.metadata);
  EXPECT_EQ(after.txns, before.txns);
  EXPECT_EQ(after.files.size(), before.files.size());
}

TEST_F(CheckpointKeeperTest, NoRoomOutsideOfMemoryIsAWarningAndTheNextEpochTriesAgain) {
  world_.east.limits.copy_buffer_bytes = 1'000;
  world_.FirstEpoch();
  ReachVersion(9);
  world_.scratch.failure = Error{.code = ErrorCode::kOutOfSpace, .message = "full"};
  ReachVersion(10);
  EXPECT_TRUE(world_.log.Has("checkpoint of a replica could not be written"));
  EXPECT_THAT(Objects(), Not(Contains(Key(CheckpointName(10)))));
  EXPECT_THAT(Objects(), Not(Contains(Key(std::string(kHint)))));
  world_.scratch.failure.reset();
  ReachVersion(11);
  EXPECT_THAT(Objects(), Contains(Key(CheckpointName(11))));
}

TEST_F(CheckpointKeeperTest, ACheckpointThatBreaksOffIsReadForNothingAndTheFilesAreWrittenOnce) {
  world_.east.limits.copy_buffer_bytes = 100;
  world_.FirstEpoch();
  ReachVersion(10);
  world_.target().Set(CheckpointName(10), Text(CheckpointName(10)) + "{\"add\":");
  ReachVersion(20);
  EXPECT_TRUE(world_.log.Has("checkpoint unreadable"));
  ASSERT_THAT(Objects(), Contains(Key(CheckpointName(20))));
  EXPECT_THAT(Text(kHint), HasSubstr(R"("numOfAddFiles":21})"));
  const delta::FullSnapshot snapshot = world_.SnapshotOf(world_.target());
  EXPECT_EQ(snapshot.files.size(), 21U);
}

TEST_F(CheckpointKeeperTest, TakesOneReplayOfTheLog) {
  world_.FirstEpoch();
  ReachVersion(9);
  int reads = 0;
  world_.target().set_hooks({.before_effect = [&](std::string, StoreOperation at, ObjectPath path) -> Task<Status> {
    if (at == StoreOperation::kOpen && path.text() == TestTable::LogName(0)) ++reads;
    co_return Status{};
  }});
  ReachVersion(10);
  ASSERT_THAT(Objects(), Contains(Key(CheckpointName(10))));
  EXPECT_EQ(reads, 1);
  world_.Restart();
  ReachVersion(11);  // what is due has to be learnt again; version 0 is behind the checkpoint
  EXPECT_EQ(reads, 1);
}

TEST_F(CheckpointKeeperTest, KeepsTombstonesAsLongAsThePropertyOfTheTableSays) {
  world_.InRun("r0", [&] {
    world_.table().Create(R"("delta.deletedFileRetentionDuration":"interval 30 days")");
    world_.table().Commit({world_.table().Add("f0")});
  });
  Sync();
  world_.InRun("r", [&] { world_.table().Commit({TestTable::Remove("f0"), world_.table().Add("h")}); });
  Sync();
  replica_version_ = 1;
  world_.clock.Advance(std::chrono::days(8));
  ReachVersion(10);
  ASSERT_THAT(Objects(), Contains(Key(CheckpointName(10))));
  EXPECT_THAT(Text(CheckpointName(10)), HasSubstr(R"({"remove":{"path":"f0")"));
  world_.clock.Advance(std::chrono::days(31));
  ReachVersion(20);
  ASSERT_THAT(Objects(), Contains(Key(CheckpointName(20))));
  EXPECT_THAT(Text(CheckpointName(20)), Not(HasSubstr(R"("remove")")));
}

TEST_F(CheckpointKeeperTest, AProcessOfOnePassWritesItWhateverThePropertiesSay) {
  world_.InRun("r0", [&] {
    world_.table().Create(R"("delta.checkpointInterval":"3","delta.deletedFileRetentionDuration":"interval 30 days")");
    world_.table().Commit({world_.table().Add("f0")});
  });
  Sync();
  for (int64_t version = 1; version <= 4; ++version) {
    world_.Restart();
    ReachVersion(version);
  }
  EXPECT_THAT(Objects(), Contains(Key(CheckpointName(3))));
  EXPECT_THAT(Objects(), Not(Contains(Key(CheckpointName(4)))));
}

TEST_F(CheckpointKeeperTest, ARetentionThatCannotBeReadKeepsEveryTombstone) {
  world_.InRun("r0", [&] {
    world_.table().Create(
        R"("delta.deletedFileRetentionDuration":"interval 1 month","delta.logRetentionDuration":"soon")");
    world_.table().Commit({world_.table().Add("f0")});
  });
  Sync();
  world_.InRun("r", [&] { world_.table().Commit({TestTable::Remove("f0"), world_.table().Add("h")}); });
  Sync();
  replica_version_ = 1;
  world_.clock.Advance(std::chrono::days(3'000));
  ReachVersion(10);
  ASSERT_THAT(Objects(), Contains(Key(CheckpointName(10))));
  EXPECT_THAT(Text(CheckpointName(10)), HasSubstr(R"({"remove":{"path":"f0")"));
  EXPECT_TRUE(world_.log.Has("the checkpoint keeps every tombstone replica=mem://east/t"));
}

TEST_F(CheckpointKeeperTest, NeedsNoLogRetention) {
  world_.InRun("r0", [&] {
    world_.table().Create(R"("delta.logRetentionDuration":"soon")");
    world_.table().Commit({world_.table().Add("f0")});
  });
  Sync();
  ReachVersion(10);
  EXPECT_THAT(Objects(), Contains(Key(CheckpointName(10))));
  EXPECT_FALSE(world_.log.Has("keeps every tombstone"));
}

// Wherever the stop comes, the epoch is complete and answered, and there is no checkpoint and no hint.
class CheckpointStopTest : public CheckpointKeeperTest {
 protected:
  // A stop as soon as the target sees this operation after the receipt was put.
  void StopAt(StoreOperation operation, const std::string& path) {
    world_.east.limits.copy_buffer_bytes = 300;
    world_.FirstEpoch();
    ReachVersion(9);
    bool answered = false;
    world_.staging().set_hooks({.before_effect = [&](std::string, StoreOperation, ObjectPath at) -> Task<Status> {
      answered = answered || at == plan::StagingLayout(world_.spec.name).Receipt(Epoch(11));
      co_return Status{};
    }});
    std::stop_source stop;
    world_.target().set_hooks({.before_effect = [&](std::string, StoreOperation at, ObjectPath object) -> Task<Status> {
      if (answered && at == operation && object.text() == path) stop.request_stop();
      co_return Status{};
    }});
    world_.AppendAll("r10", "g10");
    ASSERT_THAT(world_.Send(), Succeeded());
    ASSERT_THAT(world_.Receive(stop.get_token()), Succeeded());
    ASSERT_TRUE(stop.stop_requested());
    world_.target().set_hooks({});
    world_.staging().set_hooks({});
    EXPECT_TRUE(world_.ReceiptOf(11).has_value());
    EXPECT_TRUE(world_.log.Has("left to a later epoch"));
    EXPECT_FALSE(world_.log.Has("could not be written"));
    EXPECT_THAT(Objects(), Not(Contains(Key(CheckpointName(10)))));
    EXPECT_THAT(Objects(), Not(Contains(Key(std::string(kHint)))));
    world_.Restart();
    replica_version_ = 10;
    ReachVersion(11);
    EXPECT_THAT(Objects(), Contains(Key(CheckpointName(11))));
  }
};

TEST_F(CheckpointStopTest, EndsTheReplay) { StopAt(StoreOperation::kOpen, TestTable::LogName(5)); }

TEST_F(CheckpointStopTest, EndsTheWriting) { StopAt(StoreOperation::kWrite, CheckpointName(10)); }

TEST_F(CheckpointStopTest, LeavesTheOtherTablesToALaterEpoch) {
  World two({"a", "b"});
  two.FirstEpoch();
  for (int64_t version = 1; version < 10; ++version) {
    two.AppendAll(fmt::format("r{}", version), fmt::format("g{}", version));
    ASSERT_THAT(two.Send(), Succeeded());
    ASSERT_THAT(two.Receive(), Succeeded());
  }
  two.AppendAll("r10", "g10");
  ASSERT_THAT(two.Send(), Succeeded());
  std::stop_source stop;
  two.target("a").set_hooks({.after_effect = [&](std::string, StoreOperation, ObjectPath path) -> Task<Status> {
    if (path.text() == kHint) stop.request_stop();
    co_return Status{};
  }});
  ASSERT_THAT(two.Receive(stop.get_token()), Succeeded());
  EXPECT_THAT(two.target("a").objects(), Contains(Key(CheckpointName(10))));
  EXPECT_THAT(two.target("b").objects(), Not(Contains(Key(CheckpointName(10)))));
}

TEST_F(CheckpointKeeperTest, MirrorsHaveTheirSourcesCheckpointsOnly) {
  World mirror({"t"}, delta::ReplicationMode::kMirror);
  mirror.FirstEpoch();
  for (int i = 1; i <= 12; ++i) {
    mirror.AppendAll(fmt::format("r{}", i), fmt::format("g{}", i));
    ASSERT_THAT(mirror.Send(), Succeeded());
    ASSERT_THAT(mirror.Receive(), Succeeded());
  }
  for (const auto& [name, object] : mirror.target().objects()) EXPECT_THAT(name, Not(HasSubstr("checkpoint")));
}

}  // namespace
}  // namespace lakeferry::engine
