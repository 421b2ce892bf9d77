// A receiver's passes over what a real sender staged: what it applies.
#include <fmt/format.h>

#include "tests/engine/receive/receiver_fixture.h"

namespace lakeferry::engine {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;

TEST_F(GroupReceiverTest, FirstEpochMakesTheReplicasAndAnswers) {
  world_.FirstEpoch();
  ExpectAllSame();
  EXPECT_EQ(world_.SnapshotOf(world_.target("a")).version, Version(0)) << "one commit of its own";
  const auto receipt = world_.ReceiptOf(1);
  ASSERT_TRUE(receipt);
  EXPECT_TRUE(receipt->applied);
  EXPECT_EQ(receipt->files, 2);
  EXPECT_EQ(receipt->bytes, 20);
  ASSERT_EQ(receipt->tables.size(), 2U);
  EXPECT_EQ(receipt->tables[0].source_version, Version(1));
  EXPECT_EQ(receipt->tables[0].replica_version, Version(0));
  EXPECT_EQ(Records()[0].state, EpochState::kApplied);
  EXPECT_EQ(Journal(), "");
  EXPECT_EQ(world_.receiver->book().record().epoch, Epoch(1));
  EXPECT_EQ(world_.receiver->book().record().state, GroupState::kIdle);
}

TEST_F(GroupReceiverTest, ReplicaHasAnIdOfItsOwnAndTheGroupsMarker) {
  world_.FirstEpoch();
  const delta::Snapshot replica = world_.SnapshotOf(world_.target("a"));
  EXPECT_NE(replica.metadata.id, world_.SnapshotOf(world_.source("a")).metadata.id);
  ASSERT_TRUE(replica.txns.contains("lakeferry/orders"));
  EXPECT_EQ(replica.txns.at("lakeferry/orders").version, 1);
}

TEST_F(GroupReceiverTest, IncrementIsOneCommitATable) {
  world_.FirstEpoch();
  const std::string id = world_.SnapshotOf(world_.target("a")).metadata.id;
  world_.InRun("r1", [&] {
    a().Commit({a().Add("f1")});
    a().Commit({TestTable::Remove("f0"), a().Add("f2")});
  });
  ExpectSent(2);
  ExpectReceived(2);
  ExpectAllSame();
  EXPECT_EQ(world_.SnapshotOf(world_.target("a")).version, Version(1));
  EXPECT_EQ(world_.SnapshotOf(world_.target("a")).metadata.id, id);
  EXPECT_EQ(world_.SnapshotOf(world_.target("b")).version, Version(0)) << "nothing changed there";
  EXPECT_THAT(world_.target("a").objects(), Contains(::testing::Key("f0"))) << "the receiver deletes nothing";
}

TEST_F(GroupReceiverTest, SeveralStagedEpochsAreAppliedInOrderByOnePass) {
  world_.FirstEpoch();
  for (const int64_t n : {1, 2, 3}) {
    world_.AppendAll(fmt::format("r{}", n), fmt::format("f{}", n));
    ExpectSent(n + 1);
  }
  ExpectReceived(4);
  ExpectAllSame();
  EXPECT_EQ(world_.SnapshotOf(world_.target("a")).version, Version(3));
  for (const int64_t epoch : {2, 3, 4}) EXPECT_TRUE(world_.ReceiptOf(epoch)) << epoch;
}

TEST_F(GroupReceiverTest, NothingStagedIsNothingToDo) {
  const auto received = world_.Receive();
  ASSERT_THAT(received, Succeeded());
  EXPECT_EQ(received->epoch, std::nullopt);
  EXPECT_EQ(received->reason, "no further epoch is staged");
  EXPECT_EQ(received->state, GroupState::kWaiting);
  const GroupRecord& record = world_.receiver->book().record();
  EXPECT_EQ(record.waiting_since, record.created) << "that there will be a replica is not taken for granted";
}

TEST_F(GroupReceiverTest, ReceiverNeverTouchesTheSourceNorWritesMoreThanReceiptsIntoStaging) {
  world_.CreateAll();
  ExpectSent(1);
  auto watch = [](std::string uri, StoreOperation operation, ObjectPath path) -> Task<Status> {
    EXPECT_FALSE(uri.starts_with("mem://west")) << StoreOperationName(operation);
    const bool writes = operation == StoreOperation::kPut || operation == StoreOperation::kPutIfAbsent ||
                        operation == StoreOperation::kBegin || operation == StoreOperation::kDelete ||
                        operation == StoreOperation::kCopy;
    if (uri == "mem://east/staging" && writes) EXPECT_EQ(path.text(), "orders/receipts/00000000000000000001");
    co_return Status{};
  };
  world_.stores.set_hooks({.before_effect = watch});
  ExpectReceived(1);
}

// In parts, so that some of it is written before its end is known.
TEST_F(GroupReceiverTest, CommitThatCannotBeWrittenIsGivenUp) {
  world_.FirstEpoch();
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  world_.target("a").set_part_bytes(50);
  CrashAt("a", StoreOperation::kWrite, 2);
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kUnavailable, "crash"));
  EXPECT_FALSE(world_.target("a").objects().contains(TestTable::LogName(1)));
  Repair("a");
  NoteFailure();
  ExpectReceived(2);
  ExpectAllSame();
}

TEST_F(GroupReceiverTest, WorksWhereStoresCannotPlace) {
  world_.target("a").set_copies(false);
  world_.target("b").set_copies(false);
  world_.FirstEpoch();
  ExpectAllSame();
}

TEST_F(GroupReceiverTest, StopBeforeThePassLeavesTheGroupAsItIs) {
  world_.FirstEpoch();
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_THAT(world_.Receive(stop.get_token()), FailedWith(ErrorCode::kCancelled, "stopped"));
  EXPECT_EQ(world_.Live(world_.target("a")), std::vector<std::string>{"f0"});
  ExpectReceived(2);
}

// Whenever it comes: no table is an epoch ahead of another for as long as the service is down.
TEST_F(GroupReceiverTest, StopAtACommitIsAStopBetweenEpochs) {
  world_.FirstEpoch();
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  world_.AppendAll("r2", "f2");
  ExpectSent(3);
  std::stop_source stop;
  world_.target("a").set_hooks(
      {.before_effect = [&stop](std::string, StoreOperation operation, ObjectPath) -> Task<Status> {
        if (operation == StoreOperation::kCommit) stop.request_stop();
        co_return Status{};
      }});
  const auto received = world_.Receive(stop.get_token());
  ASSERT_THAT(received, Succeeded()) << "what was done is told";
  EXPECT_EQ(received->epoch, Epoch(2));
  for (const auto* table : {"a", "b"}) {
    EXPECT_EQ(world_.Live(world_.target(table)), (std::vector<std::string>{"f0", "f1"})) << table;
  }
  EXPECT_TRUE(world_.ReceiptOf(2));
  ExpectReceived(3);
}

TEST_F(GroupReceiverTest, TableAddedToTheGroupGoesOverWholeWithTheNextEpoch) {
  world_.spec.tables.Edit().pop_back();
  world_.Restart();
  world_.CreateAll();
  ExpectSent(1);
  ExpectReceived(1);
  world_.spec.tables.Edit().push_back({.name = "b", .source_uri = "mem://west/b", .target_uri = "mem://east/b"});
  world_.Restart();
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  ExpectReceived(2);
  ExpectAllSame();
}

TEST_F(GroupReceiverTest, ChangedMetadataGoesOverWithTheFiles) {
  world_.FirstEpoch();
  world_.InRun("r1", [&] {
    a().Commit({R"({"metaData":{"id":"id-of-mem://west/a","format":{"provider":"parquet","options":{}},)"
                R"("schemaString":"new schema","partitionColumns":[],"configuration":{"k":"v"}}})",
                a().Add("f1")});
  });
  const std::string id = world_.SnapshotOf(world_.target("a")).metadata.id;
  ExpectSent(2);
  ExpectReceived(2);
  const delta::Metadata metadata = world_.SnapshotOf(world_.target("a")).metadata;
  EXPECT_EQ(metadata.schema_string, "new schema");
  EXPECT_EQ(metadata.Property("k"), "v");
  EXPECT_EQ(metadata.id, id);
}

TEST_F(GroupReceiverTest, WholeTableOverAReplicaIsTheDifferenceToWhatIsThere) {
  world_.CreateAll();
  const auto domain = [](std::string_view name, std::string_view text, bool removed = false) {
    return fmt::format(R"({{"domainMetadata":{{"domain":"{}","configuration":"{}","removed":{}}}}})", name, text,
                       removed);
  };
  world_.InRun("r1", [&] {
    a().Commit({a().Add("f1"), domain("stays", "1"), domain("goes", "2"), R"({"txn":{"appId":"stream","version":5}})"});
  });
  ExpectSent(1);
  ExpectReceived(1);
  world_.InRun("r2", [&] {
    a().Commit({TestTable::Remove("f0"), a().Add("f2"), domain("goes", "2", true),
                R"({"txn":{"appId":"stream","version":6}})"});
    a().Commit({});
  });
  a().CleanLog();
  ExpectSent(2);
  ExpectReceived(2);
  ExpectAllSame();
  const delta::Snapshot replica = world_.SnapshotOf(world_.target("a"));
  EXPECT_EQ(replica.version, Version(1));
  EXPECT_THAT(replica.domains, ElementsAre(::testing::Key("stays")));
  EXPECT_EQ(replica.txns.at("stream").version, 6);
  const auto commit = delta::ParseCommit(world_.Text(world_.target("a"), TestTable::LogName(1)), "the commit");
  ASSERT_THAT(commit, Succeeded());
  EXPECT_EQ(commit->adds.size(), 1U) << "only what the replica lacks";
  EXPECT_EQ(commit->removes.size(), 1U);
  EXPECT_FALSE(commit->metadata || commit->protocol);
}

// A commit to a table with in-commit timestamps on that holds none is one that no reader takes.
TEST_F(GroupReceiverTest, InCommitTimestampsFollowTheSourceOnAndOffAndOn) {
  const std::string protocol = R"({"minReaderVersion":1,"minWriterVersion":7,"writerFeatures":["inCommitTimestamp"]})";
  const auto metadata = [](std::string_view properties) {
    return fmt::format(R"({{"metaData":{{"id":"id-of-mem://west/a","format":{{"provider":"parquet","options":{{}}}},)"
                       R"("schemaString":"s","partitionColumns":[],"configuration":{{{}}}}}}})",
                       properties);
  };
  const std::string on = R"("delta.enableInCommitTimestamps":"true")";
  world_.InRun("r0", [&] {
    a().Create(on, protocol);
    world_.table("b").Create();
  });
  ExpectSent(1);
  ExpectReceived(1);
  const auto time = [&] { return world_.SnapshotOf(world_.target("a")).commit_info->in_commit_timestamp; };
  const auto first = time();
  ASSERT_TRUE(first);
  int64_t epoch = 2;
  const auto next = [&](std::vector<std::string> lines) {
    const std::string path = fmt::format("f{}", epoch);
    world_.InRun("r" + path, [&] {
      lines.push_back(a().Add(path));
      a().Commit(lines);
    });
    ExpectSent(epoch);
    ExpectReceived(epoch);
    ExpectAllSame();
    ++epoch;
  };
  next({});
  ASSERT_TRUE(time());
  EXPECT_GT(*time(), *first);
  next({metadata("")});
  EXPECT_FALSE(time());
  next({});
  EXPECT_FALSE(time());
  next({metadata(
      on + R"(,"delta.inCommitTimestampEnablementVersion":"4","delta.inCommitTimestampEnablementTimestamp":"1")")});
  EXPECT_TRUE(time());
  EXPECT_EQ(world_.SnapshotOf(world_.target("a")).metadata.Property("delta.inCommitTimestampEnablementVersion"), "4");
  next({metadata(on + R"(,"k":"v")")});
  EXPECT_EQ(world_.SnapshotOf(world_.target("a")).metadata.Property("delta.inCommitTimestampEnablementVersion"), "4");
}

}  // namespace
}  // namespace lakeferry::engine
