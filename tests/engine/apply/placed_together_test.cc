// Small files of an epoch are placed together, and no other way is any different for it.
#include <fmt/format.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/engine/receive/receiver_fixture.h"

namespace lakeferry::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr size_t kLarge = (size_t{64} << 10) + 1;

class PlacedTogetherTest : public GroupReceiverTest {
 protected:
  // Notes what is done to the data files of table a's target.
  void Watch() {
    done_.clear();
    world_.target("a").set_hooks(
        {.before_effect = [this](std::string, StoreOperation at, ObjectPath path) -> Task<Status> {
          const bool data = !path.text().starts_with("_delta_log");
          if (data) done_[at].push_back(path.text());
          if (data && at == failing_) co_return Fail(ErrorCode::kUnavailable, "crash");
          co_return Status{};
        }});
  }
  void Send(std::vector<std::string> files) {
    world_.FirstEpoch();
    world_.InRun("r1", [&] {
      std::vector<std::string> adds;
      for (const std::string& file : files) adds.push_back(a().Add(file));
      a().Commit(adds);
    });
    ExpectSent(2);
  }

  std::map<StoreOperation, std::vector<std::string>> done_;
  std::optional<StoreOperation> failing_;
};

TEST_F(PlacedTogetherTest, NeighboursGoByTheirBytesAndOneByItselfAsItDid) {
  Send({"f1", "f2", "f3", "f4", "f5"});  // four are a batch of this store
  Watch();
  ExpectReceived(2);
  EXPECT_THAT(done_[StoreOperation::kPutIfAbsent], UnorderedElementsAre("f1", "f2", "f3", "f4"));
  EXPECT_THAT(done_[StoreOperation::kCopy], ElementsAre("f5"));
  ExpectAllSame();
}

TEST_F(PlacedTogetherTest, LargeOnesGoByThemselves) {
  world_.FirstEpoch();
  world_.InRun("r1", [&] {
    const std::string small = a().Add("f1");
    const std::string other = a().Add("f2");
    world_.source("a").Set("large", std::string(kLarge, 'x'));
    const std::string line = fmt::format(
        R"({{"add":{{"path":"large","partitionValues":{{}},"size":{},"modificationTime":1,"dataChange":true}}}})",
        kLarge);
    a().Commit({small, line, other});
  });
  ExpectSent(2);
  Watch();
  ExpectReceived(2);
  EXPECT_THAT(done_[StoreOperation::kPutIfAbsent], UnorderedElementsAre("f1", "f2"));
  EXPECT_THAT(done_[StoreOperation::kCopy], ElementsAre("large"));
}

TEST_F(PlacedTogetherTest, WhatAnAttemptBeforeHasPlacedIsNotWrittenAgain) {
  Send({"f1", "f2", "f3"});
  CrashAt("a", StoreOperation::kCommit, 1);
  ASSERT_FALSE(world_.Receive());
  NoteFailure();
  Watch();
  ExpectReceived(2);
  EXPECT_THAT(done_[StoreOperation::kPutIfAbsent], IsEmpty());
  ExpectAllSame();
}

TEST_F(PlacedTogetherTest, OneThatFailsLeavesTheOthersAndIsPlacedByTheNextAttempt) {
  Send({"f1", "f2", "f3"});
  CrashAt("a", StoreOperation::kPutIfAbsent, 2);
  ASSERT_FALSE(world_.Receive());
  Repair("a");
  NoteFailure();
  ExpectReceived(2);
  ExpectAllSame();
}

TEST_F(PlacedTogetherTest, ADamagedOneIsNamedAndNothingRefersToIt) {
  Send({"f1", "f2", "f3"});
  for (auto& [name, object] : world_.staging().objects()) {
    if (name.ends_with("/f2")) object.bytes = std::make_shared<const std::string>("data of f3");
  }
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kCorruptData, "f2"));
  EXPECT_FALSE(world_.target("a").objects().contains("f2"));
  EXPECT_FALSE(world_.target("a").objects().contains(TestTable::LogName(2)));
}

}  // namespace
}  // namespace lakeferry::engine
