// A group that is started anew, as docs/operations.md says it: all at once, and with one of the steps left out.

#include <tuple>

#include "tests/engine/receive/receiver_fixture.h"

namespace lakeferry::engine {
namespace {

using ::testing::IsEmpty;

class StartAnewTest : public GroupReceiverTest {
 protected:
  explicit StartAnewTest(delta::ReplicationMode mode = delta::ReplicationMode::kClone) : GroupReceiverTest(mode) {}

  // Two epochs went over; then the sources are dropped and created anew.
  void Recreate() {
    world_.FirstEpoch();
    world_.AppendAll("r1", "f1");
    ExpectSent(2);
    ExpectReceived(2);
    for (const auto* table : {"a", "b"}) {
      world_.source(table).objects().clear();
      world_.table(table).next_ = 0;
    }
    world_.CreateAll("n0");
  }
  void MoveTargets() {
    world_.target("a").objects().clear();
    world_.target("b").objects().clear();
  }
  void MoveStaging() { world_.staging().objects().clear(); }
};

TEST_F(StartAnewTest, SourceThatWasCreatedAnewIsNamedWithTheWayOut) {
  Recreate();
  const auto before = Targets();
  EXPECT_THAT(world_.Send(), FailedWith(ErrorCode::kDiverged, "lakeferry reset GROUP"));
  EXPECT_THAT(world_.Receive(), Succeeded());
  EXPECT_EQ(Targets(), before);
}

// The sender's side alone was started anew: what the receiver remembers must not get into it.
TEST_F(StartAnewTest, ReceiverThatRemembersTheFormerLifeSaysSoAndAnswersNothing) {
  Recreate();
  MoveStaging();
  MoveTargets();
  world_.west_state.Clear();
  world_.Restart();
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kRefused, "staging has lost epoch 2"));
  EXPECT_THAT(world_.staging().objects(), IsEmpty());
  ExpectSent(1);
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kRefused, "staging has lost epoch 2"));
  world_.AppendAll("n1", "g1");
  ExpectSent(2);
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kRefused, "staging holds another epoch 2"));
  world_.AppendAll("n2", "g2");
  ExpectSent(3);
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kRefused, "lakeferry reset GROUP"));
  EXPECT_THAT(world_.Staged("orders/receipts/"), IsEmpty());
  EXPECT_THAT(Targets(), IsEmpty());
  world_.east_state.Clear();
  world_.Restart();
  ExpectReceived(3);
  ExpectAllSame();
  world_.AppendAll("n3", "g3");
  ExpectSent(4);
  ExpectReceived(4);
  ExpectAllSame();
}

TEST_F(StartAnewTest, StagingThatIsStartedAnewUnderARunningReceiverIsNoticed) {
  Recreate();
  MoveStaging();
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kRefused, "staging has lost epoch 2"));
}

TEST_F(StartAnewTest, StagingThatLostOnlyAnOldManifestGoesOn) {
  world_.FirstEpoch();
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  world_.staging().objects().erase(plan::StagingLayout("orders").Manifest(Epoch(1)).text());
  ExpectReceived(2);
  ExpectAllSame();
}

TEST_F(StartAnewTest, ReceiptOfAFormerLifeIsNotLearnt) {
  Recreate();
  const std::string name = plan::StagingLayout("orders").Receipt(Epoch(1)).text();
  const std::string receipt = world_.Text(world_.staging(), name);
  MoveStaging();
  MoveTargets();
  world_.west_state.Clear();
  world_.east_state.Clear();
  world_.Restart();
  ExpectSent(1);
  world_.staging().Set(name, receipt);
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kRefused, "answers another manifest"));
  EXPECT_THAT(Targets(), IsEmpty());
}

// Parameter: the mode, and which of the four steps were done at first, one bit each.
class StepsOfStartAnewTest : public StartAnewTest,
                             public ::testing::WithParamInterface<std::tuple<delta::ReplicationMode, unsigned>> {
 protected:
  StepsOfStartAnewTest() : StartAnewTest(std::get<0>(GetParam())) {}

  void Do(unsigned steps) {
    if ((steps & 1U) != 0) MoveStaging();
    if ((steps & 2U) != 0) MoveTargets();
    if ((steps & 4U) != 0) world_.west_state.Clear();
    if ((steps & 8U) != 0) world_.east_state.Clear();
    world_.Restart();
  }
};

TEST_P(StepsOfStartAnewTest, StepsThatWereLeftOutDoNoHarmAndCanBeMadeUpFor) {
  constexpr unsigned kAll = 15;
  constexpr unsigned kStores = 4 | 8;
  const unsigned first = std::get<1>(GetParam());
  Recreate();
  Do(first);
  const auto before = Targets();
  const auto sent = world_.Send();
  const auto received = world_.Receive();
  if (first == kAll) {
    EXPECT_THAT(sent, Succeeded());
    EXPECT_THAT(received, Succeeded());
  } else {
    EXPECT_FALSE(sent && received) << "somebody has to say it";
    EXPECT_EQ(Targets(), before);
    // A service that ran may have learnt the former life again.
    Do((kAll & ~first) | kStores);
  }
  world_.AppendAll("n1", "g1");
  EXPECT_THAT(world_.Send(), Succeeded());
  EXPECT_THAT(world_.Receive(), Succeeded());
  ExpectAllSame();
}

INSTANTIATE_TEST_SUITE_P(Modes, StepsOfStartAnewTest,
                         ::testing::Combine(::testing::Values(delta::ReplicationMode::kClone,
                                                              delta::ReplicationMode::kMirror),
                                            ::testing::Range(0U, 16U)));

// The manifest that was answered may be gone; the next one tells whether it follows it.
TEST_F(StartAnewTest, ManifestThatFollowsAnotherThanTheOneThatWasAnsweredIsNoProof) {
  world_.FirstEpoch();
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  plan::Manifest next = world_.ManifestOf(2);
  next.previous_sha256 = std::string(64, 'a');
  world_.staging().Set(plan::StagingLayout("orders").Manifest(Epoch(2)).text(), plan::WriteManifest(next));
  world_.staging().objects().erase(plan::StagingLayout("orders").Manifest(Epoch(1)).text());
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kRefused, "staging has lost epoch 1"));
}

}  // namespace
}  // namespace lakeferry::engine
