// _last_checkpoint on a mirror: some readers give up on a table whose hint leads nowhere.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/engine/world.h"

namespace lakeferry::engine {
namespace {

constexpr const char* kHint = "_delta_log/_last_checkpoint";
constexpr const char* kOfVersionNine = R"({"version":9,"size":3})";

class MirrorHintTest : public ::testing::Test {
 protected:
  MirrorHintTest() {
    world_.CreateAll();
    world_.table().CleanLog();
  }

  void SendAndReceive() {
    ASSERT_THAT(world_.Send(), Succeeded());
    ASSERT_THAT(world_.Receive(), Succeeded());
  }
  [[nodiscard]] bool TargetHasHint() { return world_.target().objects().contains(kHint); }

  World world_{{"t"}, delta::ReplicationMode::kMirror};
};

TEST_F(MirrorHintTest, HintFollowsTheCheckpointItNames) {
  const int64_t newest = world_.table().newest().value();
  const std::string hint = R"({"version":)" + std::to_string(newest) + R"(,"size":3})";
  world_.source().Set(kHint, hint);
  SendAndReceive();
  EXPECT_EQ(world_.Text(world_.target(), kHint), hint);
}

TEST_F(MirrorHintTest, HintOfAnotherCheckpointStaysBehind) {
  world_.source().Set(kHint, kOfVersionNine);
  SendAndReceive();
  EXPECT_FALSE(TargetHasHint());
}

TEST_F(MirrorHintTest, HintOfPartsThatAreNotThereStaysBehind) {
  const int64_t newest = world_.table().newest().value();
  world_.source().Set(kHint, R"({"version":)" + std::to_string(newest) + R"(,"size":3,"parts":2})");
  SendAndReceive();
  EXPECT_FALSE(TargetHasHint());
}

TEST_F(MirrorHintTest, HintReplacedWhileItWasStagedDoesNotReachReaders) {
  const int64_t newest = world_.table().newest().value();
  world_.source().Set(kHint, R"({"version":)" + std::to_string(newest) + R"(,"size":3})");
  auto replace = [this](std::string, StoreOperation operation, ObjectPath path) -> Task<Status> {
    if (operation == StoreOperation::kGet && path.text() == kHint) world_.source().Set(kHint, kOfVersionNine);
    co_return Status{};
  };
  world_.source().set_hooks({.before_effect = {}, .after_effect = replace});
  SendAndReceive();
  EXPECT_EQ(world_.Text(world_.source(), kHint), kOfVersionNine) << "the hook has run";
  EXPECT_FALSE(TargetHasHint());
}

}  // namespace
}  // namespace lakeferry::engine
