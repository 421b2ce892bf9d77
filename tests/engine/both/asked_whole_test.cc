// A table that somebody wants to go over whole does, once, whatever becomes of the epoch that brings it.
#include "engine/run/instruct.h"
#include "tests/engine/world.h"

namespace lakeferry::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class AskedWholeTest : public ::testing::TestWithParam<delta::ReplicationMode> {
 protected:
  AskedWholeTest() : world_({"a", "b"}, GetParam()) {
    world_.FirstEpoch();
    world_.AppendAll("r1", "f1");
    EXPECT_THAT(world_.Send(), Succeeded());
    EXPECT_THAT(world_.Receive(), Succeeded());
  }
  Result<GroupRecord> Resync(const std::string& table) {
    return world_.Run(Instruct({}, world_.spec, world_.sender->book(),
                               {.kind = InstructionKind::kResync,
                                .role = Role::kSender,
                                .group = "orders",
                                .table = table,
                                .by = "alice",
                                .why = {},
                                .given = world_.clock.WallTime()}));
  }
  std::optional<Version> BaseOf(int64_t epoch, size_t table) {
    return world_.ManifestOf(epoch).tables[table].base_version;
  }
  std::vector<AskedWhole> Asked() { return world_.sender->book().record().resync; }

  World world_;
};

INSTANTIATE_TEST_SUITE_P(Modes, AskedWholeTest,
                         ::testing::Values(delta::ReplicationMode::kClone, delta::ReplicationMode::kMirror),
                         [](const auto& test) {
                           return test.param == delta::ReplicationMode::kClone ? "clone" : "mirror";
                         });

TEST_P(AskedWholeTest, GoesOverWithTheNextEpochAndNoOtherTableDoes) {
  ASSERT_THAT(Resync("a"), Succeeded());
  world_.Restart();
  world_.AppendAll("r2", "f2");
  ASSERT_THAT(world_.Send(), Succeeded());
  EXPECT_EQ(BaseOf(3, 0), std::nullopt);
  EXPECT_NE(BaseOf(3, 1), std::nullopt);
  EXPECT_THAT(Asked(), ElementsAre(AskedWhole{.table = "a", .staged = Epoch(3)}));
  ASSERT_THAT(world_.Receive(), Succeeded());
  world_.ExpectSame("a");
  world_.ExpectSame("b");
  ASSERT_THAT(world_.Send(), Succeeded());
  EXPECT_THAT(Asked(), IsEmpty());
  world_.AppendAll("r3", "f3");
  ASSERT_THAT(world_.Send(), Succeeded());
  EXPECT_NE(BaseOf(4, 0), std::nullopt) << "once";
  ASSERT_THAT(world_.Receive(), Succeeded());
  world_.ExpectSame("a");
}

TEST_P(AskedWholeTest, IsNotForgottenWhereTheEpochThatBringsItIsRefused) {
  ASSERT_THAT(Resync("a"), Succeeded());
  world_.AppendAll("r2", "f2");
  ASSERT_THAT(world_.Send(), Succeeded());
  for (const std::string& name : world_.Staged("orders/data/")) world_.staging().objects().erase(name);
  (void)world_.Receive();
  world_.Restart();
  ASSERT_TRUE(world_.ReceiptOf(3) && !world_.ReceiptOf(3)->applied);
  ASSERT_THAT(world_.Send(), Succeeded());
  EXPECT_EQ(BaseOf(4, 0), std::nullopt);
  ASSERT_THAT(world_.Receive(), Succeeded());
  ASSERT_THAT(world_.Send(), Succeeded());
  EXPECT_THAT(Asked(), IsEmpty());
  world_.ExpectSame("a");
}

TEST_P(AskedWholeTest, ATableThatTheGroupDoesNotHaveIsNamed) {
  const auto told = Resync("aa");
  ASSERT_THAT(told, FailedWith(ErrorCode::kInvalidArgument, ""));
  EXPECT_THAT(told.error().message, HasSubstr("has no table 'aa'"));
  EXPECT_THAT(Asked(), IsEmpty());
}

}  // namespace
}  // namespace lakeferry::engine
