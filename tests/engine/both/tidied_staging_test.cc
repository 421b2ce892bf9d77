// Manifests that somebody has tidied up, and receipts that stay behind: what follows proves which there was. In both
// modes.
#include <string>

#include "tests/engine/receive/receiver_fixture.h"

namespace lakeferry::engine {
namespace {

class TidiedStagingTest : public GroupReceiverTest, public ::testing::WithParamInterface<delta::ReplicationMode> {
 protected:
  TidiedStagingTest() : GroupReceiverTest(GetParam()) {}

  void EraseManifest(int64_t epoch) {
    world_.staging().objects().erase(plan::StagingLayout("orders").Manifest(Epoch(epoch)).text());
  }
  void ForgetEast() {
    world_.east_state.Clear();
    world_.Restart();
  }
  // Epoch 2 is refused, and epoch 3 staged in its place.
  void RefuseSecond() {
    world_.FirstEpoch();
    world_.AppendAll("r1", "f1");
    ExpectSent(2);
    for (auto& [name, object] : world_.staging().objects()) {
      if (name.starts_with("orders/data/") && name.ends_with("/f1")) object.bytes = std::make_shared<std::string>("x");
    }
    EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kCorruptData, "not what left"));
    NoteFailure();
    ExpectSent(3);
  }
};

// A receiver that remembers nothing knows the refusal by its receipt, and its manifest by the next one's digest.
TEST_P(TidiedStagingTest, RefusedEpochWithoutItsManifestIsBuiltPast) {
  RefuseSecond();
  EraseManifest(2);
  ForgetEast();
  ExpectReceived(3);
  ExpectAllSame();
}

TEST_P(TidiedStagingTest, ReceiptThatTheNextManifestDoesNotProveIsNamed) {
  RefuseSecond();
  EraseManifest(2);
  plan::Receipt receipt = *world_.ReceiptOf(2);
  receipt.manifest_sha256 = std::string(64, 'a');
  world_.staging().Set(plan::StagingLayout("orders").Receipt(Epoch(2)).text(), plan::WriteReceipt(receipt));
  ForgetEast();
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kRefused, "a manifest in between is missing"));
  EXPECT_TRUE(world_.log.Has("a receipt does not count group=orders epoch=2 reason=the epoch has no manifest"));
  EXPECT_FALSE(world_.ReceiptOf(3));
}

INSTANTIATE_TEST_SUITE_P(Modes, TidiedStagingTest,
                         ::testing::Values(delta::ReplicationMode::kClone, delta::ReplicationMode::kMirror));

}  // namespace
}  // namespace lakeferry::engine
