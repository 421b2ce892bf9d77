// A sender gives back what only the next epoch takes, once a group rests, and reads it again for that.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/cut/sender_position.h"
#include "engine/send/group_sender.h"
#include "tests/engine/world.h"

namespace lakeferry::engine {
namespace {

using testing::ElementsAre;

constexpr Millis kLong = std::chrono::minutes(1);

class SenderRestTest : public testing::TestWithParam<delta::ReplicationMode> {
 protected:
  SenderRestTest() : world_({"a", "b"}, GetParam()) { world_.west.limits.live_sets_stay = false; }

  void Epoch(int64_t epoch, const std::string& run, const std::string& file) {
    world_.AppendAll(run, file);
    const auto sent = world_.Send();
    ASSERT_THAT(sent, Succeeded());
    ASSERT_EQ(sent->epoch, lakeferry::Epoch(epoch)) << sent->reason;
  }
  void Receive() {
    ASSERT_THAT(world_.Receive(), Succeeded());
    world_.ExpectSame("a");
    world_.ExpectSame("b");
  }
  // The pass that sees the answer, and the one that finds the group at rest for as long.
  void Rest(Millis rest) {
    ASSERT_THAT(world_.Send(), Succeeded());
    world_.clock.Advance(rest);
    ASSERT_THAT(world_.Send(), Succeeded());
  }
  [[nodiscard]] std::string ManifestName(int64_t epoch) {
    return plan::StagingLayout("orders").Manifest(lakeferry::Epoch(epoch)).text();
  }
  // How often the manifest is read from here on.
  void CountReads(int64_t epoch) {
    world_.staging().set_hooks(
        {.before_effect = [this, name = ManifestName(epoch)](std::string, StoreOperation operation,
                                                             ObjectPath path) -> Task<Status> {
           if (operation == StoreOperation::kGet && path.text() == name) ++reads_;
           co_return Status{};
         },
         .after_effect = {}});
  }
  [[nodiscard]] std::vector<delta::LiveSet> SetsOf(int64_t epoch) {
    std::vector<delta::LiveSet> sets;
    for (const plan::ManifestTable& table : world_.ManifestOf(epoch).tables) {
      EXPECT_FALSE(table.live_set_replayed) << "it was carried";
      sets.push_back(table.live_set);
    }
    return sets;
  }

  World world_;
  int reads_ = 0;
};

TEST_P(SenderRestTest, WhatTheNextEpochBuildsUponIsReadOnceMoreAndIsTheSame) {
  world_.FirstEpoch();
  Epoch(2, "r1", "f1");
  Receive();
  Rest(kLong);
  CountReads(2);
  ASSERT_THAT(world_.Send(), Succeeded());
  EXPECT_EQ(reads_, 0) << "a look that finds nothing";
  Epoch(3, "r2", "f2");
  EXPECT_EQ(reads_, 1);
  const std::vector<delta::LiveSet> before = SetsOf(2);
  const std::vector<delta::LiveSet> after = SetsOf(3);
  for (size_t i = 0; i < after.size(); ++i) EXPECT_EQ(after[i].files(), before[i].files() + 1);
  Receive();
}

TEST_P(SenderRestTest, OfFewTablesNothingIsGivenBack) {
  world_.west.limits.live_sets_stay = true;
  world_.FirstEpoch();
  Epoch(2, "r1", "f1");
  Receive();
  Rest(kLong);
  CountReads(2);
  Epoch(3, "r2", "f2");
  EXPECT_EQ(reads_, 0);
  Receive();
}

TEST_P(SenderRestTest, WhereEpochsFollowOneAnotherNothingIsReadTwice) {
  world_.FirstEpoch();
  Epoch(2, "r1", "f1");
  Receive();
  Rest(std::chrono::seconds(20));
  CountReads(2);
  Epoch(3, "r2", "f2");
  EXPECT_EQ(reads_, 0);
  Receive();
}

TEST_P(SenderRestTest, WhileAnAnswerIsWaitedForNothingIsGivenBack) {
  world_.FirstEpoch();
  Epoch(2, "r1", "f1");
  Rest(kLong);
  Rest(kLong);
  CountReads(2);
  Epoch(3, "r2", "f2");
  EXPECT_EQ(reads_, 0);
  Receive();
}

TEST_P(SenderRestTest, AnotherManifestInItsPlaceIsAnErrorAndIsReadAnewAfterwards) {
  world_.FirstEpoch();
  Epoch(2, "r1", "f1");
  Receive();
  Rest(kLong);
  const std::string text = world_.Text(world_.staging(), ManifestName(2));
  plan::Manifest other = world_.ManifestOf(2);
  other.created += Millis(1);
  world_.staging().Set(ManifestName(2), plan::WriteManifest(other));
  world_.AppendAll("r2", "f2");
  EXPECT_THAT(world_.Send(),
              FailedWith(ErrorCode::kCorruptData, "epoch 2, which the next one builds upon, is another"));
  world_.sender->book().SetStage(plan::GroupStage::kFailed);
  EXPECT_FALSE(world_.staging().objects().contains(ManifestName(3)));
  world_.staging().Set(ManifestName(2), text);
  const auto sent = world_.Send();
  ASSERT_THAT(sent, Succeeded());
  EXPECT_EQ(sent->epoch, lakeferry::Epoch(3));
  Receive();
}

// The daily comparison of a source needs them as well.
TEST_P(SenderRestTest, ATableIsComparedAfterARest) {
  world_.FirstEpoch();
  Epoch(2, "r1", "f1");
  Receive();
  Rest(kLong);
  world_.clock.Advance(std::chrono::hours(25));
  ASSERT_THAT(world_.Send(), Succeeded());
  const auto checks = world_.Run(world_.west_state.LiveSetChecks({}, Role::kSender, "orders"));
  ASSERT_THAT(checks, Succeeded());
  ASSERT_EQ(checks->size(), 1U);
  EXPECT_EQ(checks->front().result, LiveSetResult::kSame) << checks->front().reason;
}

INSTANTIATE_TEST_SUITE_P(Modes, SenderRestTest,
                         testing::Values(delta::ReplicationMode::kClone, delta::ReplicationMode::kMirror));

class GivenBackTest : public testing::Test {
 protected:
  GivenBackTest() {
    world_.FirstEpoch();
    world_.AppendAll("r1", "f1");
    EXPECT_THAT(world_.Send(), Succeeded());
    EXPECT_THAT(world_.Receive(), Succeeded());
  }
  Result<SenderPosition> Load(const SenderPosition* known) {
    return world_.Run(LoadSenderPosition({}, area_, world_.spec, "west", known, lakeferry::Epoch(2)));
  }
  World world_{{"t"}};
  StagingArea area_{std::shared_ptr<ObjectStore>(&world_.staging(), [](ObjectStore*) {}), plan::StagingOf(world_.spec),
                    world_.west};
};

TEST_F(GivenBackTest, AllButTheSetsStays) {
  auto position = Load(nullptr);
  ASSERT_THAT(position, Succeeded());
  plan::ManifestTable table = *position->base.at("t");
  ASSERT_NE(table.live_set, delta::LiveSet());
  GiveBackLiveSets(*position);
  EXPECT_FALSE(position->has_live_sets());
  EXPECT_EQ(position->base.at("t")->live_set, delta::LiveSet());
  const delta::LiveSet set = std::exchange(table.live_set, {});
  EXPECT_EQ(*position->base.at("t"), table);
  EXPECT_EQ(position->newest, position->base_object);
  // The next pass goes on with it, and reads nothing.
  auto next = Load(&*position);
  ASSERT_THAT(next, Succeeded());
  EXPECT_FALSE(next->has_live_sets());
  EXPECT_EQ(next->newest, position->newest);
  ASSERT_THAT(world_.Run(ReadLiveSets({}, area_, *next)), Succeeded());
  EXPECT_TRUE(next->has_live_sets());
  EXPECT_EQ(next->base.at("t")->live_set, set);
  EXPECT_EQ(next->newest, next->base_object);
}

TEST_F(GivenBackTest, WhatSomebodyElseHoldsStaysWhole) {
  auto position = Load(nullptr);
  ASSERT_THAT(position, Succeeded());
  const auto held = position->newest;
  GiveBackLiveSets(*position);
  EXPECT_TRUE(position->has_live_sets());
  EXPECT_NE(position->base.at("t")->live_set, delta::LiveSet());
}

// What the receiver has found since is held against what was sent, and not against empty sets.
TEST_F(GivenBackTest, AnAnswerThatIsNewIsComparedWithTheWholeManifest) {
  auto position = Load(nullptr);
  ASSERT_THAT(position, Succeeded());
  GiveBackLiveSets(*position);
  const std::string name = plan::StagingLayout("orders").Receipt(lakeferry::Epoch(2)).text();
  const auto told = plan::ReadReceipt(world_.Text(world_.staging(), name), name);
  ASSERT_THAT(told, Succeeded());
  plan::Receipt receipt = *told;
  receipt.tables.front().live_set = std::string(64, 'a');
  world_.staging().Set(name, plan::WriteReceipt(receipt));
  auto next = Load(&*position);
  ASSERT_THAT(next, Succeeded());
  EXPECT_TRUE(next->has_live_sets());
  EXPECT_THAT(next->found_there, ElementsAre(testing::Pair("t", std::string(64, 'a'))));
  world_.staging().Set(name, plan::WriteReceipt(*told));
  auto again = Load(&*position);
  ASSERT_THAT(again, Succeeded());
  EXPECT_TRUE(again->found_there.empty());
}

}  // namespace
}  // namespace lakeferry::engine
