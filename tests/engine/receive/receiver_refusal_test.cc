// What a receiver refuses: targets and replicas that are not as it left them, damaged or missing staged objects,
// manifests that do not follow.
#include <fmt/format.h>

#include "tests/engine/receive/receiver_fixture.h"

namespace lakeferry::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using ReceiverRefusalTest = GroupReceiverTest;

TEST_F(ReceiverRefusalTest, TargetThatIsNotEmptyAndNotOursIsRefusedUntouched) {
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

TEST_F(ReceiverRefusalTest, AFirstEpochOfWhatIsTheTargetHereIsRefusedUntouched) {
  world_.CreateAll();
  ExpectSent(1);
  plan::TableSpec& table = world_.spec.tables.Edit().front();
  table.target_uri = std::exchange(table.source_uri, "mem://elsewhere/a");
  world_.Restart();
  const auto before = world_.source("a").objects().size();
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kRefused, "source and target of table 'a' are swapped"));
  EXPECT_EQ(world_.source("a").objects().size(), before);
}

TEST_F(ReceiverRefusalTest, ForeignCommitOnAReplicaIsDivergedUntouched) {
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

TEST_F(ReceiverRefusalTest, HarmlessCommitOfAVacuumIsBuiltUpon) {
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

TEST_F(ReceiverRefusalTest, CorruptStagedObjectIsAnsweredWithARefusalAndStagedAnew) {
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

// Whoever can write staging swaps an object in at the last moment.
TEST_F(ReceiverRefusalTest, ObjectSwappedAfterItWasComparedIsNeverPlaced) {
  for (const bool link : {true, false}) {
    world_.target("a").set_copies(link);
    const int64_t epoch = link ? 1 : 3;
    if (link) world_.CreateAll();
    if (!link) world_.AppendAll("r1", "f1");
    ExpectSent(epoch);
    const std::string file = link ? "f0" : "f1";
    const std::string staged = fmt::format("orders/data/{:020}/a/{}", epoch, file);
    const std::string honest = world_.Text(world_.staging(), staged);
    world_.stores.set_hooks({.before_effect = [&](std::string uri, StoreOperation at, ObjectPath path) -> Task<Status> {
      const bool placing = at == StoreOperation::kCopy && uri == "mem://east/a" && path.text() == file;
      // What is streamed is compared as it is written, and opened once.
      const bool streamed =
          !link && (at == StoreOperation::kOpen || at == StoreOperation::kGet) && path.text() == staged;
      if (placing || streamed) world_.staging().Set(staged, std::string(honest.size(), '!'));
      co_return Status{};
    }});
    EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kCorruptData, staged));
    EXPECT_FALSE(world_.target("a").objects().contains(file));
    world_.stores.set_hooks({});
    NoteFailure();
    ExpectSent(epoch + 1);
    ExpectReceived(epoch + 1);
    ExpectAllSame();
  }
}

TEST_F(ReceiverRefusalTest, TargetThatHoldsALinkIsNotEmpty) {
  world_.CreateAll();
  ExpectSent(1);
  world_.target("b").links().insert("f0");
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kRefused, "it holds 'f0', which is not ours"));
}

TEST_F(ReceiverRefusalTest, MissingStagedObjectIsARefusalToo) {
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

TEST_F(ReceiverRefusalTest, MissingPartOfAManifestIsARefusalTooAndDoesNotHoldUpWhatComesBehind) {
  world_.FirstEpoch();
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  world_.AppendAll("r2", "f2");
  ExpectSent(3);
  const std::string part = PartOf(2, 1);
  world_.staging().objects().erase(part);
  const auto received = world_.Receive();
  ASSERT_THAT(received, FailedWith(ErrorCode::kCorruptData, "a staged object is missing (mem://east/staging/" + part));
  EXPECT_THAT(received.error().remedy, HasSubstr("the sender stages the change again"));
  ASSERT_TRUE(world_.ReceiptOf(2));
  EXPECT_FALSE(world_.ReceiptOf(2)->applied);
  NoteFailure();
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kCorruptData, "the sender stages the change again"));
  NoteFailure();
  ExpectSent(4);
  ExpectReceived(4);
  ExpectAllSame();
}

// The target of a first epoch that was refused holds what its other parts had placed.
TEST_F(ReceiverRefusalTest, FilesOfARefusedEpochOneOfWhosePartsIsLostAreNotForeign) {
  world_.west.limits.manifest_part_bytes = 100;  // protocol and metaData, then a line a part
  TestTable& b = world_.table("b");
  world_.InRun("r0", [&] {
    a().Create();
    b.Create();
    b.Commit({b.Add("p0"), b.Add("p1"), b.Add("p2")});
  });
  ExpectSent(1);
  CrashAt("b", StoreOperation::kCopy, 3);
  ASSERT_THAT(world_.Receive(), FailedWith(ErrorCode::kUnavailable, "crash"));
  Repair("b");
  NoteFailure();
  ASSERT_EQ(Targets().size(), 2U);
  ASSERT_TRUE(Targets().contains("b/p1"));
  ASSERT_EQ(std::erase_if(world_.staging().objects(),
                          [](const auto& object) {
                            return object.first.contains("/parts/") &&
                                   object.second.bytes->contains(R"("file":{"path":"p0")");
                          }),
            1U);
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kCorruptData, "a staged object is missing"));
  NoteFailure();
  world_.InRun("r1", [&] { b.Commit({TestTable::Remove("p1")}); });
  ExpectSent(2);
  ExpectReceived(2);
  ExpectAllSame();
}

TEST_F(ReceiverRefusalTest, EpochBuiltUponARefusedOneIsRefusedAsWell) {
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

TEST_F(ReceiverRefusalTest, WhatWasRefusedWaitsUntilItIsStagedAnewAndApplied) {
  world_.FirstEpoch();
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  world_.staging().objects().erase("orders/data/00000000000000000002/b/f1");
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kCorruptData, "missing"));
  const TimeMs cut = world_.ManifestOf(2).cut_time;
  EXPECT_EQ(world_.receiver->book().record().waiting_since, cut);
  NoteFailure();
  const auto waits = world_.Receive();
  ASSERT_THAT(waits, Succeeded());
  EXPECT_EQ(waits->state, GroupState::kWaiting);
  EXPECT_EQ(waits->reason, "epoch 2 was refused, and the sender has staged nothing since");
  EXPECT_EQ(world_.receiver->book().record().waiting_since, cut);
  ExpectSent(3);
  ExpectReceived(3);
  EXPECT_EQ(world_.receiver->book().record().waiting_since, std::nullopt);
  EXPECT_EQ(world_.receiver->book().record().staged_epoch, Epoch(3));
}

TEST_F(ReceiverRefusalTest, ReplicaThatLostAFileIsMendedByTheWholeTable) {
  world_.FirstEpoch();
  world_.target("b").objects().erase("f0");
  const std::string vector =
      R"(,"deletionVector":{"storageType":"i","pathOrInlineDv":"wi5b=000010000siXQKl0rr91000f55c8Xg0@@D72lkbi5=-{L",)"
      R"("sizeInBytes":40,"cardinality":6})";
  world_.InRun("r1",
               [&] { world_.table("b").Commit({TestTable::Remove("f0"), world_.table("b").AddAgain("f0", vector)}); });
  ExpectSent(2);
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kCorruptData, "lost an object that the epoch builds upon"));
  EXPECT_THAT(world_.ReceiptOf(2)->asks.restage_whole, ElementsAre("b"));
  NoteFailure();
  ExpectSent(3);
  const auto manifest = world_.ManifestOf(3);
  ASSERT_EQ(manifest.tables.size(), 2U);
  EXPECT_NE(manifest.tables[0].base_version, std::nullopt);
  EXPECT_EQ(manifest.tables[1].base_version, std::nullopt);
  ExpectReceived(3);
  ExpectAllSame();
}

TEST_F(ReceiverRefusalTest, TableThatIsNotConfiguredHereIsRefusedByName) {
  world_.CreateAll();
  ExpectSent(1);
  world_.spec.tables.Edit().pop_back();
  world_.Restart();
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kRefused, "table 'b' of the epoch is not configured here"));
  EXPECT_THAT(world_.target("a").objects(), IsEmpty());
}

TEST_F(ReceiverRefusalTest, OtherModeIsRefused) {
  world_.CreateAll();
  ExpectSent(1);
  world_.spec.mode = delta::ReplicationMode::kMirror;
  world_.Restart();
  EXPECT_THAT(world_.Receive(),
              FailedWith(ErrorCode::kRefused, "staged in clone mode and configured here in mirror mode"));
}

TEST_F(ReceiverRefusalTest, MissingManifestInBetweenBreaksTheChain) {
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

TEST_F(ReceiverRefusalTest, ManifestOfAnotherChainIsRefused) {
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

}  // namespace
}  // namespace lakeferry::engine
