// Replicas whose logs tell nothing when a receiver begins: they deny nothing, and are no fault of the pass.
#include "engine/receive/replica_witness.h"

#include "tests/engine/receive/receiver_fixture.h"

namespace lakeferry::engine {
namespace {

using ReplicaWitnessTest = GroupReceiverTest;

// Until something is to be written to it, or its live files are compared.
TEST_F(ReplicaWitnessTest, LogThatCannotBeReadStopsNoPassThatDoesNotTouchIt) {
  world_.FirstEpoch();
  const std::string whole = world_.Text(world_.target("b"), TestTable::LogName(0));
  world_.target("b").Set(TestTable::LogName(0), "damaged");
  world_.Restart();
  EXPECT_THAT(world_.Receive(), Succeeded());
  world_.target("b").Set(TestTable::LogName(0), whole);
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  ExpectReceived(2);
  ExpectAllSame();
}

TEST_F(ReplicaWitnessTest, StoreThatDoesNotAnswerIsTheErrorOfThePass) {
  world_.FirstEpoch();
  world_.target("b").set_hooks({.before_effect = [](std::string, StoreOperation at, ObjectPath) -> Task<Status> {
    if (at == StoreOperation::kOpen) co_return Fail(ErrorCode::kUnavailable, "no answer");
    co_return Status{};
  }});
  world_.Restart();
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kUnavailable, "table 'b'"));
}

// A manifest of a thousand tables has megabytes: one that is read again for each of them makes a start take seconds.
TEST(ReplicaWitness, ManifestIsReadAsOftenForManyTablesAsForFew) {
  const auto reads = [](std::vector<std::string> tables) {
    World world(std::move(tables));
    world.FirstEpoch();
    world.Restart();
    int count = 0;
    world.staging().set_hooks(
        {.before_effect = [&count](std::string, StoreOperation at, ObjectPath path) -> Task<Status> {
          if (at == StoreOperation::kGet && path.name() == "manifest") ++count;
          co_return Status{};
        }});
    EXPECT_THAT(world.Receive(), Succeeded());
    return count;
  };
  EXPECT_EQ(reads({"a", "b", "c", "d", "e", "f", "g", "h"}), reads({"a", "b"}));
}

}  // namespace
}  // namespace lakeferry::engine
