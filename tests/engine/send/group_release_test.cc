// What a sender releases of an epoch once it is answered, and what crashes and others leave beside it.
#include "tests/engine/send/group_sender_fixture.h"

namespace lakeferry::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

class GroupReleaseTest : public GroupSenderTest {};

TEST_F(GroupReleaseTest, ReceiptReleasesTheDataOfItsEpochAndNothingElse) {
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
TEST_F(GroupReleaseTest, WhatTheStoreKeepsHoldsNothingUp) {
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

TEST_F(GroupReleaseTest, WithoutReceiptNothingIsReleased) {
  world_.CreateAll();
  ExpectSent(1);
  const auto before = world_.Staged("");
  ASSERT_THAT(world_.Send(), Succeeded());
  world_.Restart();
  ASSERT_THAT(world_.Send(), Succeeded());
  EXPECT_EQ(world_.Staged(""), before);
}

// Whatever the metadata store says of its answer.
TEST_F(GroupReleaseTest, WithoutAReceiptThatWasThereNothingIsReleased) {
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

TEST_F(GroupReleaseTest, ReleaseThatACrashInterruptedIsFinished) {
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

TEST_F(GroupReleaseTest, ReleaseTakesLinksAwayAndNothingThatTheyLeadTo) {
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

TEST_F(GroupReleaseTest, ReleaseIsStoppedBetweenTwoBatches) {
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
TEST_F(GroupReleaseTest, ReleaseEndsAtAPageThatIsNotListed) {
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
TEST_F(GroupReleaseTest, CrashBetweenPartsAndDataLeavesWhatLeadsBackToThem) {
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
TEST_F(GroupReleaseTest, PartOfAnotherSenderBesideAReleasedEpochGoesWithAReceiptADayLaterOrTheNextStart) {
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

TEST_F(GroupReleaseTest, LeftoversOfAnOlderCutAndOfATableThatLeftGoWithTheReceipt) {
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

}  // namespace
}  // namespace lakeferry::engine
