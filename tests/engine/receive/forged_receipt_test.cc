// Receipts that are not true: forged ones, those of another receiver, and a metadata store that claims what the tables
// do not show. Where the group stands, its tables say; what is lost by a forgery comes again by itself. In both modes.
#include <functional>
#include <string>

#include "plan/document/signed_document.h"
#include "tests/engine/receive/receiver_fixture.h"

namespace lakeferry::engine {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ForgedReceiptTest : public GroupReceiverTest, public ::testing::WithParamInterface<delta::ReplicationMode> {
 protected:
  ForgedReceiptTest() : GroupReceiverTest(GetParam()) {}

  static std::string NameOf(int64_t epoch) { return plan::StagingLayout("orders").Receipt(Epoch(epoch)).text(); }
  // What a receiver would say that applied the epoch: whoever can read staging can write that.
  plan::Receipt Perfect(int64_t epoch) {
    const std::string manifest =
        world_.Text(world_.staging(), plan::StagingLayout("orders").Manifest(Epoch(epoch)).text());
    plan::Receipt receipt{.group = "orders",
                          .epoch = Epoch(epoch),
                          .manifest_sha256 = plan::DocumentDigest(manifest),
                          .applied = true,
                          .reason = {},
                          .answered = world_.clock.WallTime(),
                          .tables = {}};
    for (const plan::ManifestTable& table : world_.ManifestOf(epoch).tables) {
      receipt.tables.push_back({.name = table.name,
                                .source_version = table.source_version,
                                .replica_version = table.source_version,
                                .live_set = table.live_set.Fingerprint(),
                                .target = "mem://east/" + table.name});
    }
    return receipt;
  }
  void Plant(int64_t epoch, const std::function<void(plan::Receipt&)>& change = {}) {
    plan::Receipt receipt = Perfect(epoch);
    if (change) change(receipt);
    world_.staging().Set(NameOf(epoch), plan::WriteReceipt(receipt));
  }
  // A receipt of an epoch that was never staged.
  void PlantBeyond(int64_t epoch) {
    const plan::Receipt receipt{.group = "orders", .epoch = Epoch(epoch), .manifest_sha256 = std::string(64, 'a')};
    world_.staging().Set(NameOf(epoch), plan::WriteReceipt(receipt));
  }
  // One epoch is there, a second is staged.
  void StageSecond() {
    world_.FirstEpoch();
    world_.AppendAll("r1", "f1");
    ExpectSent(2);
  }
  [[nodiscard]] bool IsStaged(int64_t epoch) {
    return !world_.Staged("orders/data/" + plan::StagingLayout::Number(Epoch(epoch))).empty();
  }
  // Both roles, as services run them, until the sources' state is there.
  void ExpectConverges(int passes = 4) {
    for (int i = 0; i < passes; ++i) {
      if (!world_.Receive()) NoteFailure();
      if (!world_.Send()) world_.sender->book().SetStage(plan::GroupStage::kFailed);
      world_.clock.Advance(world_.spec.sync_interval);
    }
    ASSERT_THAT(world_.Receive(), Succeeded());
    ExpectAllSame();
    EXPECT_EQ(Journal(), "");
    ASSERT_THAT(world_.Send(), Succeeded());
    EXPECT_THAT(world_.Staged("orders/data/"), IsEmpty()) << "true receipts release";
    EXPECT_EQ(world_.sender->book().record().epoch, world_.receiver->book().record().epoch);
    EXPECT_EQ(world_.receiver->book().record().risk, Risk::kNone);
    EXPECT_EQ(world_.sender->book().record().risk, Risk::kNone);
  }
  [[nodiscard]] const std::string& ReceiverFinding() { return world_.receiver->book().record().risk_text; }
  [[nodiscard]] const std::string& SenderFinding() { return world_.sender->book().record().risk_text; }
  void ForgetEast() {
    world_.east_state.Clear();
    world_.Restart();
  }
  void MoveTargetsAway() {
    for (const auto* table : {"a", "b"}) world_.target(table).objects().clear();
  }
};

TEST_P(ForgedReceiptTest, EpochIsAppliedThoughAReceiptSaysThatItWas) {
  StageSecond();
  Plant(2);
  ExpectReceived(2);
  ExpectAllSame();
  ExpectConverges();
}

// The same for a receiver that runs, that was started anew, and that has lost what it wrote down.
TEST_P(ForgedReceiptTest, FirstEpochIsAppliedThoughAReceiptSaysThatItWas) {
  for (const bool forgets : {false, true}) {
    if (!forgets) world_.CreateAll();
    if (!forgets) ExpectSent(1);
    Plant(1);
    if (forgets) {
      MoveTargetsAway();
      ForgetEast();
    }
    if (!forgets) ExpectReceived(1);
    ExpectConverges();
  }
}

// Nothing can keep a sender from believing it without signatures: what it deletes comes again.
TEST_P(ForgedReceiptTest, WhatTheSenderReleasedForAForgedReceiptComesAgain) {
  StageSecond();
  Plant(2);
  ASSERT_THAT(world_.Send(), Succeeded());
  EXPECT_FALSE(IsStaged(2)) << "it is perfect";
  EXPECT_EQ(world_.sender->book().record().epoch, Epoch(2));
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kCorruptData, "a staged object is missing"));
  NoteFailure();
  ASSERT_TRUE(world_.ReceiptOf(2));
  EXPECT_FALSE(world_.ReceiptOf(2)->applied) << "the receiver's own answer takes the place of the forged one";
  ExpectSent(3);
  EXPECT_EQ(world_.ManifestOf(3).base_epoch, Epoch(1));
  EXPECT_EQ(world_.sender->book().record().epoch, Epoch(1)) << "it was taken back";
  ExpectReceived(3);
  ExpectConverges();
}

TEST_P(ForgedReceiptTest, WhatWasBuiltUponAForgedReceiptComesAgain) {
  StageSecond();
  Plant(2);
  ASSERT_THAT(world_.Send(), Succeeded());
  world_.AppendAll("r2", "f2");
  ExpectSent(3);
  Plant(3);
  ASSERT_THAT(world_.Send(), Succeeded());
  world_.Restart();
  ExpectConverges();
}

TEST_P(ForgedReceiptTest, WhatTheSenderReleasedOfTheFirstEpochComesAgain) {
  world_.CreateAll();
  ExpectSent(1);
  Plant(1);
  ASSERT_THAT(world_.Send(), Succeeded());
  EXPECT_FALSE(IsStaged(1));
  ExpectConverges();
}

TEST_P(ForgedReceiptTest, ReceiptThatTheTablesDenyIsNamed) {
  StageSecond();
  Plant(2);
  // Nothing of it is taken in, whatever comes after.
  world_.target("a").set_hooks({.before_effect = [](std::string, StoreOperation at, ObjectPath) -> Task<Status> {
    if (at == StoreOperation::kCopy) co_return Fail(ErrorCode::kUnavailable, "away");
    co_return Status{};
  }});
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kUnavailable, "away"));
  EXPECT_TRUE(world_.log.Has("a receipt does not count group=orders epoch=2 reason=table 'a' at mem://east/a"));
  EXPECT_EQ(world_.receiver->book().record().epoch, Epoch(1));
  ASSERT_EQ(Records().size(), 1U);
  EXPECT_EQ(Records()[0].epoch, Epoch(1));
}

TEST_P(ForgedReceiptTest, ReceiptOfAnEpochThatWasNeverStagedIsNamedAtBothSidesAndStopsNobody) {
  world_.FirstEpoch();
  const int64_t far = int64_t{1} << 62;
  PlantBeyond(far);
  PlantBeyond(3);
  for (const bool anew : {false, true}) {
    if (anew) ForgetEast();
    const auto received = world_.Receive();
    ASSERT_THAT(received, Succeeded());
    EXPECT_THAT(ReceiverFinding(), AllOf(HasSubstr("the receipt of epoch 3 does not count"),
                                         HasSubstr("the receipt of epoch 4611686018427387904 does not count: no such "
                                                   "epoch was staged, the newest is 1")));
    EXPECT_EQ(world_.receiver->book().record().risk, Risk::kWarning);
    ASSERT_THAT(world_.Send(), Succeeded());
    EXPECT_THAT(SenderFinding(), HasSubstr("the receipt of epoch 4611686018427387904 does not count"));
  }
  world_.staging().objects().erase(NameOf(3));
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  ExpectReceived(2);
  ExpectAllSame();
  world_.staging().objects().erase(NameOf(far));
  ExpectConverges();
}

// An attempt at the next epoch is under way.
TEST_P(ForgedReceiptTest, ReceiptOfAnEpochThatIsBeingStagedReleasesNothing) {
  world_.FirstEpoch();
  PlantBeyond(2);
  world_.staging().Set("orders/data/00000000000000000002/a/f1", "on its way");
  world_.Restart();
  ASSERT_THAT(world_.Send(), Succeeded());
  EXPECT_TRUE(IsStaged(2));
  EXPECT_THAT(SenderFinding(), HasSubstr("the receipt of epoch 2 does not count"));
}

// It would be more than is read of a receipt, or none at all: what has no manifest is not read.
TEST_P(ForgedReceiptTest, WhatLiesWhereNoEpochIsNeedNotBeAReceipt) {
  world_.FirstEpoch();
  world_.staging().Set(NameOf(99), "nothing of the kind");
  ForgetEast();
  ASSERT_THAT(world_.Receive(), Succeeded());
  EXPECT_THAT(ReceiverFinding(), HasSubstr("the receipt of epoch 99 does not count"));
  ASSERT_THAT(world_.Send(), Succeeded());
  EXPECT_THAT(SenderFinding(), HasSubstr("the receipt of epoch 99 does not count"));
}

TEST_P(ForgedReceiptTest, ReceiptOfOtherTablesOrTargetsReleasesNothing) {
  StageSecond();
  const std::vector<std::pair<std::function<void(plan::Receipt&)>, std::string>> forged = {
      {[](plan::Receipt& r) { r.tables.pop_back(); }, "does not speak for table 'b'"},
      {[](plan::Receipt& r) { r.tables[0].source_version = Version(77); }, "says version 77 of table 'a'"},
      {[](plan::Receipt& r) { r.tables[0].target = "mem://north/a"; }, "speaks for table 'a' at mem://north/a"}};
  for (const auto& [change, said] : forged) {
    Plant(2, change);
    ASSERT_THAT(world_.Send(), Succeeded());
    EXPECT_TRUE(IsStaged(2)) << said;
    EXPECT_EQ(world_.sender->book().record().epoch, Epoch(1));
    EXPECT_THAT(SenderFinding(), AllOf(HasSubstr("the receipt of epoch 2 does not count"), HasSubstr(said)));
    EXPECT_EQ(world_.sender->book().record().risk, Risk::kWarning);
    world_.Restart();
    ASSERT_THAT(world_.Send(), Succeeded());
    EXPECT_TRUE(IsStaged(2)) << said;
  }
}

// Nobody's receipt asks for tables whole, or counts as a refusal.
TEST_P(ForgedReceiptTest, RefusalWithoutAManifestAsksForNothing) {
  world_.FirstEpoch();
  plan::Receipt receipt{.group = "orders", .epoch = Epoch(7), .manifest_sha256 = std::string(64, 'a')};
  receipt.applied = false;
  receipt.asks.restage_whole = {"a", "b"};
  world_.AppendAll("r1", "f1");
  world_.staging().Set(NameOf(7), plan::WriteReceipt(receipt));
  ExpectSent(2);
  EXPECT_NE(world_.ManifestOf(2).tables[0].base_version, std::nullopt);
  EXPECT_EQ(world_.sender->book().record().restaging, "");
}

// A journal is what a half-applied epoch is completed by.
TEST_P(ForgedReceiptTest, HalfAppliedEpochIsRolledForwardThoughAReceiptSaysThatItWasApplied) {
  for (const bool forgets : {false, true}) {
    if (!forgets) {
      HalfApplySecondEpoch();
      Plant(2);
      world_.Restart();
      ExpectReceived(2);
    } else {
      world_.AppendAll("r2", "f2");
      ExpectSent(3);
      CrashAt("b", StoreOperation::kCommit, 1);
      ASSERT_FALSE(world_.Receive());
      Repair("b");
      Plant(3);
      ForgetEast();
      ASSERT_THAT(world_.Receive(), Succeeded());
    }
    ExpectAllSame();
    EXPECT_EQ(Journal(), "");
  }
  ExpectConverges();
}

// One table bears the receipt out, and the others are not there yet.
TEST_P(ForgedReceiptTest, HalfAppliedFirstEpochIsRolledForwardToo) {
  world_.CreateAll();
  ExpectSent(1);
  CrashAt("b", StoreOperation::kCommit, 1);
  ASSERT_FALSE(world_.Receive());
  Repair("b");
  ASSERT_NE(Journal(), "");
  Plant(1);
  world_.Restart();
  ASSERT_THAT(world_.Receive(), Succeeded());
  ExpectAllSame();
  ExpectConverges();
}

// It knows that it never came so far.
TEST_P(ForgedReceiptTest, ReceiptsOfEpochsThatWereOnlyBegunDoNotCountThoughNoLogIsThere) {
  world_.CreateAll();
  ExpectSent(1);
  CrashAt("a", StoreOperation::kCopy, 1);
  ASSERT_FALSE(world_.Receive());
  Repair("a");
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  Plant(1);
  Plant(2);
  world_.Restart();
  ExpectReceived(2);
  ExpectConverges();
}

// Where nothing is left of what was applied, every later epoch builds upon something that nobody knows here.
TEST_P(ForgedReceiptTest, WhereTargetsAndMetadataStoreAreGoneTheTablesComeWhole) {
  world_.FirstEpoch();
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  ExpectReceived(2);
  MoveTargetsAway();
  ForgetEast();
  for (const auto* run : {"r2", "r3", "r4"}) {
    world_.AppendAll(run, run);
    if (!world_.Send()) NoteFailure();
    world_.Restart();
    if (!world_.Receive()) NoteFailure();
    world_.clock.Advance(world_.spec.sync_interval);
  }
  ExpectConverges();
}

// It has its own metadata store, and targets that nobody ever wrote to.
TEST_P(ForgedReceiptTest, SecondReceiverWithOtherTargetsIsRefusedByName) {
  world_.FirstEpoch();
  const plan::TableList ours = world_.spec.tables;
  for (plan::TableSpec& table : world_.spec.tables.Edit()) table.target_uri = "mem://north/" + table.name;
  const MemoryStateStore first = world_.east_state;
  ForgetEast();
  const std::string said =
      "the receipt of epoch 1 says that it was applied, and it speaks for table 'a' at mem://east/a, and its target "
      "here is mem://north/a";
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kRefused, said));
  EXPECT_THAT(Records(), IsEmpty());
  EXPECT_THAT(world_.stores.At("mem://north/a").objects(), IsEmpty());
  NoteFailure();
  // It is the first to answer: then the other one says it, and the sender believes neither.
  world_.spec.tables = ours;
  world_.east_state = first;
  world_.Restart();
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  Plant(2, [](plan::Receipt& r) { r.tables[1].target = "mem://north/b"; });
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kRefused, "speaks for table 'b' at mem://north/b"));
  ASSERT_THAT(world_.Send(), Succeeded());
  EXPECT_TRUE(IsStaged(2));
  world_.staging().objects().erase(NameOf(2));
  NoteFailure();
  ExpectReceived(2);
  ExpectConverges();
}

// Between the look for receipts and this one's own.
TEST_P(ForgedReceiptTest, AnswerOfAnotherReceiverOfOtherTargetsIsNamedThoughItSaysTheSame) {
  StageSecond();
  const std::string name = NameOf(2);
  world_.staging().set_hooks({.before_effect = [&](std::string, StoreOperation at, ObjectPath path) -> Task<Status> {
    if (at == StoreOperation::kPutIfAbsent && path.text() == name) {
      Plant(2, [](plan::Receipt& r) { r.tables[1].target = "mem://north/b"; });
    }
    co_return Status{};
  }});
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kRefused, "another receiver has answered epoch 2"));
  world_.staging().set_hooks({});
}

TEST_P(ForgedReceiptTest, TargetThatIsElsewhereWithItsFilesIsTheSame) {
  world_.FirstEpoch();
  for (plan::TableSpec& table : world_.spec.tables.Edit()) {
    world_.stores.At("mem://north/" + table.name).objects() = world_.target(table.name).objects();
    table.target_uri = "mem://north/" + table.name;
  }
  ForgetEast();
  ASSERT_THAT(world_.Receive(), Succeeded());
  ASSERT_EQ(Records().size(), 1U);
  EXPECT_EQ(Records()[0].state, EpochState::kApplied);
}

TEST_P(ForgedReceiptTest, TablesDecideWhereTheMetadataStoreIsGone) {
  StageSecond();
  ExpectReceived(2);
  world_.AppendAll("r2", "f2");
  ExpectSent(3);
  Plant(3);
  ForgetEast();
  ExpectReceived(3);
  ExpectAllSame();
  ASSERT_EQ(Records().size(), 3U);
}

// A receipt that came true may still lie of the version: the log shows where the epoch's commit stands.
TEST_P(ForgedReceiptTest, TablesDecideWhereTheyWereLeft) {
  StageSecond();
  ExpectReceived(2);
  Plant(2, [](plan::Receipt& receipt) {
    for (plan::ReceiptTable& table : receipt.tables) table.replica_version = Version(0);
  });
  ForgetEast();
  world_.AppendAll("r2", "f2");
  ExpectSent(3);
  ExpectReceived(3);
  ExpectAllSame();
}

// Both targets were put back to what they were at epoch 1.
TEST_P(ForgedReceiptTest, MetadataStoreThatClaimsMoreThanAllTablesShowIsNotBelieved) {
  for (const bool forgets : {false, true}) {
    if (!forgets) world_.FirstEpoch();
    const int64_t before = world_.receiver->book().record().epoch.value();
    const auto a = world_.target("a").objects();
    const auto b = world_.target("b").objects();
    world_.AppendAll(forgets ? "r2" : "r1", forgets ? "f2" : "f1");
    ExpectSent(before + 1);
    ExpectReceived(before + 1);
    ASSERT_THAT(world_.Send(), Succeeded());
    world_.target("a").objects() = a;
    world_.target("b").objects() = b;
    world_.Restart();
    if (forgets) ForgetEast();
    EXPECT_FALSE(world_.Receive()) << "what it lacks is gone from staging";
    NoteFailure();
    EXPECT_EQ(world_.receiver->book().record().epoch, Epoch(before));
    EXPECT_FALSE(world_.ReceiptOf(before + 1)->applied);
    ExpectConverges();
  }
}

// One of them was: nothing is built upon that.
TEST_P(ForgedReceiptTest, TableThatIsBehindTheOthersWaitsUntouched) {
  world_.FirstEpoch();
  const auto b = world_.target("b").objects();
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  ExpectReceived(2);
  world_.target("b").objects() = b;
  for (const bool anew : {false, true}) {
    if (anew) world_.Restart();
    EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kDiverged, "table 'b': the replica is not as epoch 2 left it"))
        << "though nothing is staged";
    NoteFailure();
  }
  world_.target("b").objects().clear();
  ASSERT_THAT(world_.Receive(), Succeeded());
  world_.AppendAll("r2", "f2");
  ExpectSent(3);
  ASSERT_THAT(world_.Receive(), Succeeded());
  ExpectSent(4);
  ExpectReceived(4);
  ExpectConverges();
}

TEST_P(ForgedReceiptTest, TargetsThatAreGoneAreNeverIdle) {
  world_.FirstEpoch();
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  ExpectReceived(2);
  const auto a = world_.target("a").objects();
  const auto b = world_.target("b").objects();
  MoveTargetsAway();
  for (const bool forgets : {false, true}) {
    if (forgets) ForgetEast();
    const auto received = world_.Receive();
    ASSERT_THAT(received, Succeeded());
    EXPECT_EQ(received->state, GroupState::kRestaging);
    EXPECT_THAT(received->reason, HasSubstr("the target of table 'a', 'b' is gone"));
    EXPECT_TRUE(world_.receiver->book().record().waiting_since) << "it becomes late";
    if (forgets) EXPECT_THAT(Records(), IsEmpty()) << "nothing bears it out";
  }
  // They were not mounted.
  world_.target("a").objects() = a;
  world_.target("b").objects() = b;
  const auto back = world_.Receive();
  ASSERT_THAT(back, Succeeded());
  EXPECT_EQ(back->state, GroupState::kIdle);
  EXPECT_FALSE(world_.receiver->book().record().waiting_since);
  EXPECT_EQ(Records().size(), 2U);
  MoveTargetsAway();
  world_.AppendAll("r2", "f2");
  ExpectSent(3);
  const auto asked = world_.Receive();
  ASSERT_THAT(asked, Succeeded());
  EXPECT_EQ(asked->state, GroupState::kRestaging);
  ExpectSent(4);
  ExpectReceived(4);
  ExpectConverges();
}

// Nothing is left that could tell, and yet it cannot be true.
TEST_P(ForgedReceiptTest, ReceiptThatSkipsAnEpochDoesNotCountWhereNoTargetIs) {
  StageSecond();
  world_.AppendAll("r2", "f2");
  ExpectSent(3);
  MoveTargetsAway();
  ForgetEast();
  Plant(3);
  ExpectConverges(8);
  EXPECT_TRUE(world_.ReceiptOf(2)) << "epochs are answered in their order";
}

TEST_P(ForgedReceiptTest, TargetsOfAnEarlierLifeConfirmNothing) {
  StageSecond();
  ExpectReceived(2);
  world_.staging().objects().clear();
  world_.west_state.Clear();
  world_.AppendAll("r2", "f2");
  ForgetEast();
  ExpectSent(1);
  Plant(1);
  // A mirror is what its commits are.
  if (GetParam() == delta::ReplicationMode::kMirror) {
    ExpectReceived(1);
    ExpectAllSame();
    return;
  }
  const auto before = Targets();
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kRefused, "of other manifests"));
  EXPECT_EQ(Targets(), before);
  EXPECT_THAT(Records(), IsEmpty());
}

// Another engine's checkpoint without the marker, as where delta.setTransactionRetentionDuration has passed: the commit
// tells, and where that is gone too, nothing does.
TEST_P(ForgedReceiptTest, MarkerThatHasExpiredIsNoDenial) {
  if (GetParam() == delta::ReplicationMode::kMirror) return;
  StageSecond();
  ExpectReceived(2);
  for (const auto* table : {"a", "b"}) {
    MemoryStore& target = world_.target(table);
    std::string checkpoint;
    for (const char* const line : {"{\"protocol\"", "{\"metaData\"", "{\"add\""}) {
      const std::string first = world_.Text(target, TestTable::LogName(0));
      const size_t at = first.find(line);
      ASSERT_NE(at, std::string::npos) << line;
      checkpoint += first.substr(at, first.find('\n', at) + 1 - at);
    }
    const std::string second = world_.Text(target, TestTable::LogName(1));
    const size_t at = second.find("{\"add\"");
    checkpoint += second.substr(at, second.find('\n', at) + 1 - at);
    target.Set("_delta_log/00000000000000000001.checkpoint.parquet", checkpoint);
  }
  for (const bool cleaned : {false, true}) {
    for (const auto* table : {"a", "b"}) {
      if (cleaned) world_.target(table).objects().erase(TestTable::LogName(0));
    }
    world_.Restart();
    const auto received = world_.Receive();
    ASSERT_THAT(received, Succeeded());
    EXPECT_EQ(received->state, GroupState::kIdle);
  }
  world_.AppendAll("r2", "f2");
  ExpectSent(3);
  ExpectReceived(3);
  ExpectAllSame();
}

INSTANTIATE_TEST_SUITE_P(Modes, ForgedReceiptTest,
                         ::testing::Values(delta::ReplicationMode::kClone, delta::ReplicationMode::kMirror));

}  // namespace
}  // namespace lakeferry::engine
