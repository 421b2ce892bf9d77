// A sender's passes, and the bookkeeping of receipts that releases what was staged.
#include "engine/send/group_sender.h"

#include <fmt/format.h>

#include "base/digest.h"
#include "tests/engine/world.h"

namespace lakeferry::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

class GroupSenderTest : public ::testing::Test {
 protected:
  void ExpectSent(int64_t epoch) {
    const auto sent = world_.Send();
    ASSERT_THAT(sent, Succeeded());
    ASSERT_EQ(sent->epoch, Epoch(epoch)) << sent->reason;
  }
  void Answer(int64_t epoch, bool applied = true) {
    const plan::StagingLayout layout("orders");
    const plan::Receipt receipt{
        .group = "orders",
        .epoch = Epoch(epoch),
        .manifest_sha256 = Sha256Hex(world_.Text(world_.staging(), layout.Manifest(Epoch(epoch)).text())),
        .applied = applied,
        .reason = applied ? "" : "damaged",
        .tables = {}};
    plan::Receipt whole = receipt;
    for (const plan::ManifestTable& table : world_.ManifestOf(epoch).tables) {
      whole.tables.push_back({.name = table.name,
                              .source_version = table.source_version,
                              .replica_version = Version(40),
                              .target = "mem://east/" + table.name});
    }
    world_.staging().Set(layout.Receipt(Epoch(epoch)).text(), plan::WriteReceipt(whole));
  }
  // Newest first.
  std::vector<EpochRecord> Records() {
    auto records = world_.Run(world_.west_state.Epochs({}, Role::kSender, "orders", 100));
    EXPECT_THAT(records, Succeeded());
    return records.value_or(std::vector<EpochRecord>());
  }
  GroupRecord& record() { return world_.sender->book().record(); }

  World world_{{"a", "b"}};
};

TEST_F(GroupSenderTest, FirstEpochIsStagedWithAllThatItIs) {
  world_.CreateAll();
  const auto sent = world_.Send();
  ASSERT_THAT(sent, Succeeded());
  EXPECT_EQ(sent->epoch, Epoch(1));
  EXPECT_EQ(sent->files, 2);
  EXPECT_EQ(sent->bytes, 20);
  const plan::Manifest manifest = world_.ManifestOf(1);
  EXPECT_EQ(manifest.workspace, "demo");
  EXPECT_EQ(manifest.region, "west");
  EXPECT_EQ(manifest.base_epoch, Epoch(0));
  EXPECT_EQ(manifest.previous_epoch, Epoch(0));
  EXPECT_THAT(manifest.run_ids, ElementsAre("r0"));
  EXPECT_EQ(manifest.cut_time, *world_.workflows.runs["nightly"][0].end);
  ASSERT_EQ(manifest.tables.size(), 2U);
  EXPECT_EQ(manifest.tables[0].source_version, Version(1));
  EXPECT_EQ(manifest.tables[0].base_version, std::nullopt);
  EXPECT_EQ(Records()[0].state, EpochState::kStaged);
  EXPECT_EQ(record().state, GroupState::kIdle);
  EXPECT_EQ(record().sync_time_to_region, manifest.cut_time);
  EXPECT_EQ(record().last_successful_run_time, manifest.cut_time);
}

TEST_F(GroupSenderTest, NextEpochIsChainedAndHoldsTheChange) {
  world_.CreateAll();
  ExpectSent(1);
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  const plan::Manifest manifest = world_.ManifestOf(2);
  EXPECT_EQ(manifest.previous_epoch, Epoch(1));
  EXPECT_EQ(manifest.base_epoch, Epoch(1));
  const std::string first = plan::StagingLayout("orders").Manifest(Epoch(1)).text();
  EXPECT_EQ(manifest.previous_sha256, Sha256Hex(world_.Text(world_.staging(), first)));
  EXPECT_EQ(manifest.tables[0].base_version, Version(1));
  EXPECT_THAT(world_.Staged("orders/data/00000000000000000002/"),
              ElementsAre("orders/data/00000000000000000002/a/f1", "orders/data/00000000000000000002/b/f1"));
}

TEST_F(GroupSenderTest, NothingToDoWritesNothingAnywhere) {
  world_.CreateAll();
  ExpectSent(1);
  ASSERT_THAT(world_.Send(), Succeeded());
  const auto before = world_.staging().objects().size();
  int saves = 0;
  world_.west_state.set_hooks({.before_save = [&saves]() -> Task<Status> {
    ++saves;
    co_return Status{};
  }});
  const auto sent = world_.Send();
  ASSERT_THAT(sent, Succeeded());
  EXPECT_EQ(sent->epoch, std::nullopt);
  EXPECT_THAT(sent->reason, HasSubstr("no run has ended since the last cut"));
  EXPECT_EQ(world_.staging().objects().size(), before);
  EXPECT_EQ(saves, 0);
}

TEST_F(GroupSenderTest, StagedWorkWaitsForTheReceiversAnswer) {
  world_.CreateAll();
  const auto sent = world_.Send();
  ASSERT_THAT(sent, Succeeded());
  EXPECT_EQ(sent->state, GroupState::kWaiting);
  EXPECT_THAT(sent->reason, HasSubstr("epoch 1 is staged and not answered"));
  EXPECT_EQ(record().staged_epoch, Epoch(1));
  EXPECT_EQ(record().epoch, Epoch());
  const TimeMs first = world_.ManifestOf(1).cut_time;
  EXPECT_EQ(record().waiting_since, std::max(first, record().created));
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  EXPECT_EQ(record().waiting_since, std::max(first, record().created)) << "the oldest counts";
  Answer(1);
  ASSERT_THAT(world_.Send(), Succeeded());
  EXPECT_EQ(record().waiting_since, world_.ManifestOf(2).cut_time);
  Answer(2);
  const auto done = world_.Send();
  ASSERT_THAT(done, Succeeded());
  EXPECT_EQ(done->state, GroupState::kIdle);
  EXPECT_EQ(record().waiting_since, std::nullopt);
}

TEST_F(GroupSenderTest, FinishedWorkThatCannotBeCutWaits) {
  world_.CreateAll();
  ExpectSent(1);
  Answer(1);
  const TimeMs started = world_.clock.WallTime() + Millis(1);
  world_.AppendAll("r1", "f1");
  const TimeMs ended = *world_.workflows.runs["nightly"].back().end;
  world_.workflows.runs["nightly"].push_back(
      {.workflow = "nightly", .run_id = "dead", .start = started, .end = {}, .state = RunState::kRunning});
  const auto waits = world_.Send();
  ASSERT_THAT(waits, Succeeded());
  EXPECT_EQ(waits->state, GroupState::kWaiting);
  EXPECT_THAT(waits->reason, HasSubstr("run 'dead'"));
  EXPECT_EQ(record().waiting_since, ended);
}

TEST_F(GroupSenderTest, ARunUnderWayIsNoWorkThatWaits) {
  world_.CreateAll();
  ExpectSent(1);
  Answer(1);
  world_.InRun("r1", [] {}, RunState::kRunning);
  const auto waits = world_.Send();
  ASSERT_THAT(waits, Succeeded());
  EXPECT_EQ(waits->state, GroupState::kWaiting);
  EXPECT_EQ(record().waiting_since, std::nullopt);
}

TEST_F(GroupSenderTest, RefusedWorkWaitsFromItsRunOn) {
  world_.CreateAll();
  ExpectSent(1);
  Answer(1);
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  const TimeMs cut = world_.ManifestOf(2).cut_time;
  Answer(2, false);
  ExpectSent(3);
  EXPECT_EQ(record().waiting_since, cut);
}

TEST_F(GroupSenderTest, AGroupWhoseRunEndsInTheFutureIsHeld) {
  world_.CreateAll();
  world_.workflows.runs["nightly"].back().end = world_.clock.WallTime() + std::chrono::days(365);
  const auto held = world_.Send();
  ASSERT_THAT(held, Succeeded());
  EXPECT_EQ(held->state, GroupState::kHeld);
  EXPECT_THAT(held->reason, HasSubstr("in the future"));
}

TEST_F(GroupSenderTest, AWorkflowThatItsSourceHasForgottenHoldsTheGroup) {
  world_.CreateAll();
  ExpectSent(1);
  world_.workflows.failure = Error{.code = ErrorCode::kNotFound, .message = "no such workflow"};
  const auto held = world_.Send();
  ASSERT_THAT(held, Succeeded());
  EXPECT_EQ(held->state, GroupState::kHeld);
  EXPECT_THAT(held->reason, HasSubstr("no such workflow"));
}

TEST_F(GroupSenderTest, ALongCopyShowsHowFarItIsAndThatItLives) {
  world_.CreateAll();
  world_.staging().set_hooks({.after_effect = [this](std::string, StoreOperation, ObjectPath path) -> Task<Status> {
    if (path.text().contains("/data/")) world_.clock.Advance(std::chrono::minutes(1));
    co_return Status{};
  }});
  std::vector<GroupRecord> saved;
  world_.west_state.set_hooks({.after_save = [&]() -> Task<Status> {
    saved.push_back(record());
    co_return Status{};
  }});
  ExpectSent(1);
  const auto half = std::ranges::find_if(saved, [](const GroupRecord& at) { return at.progress.files == 1; });
  ASSERT_NE(half, saved.end());
  EXPECT_EQ(half->state, GroupState::kStaging);
  EXPECT_EQ(half->progress, (WorkProgress{.files = 1, .files_total = 2, .bytes = 10, .bytes_total = 20}));
  EXPECT_TRUE(half->alive);
  EXPECT_EQ(record().progress, WorkProgress{});
}

TEST_F(GroupSenderTest, SourceIsNeverWritten) {
  world_.CreateAll();
  auto wrote = [](std::string uri, StoreOperation operation, ObjectPath path) -> Task<Status> {
    const bool reads = operation == StoreOperation::kList || operation == StoreOperation::kHead ||
                       operation == StoreOperation::kGet || operation == StoreOperation::kOpen ||
                       operation == StoreOperation::kRead;
    EXPECT_TRUE(reads || uri == "mem://east/staging") << StoreOperationName(operation) << " " << uri << path.text();
    co_return Status{};
  };
  world_.stores.set_hooks({.before_effect = wrote});
  ExpectSent(1);
}

TEST_F(GroupSenderTest, PlanTellsTheSameAndWritesNothing) {
  world_.CreateAll();
  const auto before = world_.staging().objects().size();
  const auto plan = world_.Run(world_.sender->Plan({}));
  ASSERT_THAT(plan, Succeeded());
  ASSERT_TRUE(plan->cut);
  EXPECT_THAT(plan->cut->run_ids, ElementsAre("r0"));
  ASSERT_EQ(plan->tables.size(), 2U);
  EXPECT_EQ(plan->tables[0].table, "a");
  EXPECT_EQ(plan->tables[0].from_version, std::nullopt);
  EXPECT_EQ(plan->tables[0].to_version, Version(1));
  EXPECT_EQ(plan->tables[0].files, 1);
  EXPECT_EQ(plan->tables[0].bytes, 10);
  EXPECT_EQ(world_.staging().objects().size(), before);
  ExpectSent(1);
  const auto nothing = world_.Run(world_.sender->Plan({}));
  ASSERT_THAT(nothing, Succeeded());
  EXPECT_FALSE(nothing->cut);
  EXPECT_THAT(nothing->reason, HasSubstr("no run has ended since the last cut"));
}

TEST_F(GroupSenderTest, RefusedTableIsFoundBeforeAnyByteIsStaged) {
  world_.InRun("r0", [&] {
    world_.table("a").Create();
    world_.table("a").Commit({world_.table("a").Add("f0")});
    world_.table("b").Create(
        "",
        R"({"minReaderVersion":3,"minWriterVersion":7,"readerFeatures":["warpDrive"],"writerFeatures":["warpDrive"]})");
  });
  EXPECT_THAT(world_.Send(), FailedWith(ErrorCode::kUnsupportedTable, "warpDrive"));
  EXPECT_THAT(world_.Staged(""), IsEmpty());
}

TEST_F(GroupSenderTest, FailedCopyLeavesNoManifestAndTheNextPassTakesTheEpochUp) {
  world_.CreateAll();
  int copies = 0;
  world_.staging().set_hooks(
      {.before_effect = [&copies](std::string, StoreOperation operation, ObjectPath) -> Task<Status> {
        if (operation == StoreOperation::kPutIfAbsent && ++copies == 2) co_return Fail(ErrorCode::kOutOfSpace, "full");
        co_return Status{};
      }});
  EXPECT_THAT(world_.Send(), FailedWith(ErrorCode::kOutOfSpace, "full"));
  EXPECT_THAT(world_.Staged("orders/epochs/00000000000000000001/manifest"), IsEmpty());
  world_.sender->book().SetStage(plan::GroupStage::kFailed);
  ExpectSent(1);
}

TEST_F(GroupSenderTest, TwoSendersOnOneGroupStageOneEpoch) {
  world_.CreateAll();
  GroupSender other(world_.west, world_.spec);
  // The other one publishes while this one copies.
  bool done = false;
  world_.staging().set_hooks(
      {.before_effect = [&](std::string, StoreOperation operation, ObjectPath path) -> Task<Status> {
        if (!done && operation == StoreOperation::kPutIfAbsent && path.name() == "manifest") {
          done = true;
          world_.clock.Advance(Millis(1));
          const auto sent = co_await other.RunOnce({});
          EXPECT_THAT(sent, Succeeded());
        }
        co_return Status{};
      }});
  EXPECT_THAT(world_.Send(), FailedWith(ErrorCode::kRefused, "another sender has staged epoch 1"));
  world_.sender->book().SetStage(plan::GroupStage::kFailed);
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
}

TEST_F(GroupSenderTest, StagingOfAnotherConfigurationIsRefused) {
  world_.CreateAll();
  ExpectSent(1);
  world_.spec.workspace = "other";
  world_.Restart();
  EXPECT_THAT(world_.Send(), FailedWith(ErrorCode::kRefused, "changed from 'demo' to 'other'"));
}

TEST_F(GroupSenderTest, StagingThatWasEmptiedIsRefused) {
  world_.CreateAll();
  ExpectSent(1);
  world_.staging().objects().clear();
  world_.Restart();
  EXPECT_THAT(world_.Send(), FailedWith(ErrorCode::kRefused, "lost epoch 1"));
}

TEST_F(GroupSenderTest, LostMetadataStoreIsRebuiltFromStagingAndNothingIsCopiedAgain) {
  world_.CreateAll();
  ExpectSent(1);
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  Answer(1);
  ASSERT_THAT(world_.Send(), Succeeded());
  const std::vector<EpochRecord> before = Records();
  world_.west_state.Clear();
  world_.Restart();
  int writes = 0;
  world_.staging().set_hooks(
      {.before_effect = [&writes](std::string, StoreOperation operation, ObjectPath) -> Task<Status> {
        if (operation == StoreOperation::kBegin || operation == StoreOperation::kPutIfAbsent) ++writes;
        co_return Status{};
      }});
  const auto sent = world_.Send();
  ASSERT_THAT(sent, Succeeded());
  EXPECT_EQ(sent->epoch, std::nullopt);
  EXPECT_EQ(writes, 0);
  const std::vector<EpochRecord> after = Records();
  ASSERT_EQ(after.size(), 2U);
  EXPECT_EQ(after[0].state, EpochState::kStaged);
  EXPECT_EQ(after[1].state, EpochState::kApplied);
  EXPECT_EQ(after[1].tables, before[1].tables);
  EXPECT_EQ(record().epoch, Epoch(1));
}

TEST_F(GroupSenderTest, ReceiptReleasesTheDataOfItsEpochAndNothingElse) {
  world_.CreateAll();
  ExpectSent(1);
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  world_.staging().Set("orders/epochs/00000000000000000001/parts/of-a-given-up-attempt", "x");
  world_.staging().Set("somebody/else", "x");
  world_.staging().Set("orders2/data/00000000000000000001/a/f", "x");
  auto expected = world_.Staged("");
  Answer(1);
  ASSERT_THAT(world_.Send(), Succeeded());
  std::erase_if(expected, [](const std::string& name) {
    return name.starts_with("orders/data/00000000000000000001/") || name.ends_with("given-up-attempt");
  });
  expected.push_back("orders/receipts/00000000000000000001");
  std::ranges::sort(expected);
  EXPECT_EQ(world_.Staged(""), expected);
  EXPECT_EQ(Records()[1].state, EpochState::kApplied);
  EXPECT_EQ(Records()[1].tables[0].replica_version, Version(40));
  EXPECT_EQ(record().epoch, Epoch(1));
}

// By a retention of the store, which may last for years.
TEST_F(GroupSenderTest, WhatTheStoreKeepsHoldsNothingUp) {
  world_.CreateAll();
  ExpectSent(1);
  const auto before = world_.Staged("orders/data/");
  const auto keep = [](std::string, StoreOperation operation, ObjectPath) -> Task<Status> {
    if (operation != StoreOperation::kDelete) co_return Status();
    co_return Fail(ErrorCode::kUnauthorized, "a retention of the bucket keeps the object", "mem://x");
  };
  world_.staging().set_hooks({.before_effect = keep, .after_effect = {}});
  Answer(1);
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  EXPECT_EQ(world_.Staged("orders/data/00000000000000000001"), before);
  EXPECT_TRUE(world_.log.Has("staged objects of an epoch stay: the store does not let them be deleted"));
  EXPECT_TRUE(world_.log.Has("epoch=1"));
  // Whoever begins anew tries again.
  world_.staging().set_hooks({});
  world_.Restart();
  ASSERT_THAT(world_.Send(), Succeeded());
  EXPECT_THAT(world_.Staged("orders/data/00000000000000000001"), IsEmpty());
}

TEST_F(GroupSenderTest, WithoutReceiptNothingIsReleased) {
  world_.CreateAll();
  ExpectSent(1);
  const auto before = world_.Staged("");
  ASSERT_THAT(world_.Send(), Succeeded());
  world_.Restart();
  ASSERT_THAT(world_.Send(), Succeeded());
  EXPECT_EQ(world_.Staged(""), before);
}

// Whatever the metadata store says of its answer.
TEST_F(GroupSenderTest, WithoutAReceiptThatWasThereNothingIsReleased) {
  world_.CreateAll();
  ExpectSent(1);
  const auto before = world_.Staged("orders/data/");
  const auto staged = world_.staging().objects();
  Answer(1);
  ASSERT_THAT(world_.Send(), Succeeded());
  ASSERT_THAT(world_.Staged("orders/data/"), IsEmpty());
  world_.staging().objects() = staged;  // as a restored copy has it
  world_.Restart();
  EXPECT_THAT(world_.Send(), Succeeded());
  EXPECT_EQ(world_.Staged("orders/data/"), before);
}

TEST_F(GroupSenderTest, ReleaseThatACrashInterruptedIsFinished) {
  world_.CreateAll();
  ExpectSent(1);
  Answer(1);
  int deletes = 0;
  world_.staging().set_hooks(
      {.before_effect = [&deletes](std::string, StoreOperation operation, ObjectPath) -> Task<Status> {
        if (operation == StoreOperation::kDelete && ++deletes == 2) co_return Fail(ErrorCode::kUnavailable, "crash");
        co_return Status{};
      }});
  EXPECT_THAT(world_.Send(), FailedWith(ErrorCode::kUnavailable, "crash"));
  EXPECT_THAT(world_.Staged("orders/data/"), Not(IsEmpty()));
  world_.Restart();
  ASSERT_THAT(world_.Send(), Succeeded());
  EXPECT_THAT(world_.Staged("orders/data/"), IsEmpty());
}

TEST_F(GroupSenderTest, ReleaseTakesLinksAwayAndNothingThatTheyLeadTo) {
  world_.CreateAll();
  ExpectSent(1);
  world_.staging().Set("orders2/data/00000000000000000001/a/f", "x");
  for (const auto* link : {"a", "b/loop", "deep/er/link"}) {
    world_.staging().links().insert("orders/data/00000000000000000001/" + std::string(link));
  }
  Answer(1);
  ASSERT_THAT(world_.Send(), Succeeded());
  EXPECT_THAT(world_.Staged("orders/data/"), IsEmpty());
  EXPECT_THAT(world_.staging().links(), IsEmpty());
  EXPECT_THAT(world_.Staged("orders2/"), testing::SizeIs(1));
  EXPECT_TRUE(world_.log.Has("link=orders/data/00000000000000000001/b/loop"));
}

TEST_F(GroupSenderTest, ReleaseIsStoppedBetweenTwoBatches) {
  world_.CreateAll();
  world_.staging().set_page(2);
  for (int i = 0; i < 20; ++i) {
    const std::string folder = "orders/data/00000000000000000001/x" + std::to_string(i);
    world_.staging().Set(folder + "/f", "x");
    world_.staging().links().insert(folder + "/link");
  }
  ExpectSent(1);
  Answer(1);
  for (int turn = 1; turn <= 5; ++turn) {
    std::stop_source stop;
    int deletes = 0;
    world_.staging().set_hooks(
        {.before_effect = [&](std::string, StoreOperation operation, ObjectPath) -> Task<Status> {
          if (operation == StoreOperation::kDelete && ++deletes == turn) stop.request_stop();
          co_return Status{};
        }});
    GroupSender sender(world_.west, world_.spec);
    EXPECT_THAT(world_.Run(sender.RunOnce(Call{.stop = stop.get_token()})),
                FailedWith(ErrorCode::kCancelled, "stopped"));
    EXPECT_GE(deletes, turn);
    EXPECT_LE(deletes, turn + 1) << "the batch that it came in";
  }
}

// What cannot be listed is told, and not asked for again and again within a pass.
TEST_F(GroupSenderTest, ReleaseEndsAtAPageThatIsNotListed) {
  world_.CreateAll();
  world_.staging().set_page(2);
  for (int i = 0; i < 5; ++i) {
    world_.staging().Set("orders/data/00000000000000000001/x" + std::to_string(i) + "/f", "x");
  }
  ExpectSent(1);
  Answer(1);
  int listed = 0;
  world_.staging().set_hooks(
      {.before_effect = [&listed](std::string, StoreOperation operation, ObjectPath path) -> Task<Status> {
         const bool counts = operation == StoreOperation::kList && path.text() == "orders/data/00000000000000000001";
         if (!counts || ++listed != 2) co_return Status{};
         co_return Fail(ErrorCode::kUnavailable, "no page", path.text());
       },
       .after_effect = {}});
  EXPECT_THAT(world_.Send(), FailedWith(ErrorCode::kUnavailable, "no page"));
  EXPECT_EQ(listed, 2);
  EXPECT_THAT(world_.Staged("orders/data/"), Not(IsEmpty()));
  world_.Restart();
  ASSERT_THAT(world_.Send(), Succeeded());
  EXPECT_THAT(world_.Staged("orders/data/"), IsEmpty());
}

// Of an attempt that was given up and brought no data, parts are all that is left: the folder of the data leads to
// them.
TEST_F(GroupSenderTest, CrashBetweenPartsAndDataLeavesWhatLeadsBackToThem) {
  world_.CreateAll();
  ExpectSent(1);
  const std::string unnamed = "orders/epochs/00000000000000000001/parts/of-a-given-up-attempt";
  world_.staging().Set(unnamed, "x");
  Answer(1);
  for (int crash = 1; crash <= 3; ++crash) {
    int deletes = 0;
    world_.staging().set_hooks(
        {.before_effect = [&deletes, crash](std::string, StoreOperation operation, ObjectPath) -> Task<Status> {
          if (operation == StoreOperation::kDelete && ++deletes >= crash) {
            co_return Fail(ErrorCode::kUnavailable, "crash");
          }
          co_return Status{};
        }});
    EXPECT_THAT(world_.Send(), FailedWith(ErrorCode::kUnavailable, "crash")) << crash;
    EXPECT_THAT(world_.Staged("orders/data/"), Not(IsEmpty()));
    world_.staging().set_hooks({});
    world_.staging().Set(unnamed, "x");
    world_.Restart();
  }
  ASSERT_THAT(world_.Send(), Succeeded());
  EXPECT_THAT(world_.Staged("orders/data/"), IsEmpty());
  EXPECT_THAT(world_.Staged(unnamed), IsEmpty());
}

// A first attempt at epoch 2 stages table a and dies at table b; then table b leaves the group and a newer cut is
// taken.
// Another sender came too late with it, and died: its process will not look for it.
TEST_F(GroupSenderTest, PartOfAnotherSenderBesideAReleasedEpochGoesWithAReceiptADayLaterOrTheNextStart) {
  world_.FirstEpoch();
  ASSERT_THAT(world_.Send(), Succeeded());
  const std::string unnamed = "orders/epochs/00000000000000000001/parts/of-another-sender";
  const auto named = world_.Staged("orders/epochs/00000000000000000001/parts/");
  world_.staging().Set(unnamed, "x");
  world_.clock.Advance(std::chrono::hours(24));
  world_.AppendAll("r1", "f1");
  ASSERT_THAT(world_.Send(), Succeeded());
  ASSERT_THAT(world_.Receive(), Succeeded());
  ASSERT_THAT(world_.Send(), Succeeded());
  EXPECT_EQ(world_.Staged("orders/epochs/00000000000000000001/parts/"), named);
  world_.staging().Set(unnamed, "x");
  world_.Restart();
  ASSERT_THAT(world_.Send(), Succeeded());
  EXPECT_EQ(world_.Staged("orders/epochs/00000000000000000001/parts/"), named);
}

TEST_F(GroupSenderTest, LeftoversOfAnOlderCutAndOfATableThatLeftGoWithTheReceipt) {
  world_.CreateAll();
  ExpectSent(1);
  Answer(1);
  world_.AppendAll("r1", "f1");
  world_.stores.set_hooks(
      {.before_effect = [](std::string uri, StoreOperation operation, ObjectPath path) -> Task<Status> {
        const bool last = uri == "mem://east/staging" && operation == StoreOperation::kPutIfAbsent &&
                          path.text() == "orders/epochs/00000000000000000002/manifest";
        if (last) co_return Fail(ErrorCode::kUnavailable, "crash");
        co_return Status{};
      }});
  EXPECT_THAT(world_.Send(), FailedWith(ErrorCode::kUnavailable, "crash"));
  world_.stores.set_hooks({});
  const auto left = world_.Staged("orders/data/00000000000000000002/");
  ASSERT_THAT(left, ElementsAre("orders/data/00000000000000000002/a/f1", "orders/data/00000000000000000002/b/f1"));
  world_.InRun("r2",
               [this] { world_.table("a").Commit({world_.table("a").Add("f2"), TestTable::Remove("f1")}, "r2"); });
  world_.spec.tables.Edit().pop_back();
  world_.Restart();
  ExpectSent(2);
  // Nothing went before the receipt.
  EXPECT_THAT(world_.Staged("orders/data/00000000000000000002/"),
              ElementsAre("orders/data/00000000000000000002/a/f1", "orders/data/00000000000000000002/a/f2",
                          "orders/data/00000000000000000002/b/f1"));
  const plan::Manifest manifest = world_.ManifestOf(2);
  EXPECT_EQ(manifest.tables.size(), 1U);
  EXPECT_EQ(world_.Staged("orders/epochs/00000000000000000002/parts/").size(), 3U);
  Answer(2);
  ASSERT_THAT(world_.Send(), Succeeded());
  EXPECT_THAT(world_.Staged("orders/data/"), IsEmpty());
  EXPECT_THAT(world_.Staged("orders/epochs/00000000000000000002/parts/"),
              ElementsAre("orders/epochs/00000000000000000002/parts/" + manifest.tables[0].parts[0].sha256));
}

TEST_F(GroupSenderTest, RefusedEpochIsStagedAnewFromItsBase) {
  world_.CreateAll();
  ExpectSent(1);
  Answer(1);
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  Answer(2, false);
  ExpectSent(3);
  const plan::Manifest manifest = world_.ManifestOf(3);
  EXPECT_EQ(manifest.base_epoch, Epoch(1));
  EXPECT_EQ(manifest.previous_epoch, Epoch(2));
  EXPECT_THAT(manifest.run_ids, ElementsAre("r1"));
  EXPECT_EQ(Records()[1].state, EpochState::kRefused);
  EXPECT_EQ(Records()[1].error, "damaged");
  EXPECT_THAT(world_.Staged("orders/data/00000000000000000002/"), IsEmpty());
}

TEST_F(GroupSenderTest, GroupByIntervalWithoutChangeStagesNothing) {
  world_.spec.workflows.clear();
  world_.Restart();
  world_.CreateAll();
  ExpectSent(1);
  world_.clock.Advance(world_.spec.sync_interval);
  const auto sent = world_.Send();
  ASSERT_THAT(sent, Succeeded());
  EXPECT_EQ(sent->epoch, std::nullopt);
  EXPECT_THAT(sent->reason, StartsWith("no table has changed since the last cut; epoch "));
}

TEST_F(GroupSenderTest, ForcedEpochSaysSoInManifestAndRecord) {
  world_.spec.force_sync_after = Millis(60'000);
  world_.Restart();
  world_.InRun(
      "dead",
      [&] {
        for (const auto* name : {"a", "b"}) world_.table(name).Create();
      },
      RunState::kRunning);
  ASSERT_THAT(world_.Send(), Succeeded());
  world_.clock.Advance(Millis(120'000));
  ExpectSent(1);
  EXPECT_FALSE(world_.ManifestOf(1).atomic);
  EXPECT_FALSE(Records()[0].atomic);
  EXPECT_EQ(record().waiting_since, world_.ManifestOf(1).cut_time) << "what is staged waits, also without a run";
}

// A nightly workflow and a forced sync by the hour: the whole state of the night stays the newest.
TEST_F(GroupSenderTest, ForcedSyncOfWhatWentOverAlreadyStagesNothing) {
  world_.spec.force_sync_after = Millis(60'000);
  world_.Restart();
  world_.CreateAll();
  ExpectSent(1);
  EXPECT_TRUE(world_.ManifestOf(1).atomic);
  world_.clock.Advance(Millis(120'000));
  const auto sent = world_.Send();
  ASSERT_THAT(sent, Succeeded());
  EXPECT_EQ(sent->epoch, std::nullopt);
  EXPECT_THAT(sent->reason, StartsWith("no table has changed since the last cut; epoch "));
  world_.table("a").Commit({world_.table("a").Add("f1")}, "r1");
  world_.clock.Advance(Millis(120'000));
  ExpectSent(2);
  EXPECT_FALSE(world_.ManifestOf(2).atomic);
}

// The receipt is on record and the deletion fails: the group's record must not stay behind for ever.
TEST_F(GroupSenderTest, EpochThatWasSettledByAPassThatFailedReachesTheGroupsRecord) {
  world_.CreateAll();
  ExpectSent(1);
  Answer(1);
  const auto fail = [this](bool on) {
    world_.staging().set_hooks(
        {.before_effect = [on](std::string, StoreOperation operation, ObjectPath) -> Task<Status> {
          if (on && operation == StoreOperation::kDelete) co_return Fail(ErrorCode::kUnavailable, "busy");
          co_return Status{};
        }});
  };
  fail(true);
  EXPECT_THAT(world_.Send(), FailedWith(ErrorCode::kUnavailable, "busy"));
  EXPECT_EQ(Records()[0].state, EpochState::kApplied);
  world_.sender->book().SetStage(plan::GroupStage::kFailed);
  fail(false);
  ASSERT_THAT(world_.Send(), Succeeded());
  EXPECT_EQ(record().epoch, Epoch(1));
}

TEST_F(GroupSenderTest, EpochThatWasSettledBeforeACrashReachesTheGroupsRecord) {
  world_.CreateAll();
  ExpectSent(1);
  Answer(1);
  world_.staging().set_hooks({.before_effect = [](std::string, StoreOperation operation, ObjectPath) -> Task<Status> {
    if (operation == StoreOperation::kDelete) co_return Fail(ErrorCode::kUnavailable, "crash");
    co_return Status{};
  }});
  EXPECT_THAT(world_.Send(), FailedWith(ErrorCode::kUnavailable, "crash"));
  world_.staging().set_hooks({});
  world_.Restart();
  ASSERT_THAT(world_.Send(), Succeeded());
  EXPECT_EQ(record().epoch, Epoch(1));
}

}  // namespace
}  // namespace lakeferry::engine
