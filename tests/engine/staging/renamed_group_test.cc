// A group that was given another name on one side, or on both.
#include "engine/staging/renamed_group.h"

#include "tests/engine/world.h"

namespace lakeferry::engine {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class RenamedGroupTest : public ::testing::TestWithParam<delta::ReplicationMode> {
 protected:
  RenamedGroupTest() {
    world_.FirstEpoch();
    world_.spec.name = "order";
    Configure({"order"});
  }
  void Configure(std::set<std::string> groups) {
    world_.spec.configured = std::make_shared<const std::set<std::string>>(std::move(groups));
    world_.Restart();
  }
  World world_{{"t"}, GetParam()};
};

TEST_P(RenamedGroupTest, ASenderStagesNothingUnderTheNewName) {
  const Result<PassResult> sent = world_.Send();
  ASSERT_THAT(sent, FailedWith(ErrorCode::kRefused, "staging holds epochs of group 'orders'"));
  EXPECT_THAT(sent.error().remedy, HasSubstr("name it 'orders' again"));
  EXPECT_THAT(world_.Staged("order/"), ::testing::IsEmpty());
}

TEST_P(RenamedGroupTest, AGroupThatIsConfiguredBesideItIsAnother) {
  Configure({"order", "orders"});
  EXPECT_THAT(world_.Send(), Succeeded());
}

TEST_P(RenamedGroupTest, AGroupWithOtherTablesIsAnother) {
  TestTable other(&world_.stores.At("mem://west/other"), &world_.clock);
  other.Create();
  world_.spec.tables.Edit()[0].name = "other";
  world_.spec.tables.Edit()[0].source_uri = "mem://west/other";
  world_.Restart();
  EXPECT_THAT(world_.Send(), Succeeded());
}

TEST_P(RenamedGroupTest, AGroupOfThatTableFromElsewhereIsAnother) {
  world_.spec.workspace = "other";
  world_.Restart();
  EXPECT_THAT(world_.Send(), Succeeded());
}

TEST_P(RenamedGroupTest, ATableOfTheSameNameAloneIsAnother) {
  TestTable other(&world_.stores.At("mem://west/other"), &world_.clock);
  other.Create();
  world_.spec.tables.Edit()[0].source_uri = "mem://west/other";
  world_.Restart();
  EXPECT_THAT(world_.Send(), Succeeded());
}

TEST_P(RenamedGroupTest, AnotherSendersGroupIsAnother) {
  const auto mark = [this](const std::string& host) {
    const plan::OwnerMark owner{.id = "5eed", .host = host, .metadata_store = "/m.db", .region = "west", .since = {}};
    world_.staging().Set("orders/owner", plan::WriteOwnerMark(owner));
  };
  world_.west.home = {.host = "here", .metadata_store = "/m.db"};
  mark("here");
  world_.Restart();
  EXPECT_THAT(world_.Send(), FailedWith(ErrorCode::kRefused, "staging holds epochs of group 'orders'"));
  mark("there");
  world_.Restart();
  EXPECT_THAT(world_.Send(), Succeeded());
}

TEST_P(RenamedGroupTest, ItBeginsWhereSomebodySaysSo) {
  world_.sender->set_claim(Claim::kTakeOver);
  EXPECT_THAT(world_.Send(), Succeeded());
}

TEST_P(RenamedGroupTest, WhatResetPutAsideStandsInNobodysWay) {
  auto& objects = world_.staging().objects();
  std::map<std::string, MemoryStore::Object> aside;
  for (auto& [name, object] : objects) aside.emplace("orders.reset-20261129T120000Z" + name.substr(6), object);
  objects = std::move(aside);
  EXPECT_THAT(world_.Send(), Succeeded());
}

TEST_P(RenamedGroupTest, AGroupThatHasEpochsOfItsOwnGoesOn) {
  Configure({"order", "orders"});
  ASSERT_THAT(world_.Send(), Succeeded());
  Configure({"order"});
  EXPECT_THAT(world_.Send(), Succeeded());
}

TEST_P(RenamedGroupTest, WhatTheGroupItselfHasLeftIsNotSaidToBeTakenOver) {
  world_.spec.name = "orders";
  world_.AppendAll("r1", "f1");
  world_.Restart();
  ASSERT_THAT(world_.Send(), Succeeded());
  const Result<PassResult> received = world_.Receive();
  ASSERT_THAT(received, Succeeded());
  EXPECT_THAT(received->reason, Not(HasSubstr("was there already")));
}

INSTANTIATE_TEST_SUITE_P(Modes, RenamedGroupTest,
                         ::testing::Values(delta::ReplicationMode::kClone, delta::ReplicationMode::kMirror),
                         [](const auto& mode) { return std::string(delta::ReplicationModeName(mode.param)); });

// With a staging location of its own nothing tells the sender; the mirrors are there, though, and are the source's. A
// clone bears the name of its group.
TEST(RenamedMirror, ThatWasThereIsTakenOverAndSaid) {
  World world({"t"}, delta::ReplicationMode::kMirror);
  world.FirstEpoch();
  world.spec.name = "order";
  world.spec.staging_uri = "mem://east/staging2";
  world.Restart();
  ASSERT_THAT(world.Send(), Succeeded());
  const Result<PassResult> received = world.Receive();
  ASSERT_THAT(received, Succeeded());
  EXPECT_THAT(received->reason, HasSubstr("the mirror of table 't' was there already"));
  EXPECT_TRUE(world.log.Has("a mirror was there already"));
}

}  // namespace
}  // namespace lakeferry::engine
