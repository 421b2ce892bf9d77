// One place under two names, and a source that is a replica of its own group: refused by both roles before anything is
// read or written there.
#include "engine/group/store_roots.h"

#include "engine/cut/table_scan.h"
#include "engine/inquire/verifier.h"
#include "engine/tend/reclaimer.h"
#include "tests/engine/world.h"

namespace lakeferry::engine {
namespace {

class StoreRootsTest : public ::testing::Test {
 protected:
  void ExpectBothRefuse(const std::string& words) {
    const size_t staged = world_.staging().objects().size();
    const size_t there = world_.target().objects().size();
    EXPECT_THAT(world_.Send(), FailedWith(ErrorCode::kRefused, words));
    EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kRefused, words));
    EXPECT_EQ(world_.staging().objects().size(), staged);
    EXPECT_EQ(world_.target().objects().size(), there);
  }

  World world_{{"t", "u"}, delta::ReplicationMode::kMirror};
};

TEST_F(StoreRootsTest, TargetThatIsItsSource) {
  world_.CreateAll();
  world_.target().set_place("mem://west/t");
  ExpectBothRefuse("the source of table 't' in group 'orders' is the same folder as the target of table 't'");
}

TEST_F(StoreRootsTest, TargetThatBecomesItsSourceBetweenTwoPasses) {
  world_.FirstEpoch();
  world_.AppendAll("r1", "f1");
  world_.target().set_place("mem://west/t/below");
  ExpectBothRefuse("the target of table 't' in group 'orders' lies in the source of table 't'");
  world_.target().set_place("mem://east/t");
  ASSERT_THAT(world_.Send(), Succeeded());
  ASSERT_THAT(world_.Receive(), Succeeded());
  world_.ExpectSame();
}

TEST_F(StoreRootsTest, StagingWithinATable) {
  world_.CreateAll();
  world_.staging().set_place("mem://west/u/_staging");
  ExpectBothRefuse("the staging location of group 'orders' lies in the source of table 'u'");
}

TEST_F(StoreRootsTest, TwoTargetsOfOnePlace) {
  world_.CreateAll();
  world_.target("u").set_place("mem://east/t");
  ExpectBothRefuse("is the same folder as");
}

TEST_F(StoreRootsTest, NothingIsReclaimedOrCalledAReplicaOfASource) {
  world_.FirstEpoch();
  world_.target().set_place("mem://west/t");
  const Reclaimer reclaimer(world_.east, world_.spec);
  EXPECT_THAT(world_.Run(reclaimer.Run({}, {.retention = Millis(0), .remove = true})),
              FailedWith(ErrorCode::kRefused, "same folder"));
  Verifier verifier(world_.east, world_.spec);
  EXPECT_THAT(world_.Run(verifier.Verify({}, true)), FailedWith(ErrorCode::kRefused, "same folder"));
  EXPECT_THAT(world_.Run(verifier.VerifySource({})), FailedWith(ErrorCode::kRefused, "same folder"));
}

// What cannot be opened here is no reason: the other role's machine sees it.
TEST_F(StoreRootsTest, RootsThatCannotBeOpenedOverlapNothing) {
  const auto located = world_.Run(LocateRoots({}, world_.west, {{.kind = plan::RootKind::kSource, .uri = "no uri"}}));
  ASSERT_EQ(located.size(), 1U);
  EXPECT_TRUE(located[0].place.empty());
}

class OwnReplicaTest : public ::testing::Test {
 protected:
  World world_;
  static std::string Marker(const std::string& group) {
    return R"({"txn":{"appId":"lakeferry/)" + group + R"(","version":7}})";
  }
};

TEST_F(OwnReplicaTest, IsNoSource) {
  world_.InRun("r0", [&] {
    world_.table().Create();
    world_.table().Commit({Marker("orders"), world_.table().Add("f0")});
  });
  EXPECT_THAT(world_.Send(),
              FailedWith(ErrorCode::kRefused, "the source of table 't' is a replica of this very group"));
  EXPECT_THAT(world_.Staged(""), ::testing::IsEmpty());
}

TEST_F(OwnReplicaTest, IsNoSourceAfterTheFirstEpochEither) {
  world_.FirstEpoch();
  world_.InRun("r1", [&] { world_.table().Commit({Marker("orders"), world_.table().Add("f1")}); });
  EXPECT_THAT(world_.Send(), FailedWith(ErrorCode::kRefused, "a replica of this very group"));
}

TEST_F(OwnReplicaTest, IsNoSourceWhereOnlyItsCheckpointTellsSo) {
  world_.InRun("r0", [&] {
    world_.table().Create();
    world_.table().Commit({Marker("orders"), world_.table().Add("f0")});
    world_.table().Commit({world_.table().Add("f1")});
    world_.table().CleanLog();
  });
  EXPECT_THAT(world_.Send(), FailedWith(ErrorCode::kRefused, "a replica of this very group"));
}

TEST_F(OwnReplicaTest, IsNotAskedForWithoutAGroup) {
  const delta::Txn of_nobody{.app_id = "lakeferry/", .version = 7, .last_updated = {}};
  EXPECT_THAT(CheckNoReplica({{of_nobody.app_id, of_nobody}}, "", world_.spec.tables[0]), Succeeded());
}

TEST_F(OwnReplicaTest, OfAnotherGroupIsReplicatedOnward) {
  world_.InRun("r0", [&] {
    world_.table().Create();
    world_.table().Commit({Marker("silver"), world_.table().Add("f0")});
  });
  ASSERT_THAT(world_.Send(), Succeeded());
  ASSERT_THAT(world_.Receive(), Succeeded());
  world_.ExpectSame();
}

}  // namespace
}  // namespace lakeferry::engine
