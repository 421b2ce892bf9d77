// What a line of the log says it was done for: group, epoch and table, as far as they were known.
#include "engine/run/pass_runner.h"
#include "tests/engine/world.h"

namespace lakeferry::engine {
namespace {

using ::testing::EndsWith;

class OperationNamesTest : public ::testing::Test {
 protected:
  std::string LineOf(std::string_view event) {
    const auto line =
        std::ranges::find_if(world_.log.lines, [event](const std::string& one) { return one.starts_with(event); });
    return line == world_.log.lines.end() ? "none" : *line;
  }
  void Pass(GroupWorker& worker) { world_.Run(runner_.Run(Call{}.Named("orders"), worker)); }

  World world_{{"a", "b"}};
  TaskGroup mails_{world_.loop.get_executor()};
  PassRunner runner_{world_.west, mails_};
};

TEST_F(OperationNamesTest, AnEpochsLinesNameGroupAndEpoch) {
  world_.CreateAll();
  Pass(*world_.sender);
  Pass(*world_.receiver);
  EXPECT_THAT(LineOf("epoch staged "), EndsWith(" operation=orders, epoch 1"));
  EXPECT_THAT(LineOf("epoch applied "), EndsWith(" operation=orders, epoch 1"));
}

TEST_F(OperationNamesTest, WhatIsReadOfATableNamesTheTable) {
  world_.InRun("r0", [this] {
    world_.table("a").Create();
    world_.table("b").Create(R"("delta.logRetentionDuration":"soon")");
  });
  Pass(*world_.sender);
  EXPECT_THAT(LineOf("a retention property cannot be read"), EndsWith(" operation=orders, b"));
}

TEST_F(OperationNamesTest, WhatIsPlacedInATableNamesEpochAndTable) {
  world_.CreateAll();
  world_.InRun("r1", [this] { world_.table("b").Commit({world_.table("b").Add("f1")}); });
  Pass(*world_.sender);
  Pass(*world_.receiver);
  world_.InRun("r2", [this] {
    TestTable& table = world_.table("b");
    table.Commit({TestTable::Remove("f1")});
    world_.source("b").Set("f1", "another f1");
    table.written_.insert_or_assign("f1", world_.clock.WallTime());
    table.Commit({table.AddAgain("f1")});
  });
  Pass(*world_.sender);
  Pass(*world_.receiver);
  EXPECT_THAT(LineOf("the name of a file is taken at the target"), EndsWith(" operation=orders, epoch 2, b"));
}

TEST_F(OperationNamesTest, WhatIsDoneForNobodySaysNothing) {
  world_.CreateAll();
  ASSERT_THAT(world_.Run(world_.sender->RunOnce({})), Succeeded());
  EXPECT_THAT(LineOf("epoch staged "), EndsWith(" operation=epoch 1"));
  world_.stores.set_hooks({.before_effect = [](std::string, StoreOperation, ObjectPath) -> Task<Status> {
    co_return Fail(ErrorCode::kUnavailable, "down");
  }});
  world_.Run(runner_.Run({}, *world_.sender));
  EXPECT_FALSE(LineOf("pass failed ").contains("operation="));
}

}  // namespace
}  // namespace lakeferry::engine
