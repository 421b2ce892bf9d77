// A group whose sender places data files at their targets itself: what lies where, what each side may do, and what a
// crash, a damage, or somebody else's file makes of it.
#include <fmt/format.h>

#include "engine/inquire/verifier.h"
#include "tests/engine/world.h"

namespace lakeferry::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class DirectPlacementTest : public ::testing::TestWithParam<delta::ReplicationMode> {
 protected:
  DirectPlacementTest() : world_({"t"}, GetParam()) {
    world_.spec.direct = true;
    world_.Restart();
  }
  [[nodiscard]] bool clone() const { return GetParam() == delta::ReplicationMode::kClone; }
  // What lies in staging of data: a mirror's log goes through it in any case.
  std::vector<std::string> StagedData() {
    std::vector<std::string> data = world_.Staged("orders/data/");
    std::erase_if(data, [](const std::string& name) { return name.find("/_delta_log/") != std::string::npos; });
    return data;
  }
  void SendAndReceive() {
    ASSERT_THAT(world_.Send(), Succeeded());
    ASSERT_THAT(world_.Receive(), Succeeded());
  }

  World world_;
};

INSTANTIATE_TEST_SUITE_P(Modes, DirectPlacementTest,
                         ::testing::Values(delta::ReplicationMode::kClone, delta::ReplicationMode::kMirror),
                         [](const auto& test) {
                           return test.param == delta::ReplicationMode::kClone ? "Clone" : "Mirror";
                         });

TEST_P(DirectPlacementTest, DataLiesAtItsPlaceAndNowhereElse) {
  world_.CreateAll();
  world_.AppendAll("r1", "f1");
  ASSERT_THAT(world_.Send(), Succeeded());
  EXPECT_THAT(StagedData(), IsEmpty());
  EXPECT_TRUE(world_.target().objects().contains("f1"));
  EXPECT_FALSE(world_.target().objects().contains("_delta_log/00000000000000000000.json"));
  ASSERT_THAT(world_.Receive(), Succeeded());
  world_.ExpectSame();
  world_.AppendAll("r2", "f2");
  SendAndReceive();
  EXPECT_THAT(StagedData(), IsEmpty());
  world_.ExpectSame();
  Verifier verifier(world_.east, world_.spec);
  const auto report = world_.Run(verifier.Verify({}, true));
  ASSERT_THAT(report, Succeeded());
  EXPECT_THAT(report->problems, IsEmpty());
}

TEST_P(DirectPlacementTest, ASenderOpensTargetsToPlaceFilesAndNoMore) {
  world_.spec.tables.Edit()[0].place_credential = "placer";
  world_.Restart();
  world_.CreateAll();
  (void)world_.stores.TakeOpened();
  ASSERT_THAT(world_.Send(), Succeeded());
  std::vector<std::string> opened;
  for (const StoreRef& ref : world_.stores.TakeOpened()) {
    opened.push_back(fmt::format("{} {} {}", RightName(ref.right), ref.uri, ref.credential));
  }
  EXPECT_THAT(opened, UnorderedElementsAre("write staging mem://east/staging ", "read source mem://west/t ",
                                           "place target mem://east/t placer"));
}

// The manifest's put fails once.
void FailManifest(World& world) {
  auto done = std::make_shared<bool>(false);
  auto hook = [done](std::string, StoreOperation at, ObjectPath path) -> Task<Status> {
    const bool puts = at == StoreOperation::kPutIfAbsent && path.name() == "manifest";
    if (!puts || std::exchange(*done, true)) co_return Status{};
    co_return Fail(ErrorCode::kUnavailable, "not now");
  };
  world.staging().set_hooks({.before_effect = hook, .after_effect = {}});
}

TEST_P(DirectPlacementTest, AnAttemptThatFailedLeavesWhatTheNextOneKeeps) {
  world_.CreateAll();
  world_.AppendAll("r1", "f1");
  FailManifest(world_);
  EXPECT_THAT(world_.Send(), FailedWith(ErrorCode::kUnavailable, "not now"));
  ASSERT_TRUE(world_.target().objects().contains("f1"));
  const TimeMs placed = world_.target().objects().at("f1").modified;
  world_.clock.Advance(std::chrono::hours(1));
  world_.Restart();
  SendAndReceive();
  EXPECT_EQ(world_.target().objects().at("f1").modified, placed) << "it was not sent again";
  world_.ExpectSame();
}

// What it placed and no epoch names does not make a stranger's place of the target.
TEST_P(DirectPlacementTest, WhatAnAttemptLeftForNothingHoldsNothingUp) {
  world_.CreateAll();
  world_.InRun("r1", [&] { world_.table().Commit({world_.table().Add("given-up")}, "r1"); });
  FailManifest(world_);
  EXPECT_THAT(world_.Send(), FailedWith(ErrorCode::kUnavailable, "not now"));
  world_.InRun("r2", [&] {
    world_.table().Commit({TestTable::Remove("given-up"), world_.table().Add("f2")}, "r2");
    world_.source().objects().erase("given-up");
  });
  world_.Restart();
  SendAndReceive();
  EXPECT_TRUE(world_.target().objects().contains("given-up"));
  world_.ExpectSame();
}

TEST_P(DirectPlacementTest, WhatIsGoneOrDamagedIsRefusedAndBroughtAnew) {
  world_.FirstEpoch();
  world_.AppendAll("r1", "f1");
  ASSERT_THAT(world_.Send(), Succeeded());
  world_.target().objects().erase("f1");
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kCorruptData, "that the sender has placed is not there"));
  world_.Restart();
  ASSERT_TRUE(world_.ReceiptOf(2));
  EXPECT_FALSE(world_.ReceiptOf(2)->applied);
  SendAndReceive();
  world_.ExpectSame();

  world_.AppendAll("r2", "f2");
  ASSERT_THAT(world_.Send(), Succeeded());
  world_.target().Set("f2", "DATA of mem://west/t/f2");
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kCorruptData, "that the sender has placed is not what left"));
  world_.Restart();
  // Nobody replaces it: it may be somebody's. The next epoch brings the file through staging, and a clone gives it a
  // name of its own.
  ASSERT_THAT(world_.Send(), Succeeded());
  EXPECT_THAT(StagedData(), ElementsAre(HasSubstr("/t/f2")));
  if (!clone()) {
    EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kDiverged, "another file of this name"));
    world_.Restart();
    world_.target().objects().erase("f2");
  }
  ASSERT_THAT(world_.Receive(), Succeeded());
  if (!clone()) world_.ExpectSame();
  EXPECT_EQ(world_.log.Has("the clone has the file under another"), clone());
  EXPECT_EQ(world_.Live(world_.target()).size(), world_.Live(world_.source()).size());
}

TEST_P(DirectPlacementTest, NothingIsPlacedWhereSomebodyElsesFilesAre) {
  world_.target().Set("_delta_log/00000000000000000000.json", "{}");
  const auto before = world_.target().objects().size();
  world_.CreateAll();
  world_.AppendAll("r1", "f1");
  ASSERT_THAT(world_.Send(), Succeeded());
  EXPECT_EQ(world_.target().objects().size(), before);
  EXPECT_THAT(StagedData(), ElementsAre(HasSubstr("/t/f0"), HasSubstr("/t/f1")));
  EXPECT_TRUE(world_.log.Has("the files of a table go through staging: its target is not known to be ours"));
  EXPECT_FALSE(world_.ManifestOf(1).tables[0].direct);
  // The sender is told no more than that: the receiver says what is wrong.
  EXPECT_FALSE(world_.Receive());
}

TEST_P(DirectPlacementTest, WhatATrialHasLeftIsNobodysFile) {
  world_.target().Set("_lakeferry_probe/0-put-0", "first");
  world_.target().Set("_lakeferry_placing", "whether files can be placed here");
  world_.FirstEpoch();
  EXPECT_TRUE(world_.ManifestOf(1).tables[0].direct);
  world_.ExpectSame();
}

TEST_P(DirectPlacementTest, NorIsItWhereFilesGoThroughStaging) {
  world_.spec.direct = false;
  world_.Restart();
  world_.target().Set("_lakeferry_check_7", "of a receiver that may not delete");
  world_.FirstEpoch();
  world_.ExpectSame();
}

TEST_P(DirectPlacementTest, AReplicaThatWasMadeThroughStagingIsOurs) {
  world_.spec.direct = false;
  world_.Restart();
  world_.FirstEpoch();
  world_.spec.direct = true;
  world_.Restart();
  world_.AppendAll("r1", "f1");
  SendAndReceive();
  EXPECT_THAT(StagedData(), IsEmpty());
  EXPECT_TRUE(world_.ManifestOf(2).tables[0].direct);
  world_.ExpectSame();
}

// A receipt speaks for the target that it names.
TEST_P(DirectPlacementTest, AnotherTargetIsNotOursBecauseTheOneBeforeWas) {
  world_.spec.direct = false;
  world_.Restart();
  world_.FirstEpoch();
  world_.spec.direct = true;
  world_.spec.tables.Edit()[0].target_uri = "mem://east/elsewhere";
  world_.stores.At("mem://east/elsewhere").Set("theirs", "somebody else's");
  world_.Restart();
  world_.AppendAll("r1", "f1");
  (void)world_.Send();
  EXPECT_EQ(world_.stores.At("mem://east/elsewhere").objects().size(), 1);
}

TEST_P(DirectPlacementTest, WhatLayLongIsMadeYoungBeforeItIsCommitted) {
  world_.FirstEpoch();
  world_.AppendAll("r1", "f1");
  ASSERT_THAT(world_.Send(), Succeeded());
  world_.clock.Advance(std::chrono::hours(25));
  ASSERT_THAT(world_.Receive(), Succeeded());
  EXPECT_GT(world_.target().objects().at("f1").modified, world_.clock.WallTime() - std::chrono::hours(1));
}

// Of far stores: reads of data at the target, and looks at single objects there.
class FarDirectPlacementTest : public DirectPlacementTest {
 protected:
  FarDirectPlacementTest() {
    for (MemoryStore* store : {&world_.source(), &world_.target(), &world_.staging()}) store->set_far(true);
    world_.target().set_hooks(
        {.before_effect = [this](std::string, StoreOperation at, ObjectPath path) -> Task<Status> {
           if (path.text().starts_with("_delta_log")) co_return Status{};
           ++calls_[at];
           co_return Status{};
         },
         .after_effect = {}});
  }
  void AppendMany(int count) {
    world_.InRun("many", [&] {
      std::vector<std::string> adds;
      for (int i = 0; i < count; ++i) adds.push_back(world_.table().Add(fmt::format("m{}", i)));
      world_.table().Commit(adds, "many");
    });
  }

  std::map<StoreOperation, int> calls_;
};

INSTANTIATE_TEST_SUITE_P(Modes, FarDirectPlacementTest,
                         ::testing::Values(delta::ReplicationMode::kClone, delta::ReplicationMode::kMirror),
                         [](const auto& test) {
                           return test.param == delta::ReplicationMode::kClone ? "Clone" : "Mirror";
                         });

TEST_P(FarDirectPlacementTest, WhatAStoreVouchesForIsNotReadAndOneListingTellsOfMany) {
  world_.FirstEpoch();
  AppendMany(20);
  ASSERT_THAT(world_.Send(), Succeeded());
  calls_.clear();
  ASSERT_THAT(world_.Receive(), Succeeded());
  EXPECT_EQ(calls_[StoreOperation::kGet] + calls_[StoreOperation::kOpen] + calls_[StoreOperation::kRead], 0);
  EXPECT_EQ(calls_[StoreOperation::kHead], 0);
  world_.ExpectSame();
}

TEST_P(FarDirectPlacementTest, ATargetThatVouchesForNothingIsRead) {
  world_.target().set_vouches(false);
  world_.FirstEpoch();
  AppendMany(3);
  ASSERT_THAT(world_.Send(), Succeeded());
  calls_.clear();
  ASSERT_THAT(world_.Receive(), Succeeded());
  EXPECT_EQ(calls_[StoreOperation::kOpen], 3);
  AppendMany(0);
  world_.ExpectSame();
}

TEST_P(FarDirectPlacementTest, AnotherObjectOfTheNameIsFoundInTheListing) {
  world_.FirstEpoch();
  AppendMany(20);
  ASSERT_THAT(world_.Send(), Succeeded());
  std::string other = *world_.target().objects().at("m7").bytes;
  other[0] ^= 1;
  world_.target().Set("m7", other);
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kCorruptData, "is not what left"));
  world_.Restart();
}

// What the target's store refuses says nothing of the files.
class TargetErrorsTest : public FarDirectPlacementTest {
 protected:
  // The next such call at the target, of what is not of the log, ends so.
  void FailNext(StoreOperation operation) {
    auto done = std::make_shared<bool>(false);
    world_.target().set_hooks({.before_effect = [=](std::string, StoreOperation at, ObjectPath path) -> Task<Status> {
                                 const bool of_log = path.text().starts_with("_delta_log");
                                 if (of_log || at != operation || std::exchange(*done, true)) co_return Status{};
                                 co_return Fail(ErrorCode::kUnauthorized, "not for you");
                               },
                               .after_effect = {}});
  }
};
INSTANTIATE_TEST_SUITE_P(Clone, TargetErrorsTest, ::testing::Values(delta::ReplicationMode::kClone));

TEST_P(TargetErrorsTest, AtTheReceiverRefuseNoEpoch) {
  world_.FirstEpoch();
  AppendMany(20);
  world_.target().set_vouches(false);
  ASSERT_THAT(world_.Send(), Succeeded());
  world_.clock.Advance(std::chrono::hours(25));
  for (const StoreOperation operation :
       {StoreOperation::kList, StoreOperation::kHead, StoreOperation::kOpen, StoreOperation::kTouch}) {
    FailNext(operation);
    EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kUnauthorized, "not for you")) << StoreOperationName(operation);
    EXPECT_FALSE(world_.ReceiptOf(2));
    world_.Restart();
  }
  ASSERT_THAT(world_.Receive(), Succeeded());
  world_.ExpectSame();
}

TEST_P(TargetErrorsTest, AtTheSenderEndItsAttempt) {
  world_.FirstEpoch();
  AppendMany(3);
  FailManifest(world_);
  EXPECT_THAT(world_.Send(), FailedWith(ErrorCode::kUnavailable, "not now"));
  world_.target().set_vouches(false);
  for (const StoreOperation operation : {StoreOperation::kHead, StoreOperation::kOpen}) {
    world_.Restart();
    FailNext(operation);
    EXPECT_THAT(world_.Send(), FailedWith(ErrorCode::kUnauthorized, "not for you")) << StoreOperationName(operation);
    EXPECT_THAT(StagedData(), IsEmpty());
  }
  world_.Restart();
  SendAndReceive();
  world_.ExpectSame();
}

TEST_P(TargetErrorsTest, NothingIsPlacedBeforeItIsWrittenThatThePlaceWasFree) {
  world_.staging().set_hooks({.before_effect = [](std::string, StoreOperation at, ObjectPath path) -> Task<Status> {
                                const bool claims = path.text().find("/placing/") != std::string::npos;
                                if (!claims || at != StoreOperation::kPutIfAbsent) co_return Status{};
                                co_return Fail(ErrorCode::kUnauthorized, "not for you");
                              },
                              .after_effect = {}});
  world_.CreateAll();
  EXPECT_THAT(world_.Send(), FailedWith(ErrorCode::kUnauthorized, "not for you"));
  EXPECT_THAT(world_.target().objects(), IsEmpty());
}

TEST_P(TargetErrorsTest, AStopEndsTheLook) {
  world_.FirstEpoch();
  AppendMany(3);
  world_.target().set_vouches(false);
  ASSERT_THAT(world_.Send(), Succeeded());
  std::stop_source stop;
  int heads = 0;
  world_.target().set_hooks({.before_effect = [&](std::string, StoreOperation at, ObjectPath path) -> Task<Status> {
                               if (at != StoreOperation::kOpen || !path.text().starts_with("m")) co_return Status{};
                               ++heads;
                               stop.request_stop();
                               co_return Status{};
                             },
                             .after_effect = {}});
  world_.east.limits.copies_in_flight_max = 1;
  world_.Restart();
  EXPECT_THAT(world_.Receive(stop.get_token()), FailedWith(ErrorCode::kCancelled, "stopped"));
  EXPECT_EQ(heads, 1);
}

// Nobody but the receiver's VACUUM can have taken it: the epoch waits until it is back.
TEST_P(DirectPlacementTest, AJournaledEpochWhoseFileIsGoneWaitsForIt) {
  world_.FirstEpoch();
  world_.AppendAll("r1", "f1");
  ASSERT_THAT(world_.Send(), Succeeded());
  auto hook = [](std::string, StoreOperation at, ObjectPath path) -> Task<Status> {
    const bool commits = path.text() == TestTable::LogName(path.text().ends_with("01.json") ? 1 : 2);
    if (!commits || (at != StoreOperation::kCommit && at != StoreOperation::kPutIfAbsent)) co_return Status{};
    co_return Fail(ErrorCode::kUnavailable, "not now");
  };
  world_.target().set_hooks({.before_effect = hook, .after_effect = {}});
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kUnavailable, "not now"));
  world_.Restart();
  world_.target().set_hooks({});
  world_.target().objects().erase("f1");
  world_.Restart();
  const auto received = world_.Receive();
  ASSERT_THAT(received, FailedWith(ErrorCode::kCorruptData, "that the sender has placed is not there"));
  EXPECT_THAT(received.error().remedy, HasSubstr("may be put at its place at the replica"));
  EXPECT_FALSE(world_.ReceiptOf(2));
  world_.Restart();
  world_.target().Set("f1", *world_.source().objects().at("f1").bytes);
  ASSERT_THAT(world_.Receive(), Succeeded());
  world_.ExpectSame();
}

class DirectCloneTest : public DirectPlacementTest {};
INSTANTIATE_TEST_SUITE_P(Clone, DirectCloneTest, ::testing::Values(delta::ReplicationMode::kClone));

// The old file stays for those who read an old version; the new one comes through staging and gets another name.
TEST_P(DirectCloneTest, ANameThatIsUsedAgainIsGivenUpForAnother) {
  world_.FirstEpoch();
  world_.AppendAll("r1", "daily");
  SendAndReceive();
  const std::string old = world_.Text(world_.target(), "daily");
  world_.InRun("r2", [&] { world_.table().Commit({TestTable::Remove("daily")}, "r2"); });
  SendAndReceive();
  world_.InRun("r3", [&] {
    const std::string add = world_.table().Add("daily");
    std::string other = *world_.source().objects().at("daily").bytes;
    other[0] ^= 1;
    world_.source().Set("daily", other);
    world_.table().Commit({add}, "r3");
  });
  ASSERT_THAT(world_.Send(), Succeeded());
  EXPECT_THAT(StagedData(), ElementsAre(HasSubstr("/t/daily")));
  ASSERT_THAT(world_.Receive(), Succeeded());
  EXPECT_EQ(world_.Text(world_.target(), "daily"), old);
  EXPECT_TRUE(world_.log.Has("the name of a file is taken at the target"));
}

// With keys, SHA-256 decides, and no store's word.
TEST_P(FarDirectPlacementTest, WhatIsSignedIsReadAndComparedByItsSha256) {
  const SigningKey key = SigningKey::New();
  world_.spec.keys.own = [key]() -> Result<SigningKey> { return key; };
  world_.spec.keys.trusted = {key.public_key()};
  world_.Restart();
  world_.FirstEpoch();
  AppendMany(20);
  ASSERT_THAT(world_.Send(), Succeeded());
  calls_.clear();
  ASSERT_THAT(world_.Receive(), Succeeded());
  EXPECT_EQ(calls_[StoreOperation::kOpen], 20);
}

}  // namespace
}  // namespace lakeferry::engine
