// A receiver's passes over what a real sender staged.
#include "engine/group_receiver.h"

#include <fmt/format.h>

#include "base/digest.h"
#include "tests/engine/world.h"

namespace lakeferry::engine {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class GroupReceiverTest : public ::testing::Test {
 protected:
  explicit GroupReceiverTest(delta::ReplicationMode mode = delta::ReplicationMode::kClone) : world_({"a", "b"}, mode) {}

  void ExpectSent(int64_t epoch) {
    const auto sent = world_.Send();
    ASSERT_THAT(sent, Succeeded());
    ASSERT_EQ(sent->epoch, Epoch(epoch)) << sent->reason;
  }
  void ExpectReceived(int64_t epoch) {
    const auto received = world_.Receive();
    ASSERT_THAT(received, Succeeded());
    ASSERT_EQ(received->epoch, Epoch(epoch)) << received->reason;
  }
  void ExpectAllSame() {
    world_.ExpectSame("a");
    world_.ExpectSame("b");
  }
  // After an error, what PassRunner does before the next pass.
  void NoteFailure() { world_.receiver->book().SetStage(plan::GroupStage::kFailed); }
  // Everything below the targets, by name and bytes.
  std::map<std::string, std::string> Targets() {
    std::map<std::string, std::string> all;
    for (const auto* table : {"a", "b"}) {
      for (const auto& [name, object] : world_.target(table).objects())
        all[std::string(table) + "/" + name] = *object.bytes;
    }
    return all;
  }
  std::vector<EpochRecord> Records() {
    auto records = world_.Run(world_.east_state.Epochs(Role::kReceiver, "orders", 100));
    EXPECT_THAT(records, Succeeded());
    return records.value_or(std::vector<EpochRecord>());
  }
  std::string Journal() { return world_.Run(world_.east_state.Journal("orders")).value_or("error"); }
  // Fails the `nth` effect of a kind on a table's target, as a crash there would.
  void CrashAt(const std::string& table, StoreOperation operation, int nth, bool after = false) {
    auto count = std::make_shared<int>(0);
    auto hook = [=](std::string, StoreOperation at, ObjectPath) -> Task<Status> {
      if (at == operation && ++*count == nth) co_return Fail(ErrorCode::kUnavailable, "crash");
      co_return Status{};
    };
    world_.target(table).set_hooks(after ? MemoryStoreHooks{.after_effect = hook}
                                         : MemoryStoreHooks{.before_effect = hook});
  }
  void Repair(const std::string& table) { world_.target(table).set_hooks({}); }
  TestTable& a() { return world_.table("a"); }

  World world_;
};

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
  EXPECT_EQ(world_.receiver->book().record().state, "idle");
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
}

TEST_F(GroupReceiverTest, ReceiverNeverTouchesTheSourceNorWritesMoreThanReceiptsIntoStaging) {
  world_.CreateAll();
  ExpectSent(1);
  auto watch = [](std::string uri, StoreOperation operation, ObjectPath path) -> Task<Status> {
    EXPECT_FALSE(uri.starts_with("mem://west")) << StoreOperationName(operation);
    const bool writes = operation == StoreOperation::kPut || operation == StoreOperation::kPutIfAbsent ||
                        operation == StoreOperation::kOpenWrite || operation == StoreOperation::kDelete ||
                        operation == StoreOperation::kPlaceFrom;
    if (uri == "mem://east/staging" && writes) EXPECT_EQ(path.text(), "orders/receipts/00000000000000000001");
    co_return Status{};
  };
  world_.stores.set_hooks({.before_effect = watch});
  ExpectReceived(1);
}

TEST_F(GroupReceiverTest, WorksWhereStoresCannotPlace) {
  world_.target("a").set_placement_possible(false);
  world_.target("b").set_placement_possible(false);
  world_.FirstEpoch();
  ExpectAllSame();
}

TEST_F(GroupReceiverTest, TargetThatIsNotEmptyAndNotOursIsRefusedUntouched) {
  TestTable foreign(&world_.target("b"), &world_.clock);
  foreign.Create();
  world_.CreateAll();
  ExpectSent(1);
  const auto before = Targets();
  EXPECT_THAT(world_.Receive(),
              FailedWith(ErrorCode::kRefused, "not empty and was not written by this group (mem://east/b)"));
  EXPECT_EQ(Targets(), before) << "table a was not begun either";
  EXPECT_FALSE(world_.ReceiptOf(1)) << "no refusal: staging it anew would not help";
}

TEST_F(GroupReceiverTest, ForeignCommitOnAReplicaIsDivergedUntouched) {
  world_.FirstEpoch();
  TestTable foreign(&world_.target("b"), &world_.clock);
  foreign.next_ = 1;
  foreign.Commit({foreign.Add("mine")});
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  const auto before = Targets();
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kDiverged, "version 1 of the replica (mem://east/b)"));
  EXPECT_EQ(Targets(), before);
  NoteFailure();
  world_.east_state.Clear();
  world_.Restart();
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kDiverged, "version 1")) << "without its memory too";
}

TEST_F(GroupReceiverTest, HarmlessCommitOfAVacuumIsBuiltUpon) {
  world_.FirstEpoch();
  TestTable foreign(&world_.target("a"), &world_.clock);
  foreign.next_ = 1;
  foreign.Commit({});
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  ExpectReceived(2);
  ExpectAllSame();
  EXPECT_EQ(world_.SnapshotOf(world_.target("a")).version, Version(2));
}

TEST_F(GroupReceiverTest, ReplicaThatIsGoneIsDiverged) {
  world_.FirstEpoch();
  world_.target("b").objects().clear();
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kDiverged, "mem://east/b"));
  EXPECT_THAT(world_.target("b").objects(), IsEmpty());
}

TEST_F(GroupReceiverTest, CorruptStagedObjectIsAnsweredWithARefusalAndStagedAnew) {
  world_.FirstEpoch();
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  world_.staging().Set("orders/data/00000000000000000002/b/f1", "DATA OF f1");
  const auto logs = world_.Live(world_.target("a"));
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kCorruptData, "orders/data/00000000000000000002/b/f1"));
  EXPECT_EQ(world_.Live(world_.target("a")), logs) << "no table has moved";
  EXPECT_EQ(Journal(), "");
  const auto receipt = world_.ReceiptOf(2);
  ASSERT_TRUE(receipt);
  EXPECT_FALSE(receipt->applied);
  EXPECT_THAT(receipt->reason, HasSubstr("not what left"));
  NoteFailure();
  ExpectSent(3);
  ExpectReceived(3);
  ExpectAllSame();
}

TEST_F(GroupReceiverTest, MissingStagedObjectIsARefusalToo) {
  world_.CreateAll();
  ExpectSent(1);
  world_.staging().objects().erase("orders/data/00000000000000000001/b/f0");
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kCorruptData, "missing"));
  ASSERT_TRUE(world_.ReceiptOf(1));
  EXPECT_FALSE(world_.ReceiptOf(1)->applied);
  NoteFailure();
  ExpectSent(2);
  ExpectReceived(2);
  ExpectAllSame();
}

TEST_F(GroupReceiverTest, EpochBuiltUponARefusedOneIsRefusedAsWell) {
  world_.FirstEpoch();
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  world_.AppendAll("r2", "f2");
  ExpectSent(3);
  world_.staging().objects().erase("orders/data/00000000000000000002/b/f1");
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kCorruptData, "missing"));
  NoteFailure();
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kCorruptData, "since epoch 2, and epoch 1 is applied here"));
  NoteFailure();
  ExpectSent(4);
  ExpectReceived(4);
  ExpectAllSame();
}

TEST_F(GroupReceiverTest, ReplicaThatLostAFileIsMendedByTheWholeTable) {
  world_.FirstEpoch();
  world_.target("b").objects().erase("f0");
  const std::string vector =
      R"(,"deletionVector":{"storageType":"i","pathOrInlineDv":"wi5b=000010000siXQKl0rr91000f55c8Xg0@@D72lkbi5=-{L",)"
      R"("sizeInBytes":40,"cardinality":6})";
  world_.InRun("r1",
               [&] { world_.table("b").Commit({TestTable::Remove("f0"), world_.table("b").AddAgain("f0", vector)}); });
  ExpectSent(2);
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kCorruptData, "lost an object that the epoch builds upon"));
  EXPECT_THAT(world_.ReceiptOf(2)->restage_whole, ElementsAre("b"));
  NoteFailure();
  ExpectSent(3);
  const auto manifest = world_.ManifestOf(3);
  ASSERT_EQ(manifest.tables.size(), 2U);
  EXPECT_NE(manifest.tables[0].base_version, std::nullopt);
  EXPECT_EQ(manifest.tables[1].base_version, std::nullopt);
  ExpectReceived(3);
  ExpectAllSame();
}

TEST_F(GroupReceiverTest, TableThatIsNotConfiguredHereIsRefusedByName) {
  world_.CreateAll();
  ExpectSent(1);
  world_.spec.tables.pop_back();
  world_.Restart();
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kRefused, "table 'b' of the epoch is not configured here"));
  EXPECT_THAT(world_.target("a").objects(), IsEmpty());
}

TEST_F(GroupReceiverTest, OtherModeIsRefused) {
  world_.CreateAll();
  ExpectSent(1);
  world_.spec.mode = delta::ReplicationMode::kMirror;
  world_.Restart();
  EXPECT_THAT(world_.Receive(),
              FailedWith(ErrorCode::kRefused, "staged in clone mode and configured here in mirror mode"));
}

TEST_F(GroupReceiverTest, MissingManifestInBetweenBreaksTheChain) {
  world_.FirstEpoch();
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  world_.AppendAll("r2", "f2");
  ExpectSent(3);
  world_.staging().objects().erase("orders/epochs/00000000000000000002/manifest");
  const auto before = Targets();
  EXPECT_THAT(world_.Receive(),
              FailedWith(ErrorCode::kRefused, "epoch 3 follows epoch 2, and the newest answered here is 1"));
  EXPECT_EQ(Targets(), before);
}

TEST_F(GroupReceiverTest, ManifestOfAnotherChainIsRefused) {
  world_.FirstEpoch();
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  const std::string name = "orders/epochs/00000000000000000002/manifest";
  auto manifest = plan::ReadManifest(world_.Text(world_.staging(), name), name);
  ASSERT_THAT(manifest, Succeeded());
  manifest->previous_sha256 = std::string(64, '0');
  world_.staging().Set(name, plan::WriteManifest(*manifest));
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kRefused, "does not follow the one of epoch 1"));
}

TEST_F(GroupReceiverTest, CrashBetweenTwoTablesIsRolledForwardBeforeAnythingElse) {
  world_.FirstEpoch();
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  CrashAt("b", StoreOperation::kCommit, 1);
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kUnavailable, "crash"));
  EXPECT_NE(Journal(), "");
  EXPECT_FALSE(world_.ReceiptOf(2));
  Repair("b");
  world_.AppendAll("r2", "f2");
  ExpectSent(3);
  world_.Restart();
  const auto received = world_.Receive();
  ASSERT_THAT(received, Succeeded());
  EXPECT_EQ(received->epoch, Epoch(3));
  ExpectAllSame();
  EXPECT_EQ(world_.SnapshotOf(world_.target("a")).version, Version(2)) << "no commit twice";
  EXPECT_TRUE(world_.ReceiptOf(2)->applied);
  EXPECT_EQ(Journal(), "");
}

TEST_F(GroupReceiverTest, RolledForwardCommitHasTheTimeThatWasJournaled) {
  world_.FirstEpoch();
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  CrashAt("b", StoreOperation::kCommit, 1);
  const TimeMs drawn = world_.clock.WallTime();
  ASSERT_FALSE(world_.Receive());
  Repair("b");
  world_.clock.Advance(Millis(100'000));
  world_.Restart();
  ExpectReceived(2);
  EXPECT_THAT(world_.Text(world_.target("b"), TestTable::LogName(1)),
              HasSubstr(fmt::format(R"("timestamp":{})", ToEpochMs(drawn))));
}

TEST_F(GroupReceiverTest, LostAnswerOfACommitIsRecognisedAsOurs) {
  world_.CreateAll();
  ExpectSent(1);
  auto lose = [](std::string, StoreOperation at, ObjectPath) -> Task<Status> {
    if (at == StoreOperation::kCommit) co_return Fail(ErrorCode::kOutcomeUnknown, "lost");
    co_return Status{};
  };
  world_.target("a").set_hooks({.after_effect = lose});
  ExpectReceived(1);
  ExpectAllSame();
}

TEST_F(GroupReceiverTest, ManifestThatChangesUnderAHalfAppliedEpochIsRefused) {
  world_.FirstEpoch();
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  CrashAt("b", StoreOperation::kCommit, 1);
  ASSERT_FALSE(world_.Receive());
  Repair("b");
  world_.Restart();
  world_.staging().objects().erase("orders/epochs/00000000000000000002/manifest");
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kRefused, "epoch 2, which is half applied, is gone or another"));
}

// Once a log may hold the epoch, an error is not answered with a refusal: half of the group would stand beyond it.
TEST_F(GroupReceiverTest, DamageThatIsFoundAfterTheJournalIsNoRefusal) {
  world_.FirstEpoch();
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  bool journaled = false;
  world_.east_state.set_hooks({.after_save = [&]() -> Task<Status> {
    const auto journal = co_await world_.east_state.Journal("orders");
    journaled = journaled || !journal->empty();
    co_return Status{};
  }});
  world_.staging().set_hooks({.before_effect = [&](std::string, StoreOperation at, ObjectPath path) -> Task<Status> {
    const bool part = at == StoreOperation::kGet && path.parent().name() == "parts";
    if (journaled && part) co_return Fail(ErrorCode::kCorruptData, "damaged meanwhile");
    co_return Status{};
  }});
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kCorruptData, "damaged meanwhile"));
  EXPECT_FALSE(world_.ReceiptOf(2));
  EXPECT_NE(Journal(), "");
  world_.staging().set_hooks({});
  world_.Restart();
  ExpectReceived(2);
  ExpectAllSame();
}

TEST_F(GroupReceiverTest, ReceiptThatACrashPreventedIsWrittenByTheNextPass) {
  world_.CreateAll();
  ExpectSent(1);
  world_.staging().set_hooks({.before_effect = [](std::string, StoreOperation at, ObjectPath) -> Task<Status> {
    if (at == StoreOperation::kPutIfAbsent) co_return Fail(ErrorCode::kUnavailable, "crash");
    co_return Status{};
  }});
  ASSERT_FALSE(world_.Receive());
  EXPECT_FALSE(world_.ReceiptOf(1));
  world_.staging().set_hooks({});
  world_.Restart();
  ASSERT_THAT(world_.Receive(), Succeeded());
  ASSERT_TRUE(world_.ReceiptOf(1));
  EXPECT_TRUE(world_.ReceiptOf(1)->applied);
  EXPECT_EQ(world_.SnapshotOf(world_.target("a")).version, Version(0));
}

class FailedRecordTest : public GroupReceiverTest, public ::testing::WithParamInterface<bool> {};

// Parameter: whether the failed save happened all the same.
TEST_P(FailedRecordTest, EpochWhoseEndCouldNotBeRecordedIsRecordedByTheNextPass) {
  world_.FirstEpoch();
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  bool committed = false;
  world_.target("b").set_hooks({.after_effect = [&](std::string, StoreOperation at, ObjectPath) -> Task<Status> {
    committed = committed || at == StoreOperation::kCommit;
    co_return Status{};
  }});
  auto fail = [&]() -> Task<Status> {
    if (committed) co_return Fail(ErrorCode::kOutOfSpace, "full");
    co_return Status{};
  };
  world_.east_state.set_hooks(GetParam() ? MemoryStateStore::Hooks{.after_save = fail}
                                         : MemoryStateStore::Hooks{.before_save = fail});
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kOutOfSpace, "full"));
  EXPECT_FALSE(world_.ReceiptOf(2));
  world_.east_state.set_hooks({});
  NoteFailure();
  ExpectReceived(2);
  ExpectAllSame();
  EXPECT_EQ(Records()[0].epoch, Epoch(2));
  EXPECT_EQ(Records()[0].state, EpochState::kApplied);
  EXPECT_EQ(world_.SnapshotOf(world_.target("a")).version, Version(1)) << "no commit twice";
  EXPECT_TRUE(world_.ReceiptOf(2)->applied);
  EXPECT_EQ(Journal(), "");
}

INSTANTIATE_TEST_SUITE_P(Save, FailedRecordTest, ::testing::Bool());

TEST_F(GroupReceiverTest, LostMetadataStoreIsLearntFromReceiptsAndNothingIsPlacedAgain) {
  world_.FirstEpoch();
  const std::vector<EpochRecord> before = Records();
  world_.east_state.Clear();
  world_.Restart();
  const auto targets = Targets();
  const auto received = world_.Receive();
  ASSERT_THAT(received, Succeeded());
  EXPECT_EQ(received->epoch, std::nullopt);
  EXPECT_EQ(Targets(), targets);
  ASSERT_EQ(Records().size(), 1U);
  EXPECT_EQ(Records()[0].tables, before[0].tables);
  EXPECT_EQ(world_.receiver->book().record().epoch, Epoch(1));
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  ExpectReceived(2);
  ExpectAllSame();
}

TEST_F(GroupReceiverTest, MetadataStoreLostInTheMiddleOfAnEpochIsHarmless) {
  world_.FirstEpoch();
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  CrashAt("b", StoreOperation::kCommit, 1);
  ASSERT_FALSE(world_.Receive());
  Repair("b");
  world_.east_state.Clear();
  world_.Restart();
  ExpectReceived(2);
  ExpectAllSame();
  EXPECT_EQ(world_.SnapshotOf(world_.target("a")).version, Version(1)) << "no commit twice";
}

TEST_F(GroupReceiverTest, MetadataStoreLostInTheMiddleOfTheFirstEpochIsHarmless) {
  world_.CreateAll();
  ExpectSent(1);
  CrashAt("b", StoreOperation::kCommit, 1);
  ASSERT_FALSE(world_.Receive());
  Repair("b");
  world_.east_state.Clear();
  world_.Restart();
  ExpectReceived(1);
  ExpectAllSame();
  EXPECT_EQ(world_.SnapshotOf(world_.target("a")).version, Version(0));
}

TEST_F(GroupReceiverTest, OlderCopyOfTheMetadataStoreDoesNotGoBackwards) {
  world_.FirstEpoch();
  const MemoryStateStore copy = world_.east_state;
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  ExpectReceived(2);
  world_.east_state = copy;
  world_.Restart();
  const auto targets = Targets();
  const auto received = world_.Receive();
  ASSERT_THAT(received, Succeeded());
  EXPECT_EQ(received->epoch, std::nullopt);
  EXPECT_EQ(Targets(), targets);
  EXPECT_EQ(world_.receiver->book().record().epoch, Epoch(2));
}

TEST_F(GroupReceiverTest, JournalOfAnEpochThatWasCompletedSinceIsErased) {
  world_.FirstEpoch();
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  CrashAt("b", StoreOperation::kCommit, 1);
  ASSERT_FALSE(world_.Receive());
  const MemoryStateStore copy = world_.east_state;
  Repair("b");
  world_.Restart();
  ExpectReceived(2);
  world_.east_state = copy;
  world_.Restart();
  const auto targets = Targets();
  ASSERT_THAT(world_.Receive(), Succeeded());
  EXPECT_EQ(Targets(), targets);
  EXPECT_EQ(Journal(), "");
}

TEST_F(GroupReceiverTest, LostReceiptsAndMetadataStoreDoNotSendTheReplicaBackwards) {
  world_.FirstEpoch();
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  ExpectReceived(2);
  std::erase_if(world_.staging().objects(),
                [](const auto& object) { return object.first.starts_with("orders/receipts/"); });
  world_.east_state.Clear();
  world_.Restart();
  const auto targets = Targets();
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kRefused, "the replica holds epoch 2 of other manifests"));
  EXPECT_EQ(Targets(), targets);
}

TEST_F(GroupReceiverTest, TargetOfAnEarlierLifeOfTheGroupIsNotTakenForTheNewOne) {
  world_.FirstEpoch();
  // Staging and both metadata stores begin anew; the targets stay by mistake.
  world_.staging().objects().clear();
  world_.west_state.Clear();
  world_.east_state.Clear();
  world_.Restart();
  world_.AppendAll("r1", "f1");
  ExpectSent(1);
  const auto targets = Targets();
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kRefused, "the replica holds epoch 1 of other manifests"));
  EXPECT_EQ(Targets(), targets);
}

TEST_F(GroupReceiverTest, SecondReceiverDoesNoHarm) {
  world_.CreateAll();
  ExpectSent(1);
  MemoryStateStore other_state;
  Environment env{.region = "east",
                  .clock = world_.clock,
                  .random = world_.east.random,
                  .log = world_.log,
                  .state = other_state,
                  .stores = world_.stores,
                  .workflows = world_.workflows,
                  .notifier = world_.notifier,
                  .checkpoints = world_.east.checkpoints,
                  .checkpoint_writer = world_.east.checkpoint_writer,
                  .zones = world_.east.zones,
                  .copy_slots = world_.east.copy_slots,
                  .pool = world_.east.pool,
                  .limits = {}};
  GroupReceiver other(env, world_.spec);
  bool done = false;
  world_.target("b").set_hooks({.before_effect = [&](std::string, StoreOperation at, ObjectPath) -> Task<Status> {
    if (!done && at == StoreOperation::kCommit) {
      done = true;
      const auto received = co_await other.RunOnce({});
      EXPECT_THAT(received, Succeeded());
    }
    co_return Status{};
  }});
  ExpectReceived(1);
  ExpectAllSame();
  EXPECT_EQ(world_.SnapshotOf(world_.target("a")).version, Version(0));
}

// The manifest of an epoch that another receiver applied cannot be read for a moment: it is learnt by the next pass,
// and what builds upon it is not refused.
TEST_F(GroupReceiverTest, AnswerOfAnotherReceiverThatWasHalfLearntIsLearntByTheNextPass) {
  world_.CreateAll();
  ExpectSent(1);
  ASSERT_THAT(world_.Receive(), Succeeded());
  MemoryStateStore ours = world_.east_state;
  std::unique_ptr<GroupReceiver> first = std::move(world_.receiver);
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  world_.receiver = std::make_unique<GroupReceiver>(world_.east, world_.spec);
  ASSERT_THAT(world_.Receive(), Succeeded());
  std::swap(world_.receiver, first);
  world_.east_state = ours;
  int reads = 0;
  const std::string manifest = plan::StagingLayout("orders").Manifest(Epoch(2)).text();
  world_.staging().set_hooks({.before_effect = [&](std::string, StoreOperation at, ObjectPath path) -> Task<Status> {
    // NextEpoch reads it first, then it is read for the record.
    if (at == StoreOperation::kGet && path.text() == manifest && ++reads == 2) {
      co_return Fail(ErrorCode::kUnavailable, "busy");
    }
    co_return Status{};
  }});
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kUnavailable, "busy"));
  NoteFailure();
  ASSERT_THAT(world_.Receive(), Succeeded());
  world_.staging().set_hooks({});
  world_.AppendAll("r2", "f2");
  ExpectSent(3);
  const auto received = world_.Receive();
  ASSERT_THAT(received, Succeeded());
  EXPECT_EQ(received->epoch, Epoch(3));
  const auto records = world_.Run(world_.east_state.Epochs(Role::kReceiver, "orders", 100));
  ASSERT_THAT(records, Succeeded());
  EXPECT_EQ(records->size(), 3U);
}

TEST_F(GroupReceiverTest, StopBetweenEpochsLeavesTheGroupWhole) {
  world_.FirstEpoch();
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  std::stop_source stop;
  stop.request_stop();
  ASSERT_THAT(world_.Run(world_.receiver->RunOnce(stop.get_token())), Succeeded());
  EXPECT_EQ(world_.Live(world_.target("a")), std::vector<std::string>{"f0"});
  ExpectReceived(2);
}

TEST_F(GroupReceiverTest, TableAddedToTheGroupGoesOverWholeWithTheNextEpoch) {
  world_.spec.tables.pop_back();
  world_.Restart();
  world_.CreateAll();
  ExpectSent(1);
  ExpectReceived(1);
  world_.spec.tables.push_back({.name = "b", .source_uri = "mem://west/b", .target_uri = "mem://east/b"});
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

class MirrorReceiverTest : public GroupReceiverTest {
 protected:
  MirrorReceiverTest() : GroupReceiverTest(delta::ReplicationMode::kMirror) {}
  void ExpectSameLogs() {
    for (const auto* table : {"a", "b"}) {
      for (int64_t version = 0; version <= world_.table(table).newest().value(); ++version) {
        const std::string name = TestTable::LogName(version);
        EXPECT_EQ(world_.Text(world_.target(table), name), world_.Text(world_.source(table), name)) << table << name;
      }
    }
  }
};

TEST_F(MirrorReceiverTest, MirrorHasTheSourcesCommitsByteForByte) {
  world_.FirstEpoch();
  ExpectSameLogs();
  world_.InRun("r1", [&] {
    a().Commit({a().Add("f1")});
    a().Commit({TestTable::Remove("f1")});
  });
  ExpectSent(2);
  ExpectReceived(2);
  ExpectSameLogs();
  ExpectAllSame();
  EXPECT_EQ(world_.Text(world_.target("a"), "f1"), "data of f1") << "older versions can be read";
}

TEST_F(MirrorReceiverTest, ForeignCommitOnAMirrorIsDivergedUntouched) {
  world_.FirstEpoch();
  TestTable foreign(&world_.target("b"), &world_.clock);
  foreign.next_ = 2;
  foreign.Commit({});
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  const auto before = Targets();
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kDiverged, "version 2 of the mirror is not the source's"));
  EXPECT_EQ(Targets(), before);
}

TEST_F(MirrorReceiverTest, TargetThatIsNotEmptyAndNotOursIsRefused) {
  TestTable foreign(&world_.target("b"), &world_.clock);
  foreign.next_ = 7;
  foreign.Commit({});
  world_.CreateAll();
  ExpectSent(1);
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kRefused, "does not hold this table's commits"));
  EXPECT_THAT(world_.target("a").objects(), IsEmpty());
}

TEST_F(MirrorReceiverTest, MirrorThatIsGoneIsDivergedAndNoLaterCommitIsWrittenIntoTheVoid) {
  world_.FirstEpoch();
  world_.target("b").objects().clear();
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kDiverged, "version 1 of the mirror"));
  EXPECT_THAT(world_.target("b").objects(), IsEmpty());
}

TEST_F(MirrorReceiverTest, CorruptStagedCommitIsFoundBeforeAnyTableMoves) {
  world_.FirstEpoch();
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  world_.staging().Set("orders/data/00000000000000000002/b/" + TestTable::LogName(2), "damaged");
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kCorruptData, "not what left"));
  EXPECT_EQ(world_.Text(world_.target("a"), TestTable::LogName(2)), "(missing)");
  EXPECT_EQ(Journal(), "");
  ASSERT_TRUE(world_.ReceiptOf(2));
  EXPECT_FALSE(world_.ReceiptOf(2)->applied);
  NoteFailure();
  ExpectSent(3);
  ExpectReceived(3);
  ExpectSameLogs();
}

TEST_F(MirrorReceiverTest, CrashBetweenTwoTablesIsRolledForward) {
  world_.FirstEpoch();
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  CrashAt("b", StoreOperation::kCommit, 1, true);
  ASSERT_FALSE(world_.Receive());
  Repair("b");
  world_.Restart();
  ExpectReceived(2);
  ExpectSameLogs();
  ExpectAllSame();
}

}  // namespace
}  // namespace lakeferry::engine
