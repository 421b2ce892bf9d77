// For what each role, and each question, opens stores: walls between credentials are of no use where somebody asks for
// more than the work needs. That what is asked for is enough, the stores in memory see to in every test.
#include <fmt/format.h>

#include <set>

#include "engine/inquire/group_check.h"
#include "engine/inquire/verifier.h"
#include "engine/inquire/version_survey.h"
#include "engine/tend/document_signer.h"
#include "engine/tend/reclaimer.h"
#include "tests/engine/world.h"

namespace lakeferry::engine {
namespace {

using ::testing::UnorderedElementsAre;

class StoreRightsTest : public ::testing::TestWithParam<delta::ReplicationMode> {
 protected:
  StoreRightsTest() : world_({"t", "u"}, GetParam()) {
    world_.spec.clock_skew_margin.reset();    // the sender asks the staging store for its clock
    world_.spec.verify_interval = Millis(1);  // and each replays a table a pass
    world_.Restart();
    world_.CreateAll();
  }
  // "read source mem://west/t".
  std::vector<std::string> Opened() {
    std::vector<std::string> opened;
    for (const StoreRef& ref : world_.stores.TakeOpened()) {
      opened.push_back(fmt::format("{} {}{}", RightName(ref.right), ref.uri, ref.credential));
    }
    return opened;
  }
  void ExpectSenderOpensItsOwn() {
    (void)Opened();
    ASSERT_THAT(world_.Send(), Succeeded());
    EXPECT_THAT(Opened(), UnorderedElementsAre("write staging mem://east/staging", "read source mem://west/t",
                                               "read source mem://west/u"));
  }
  void ExpectReceiverOpensItsOwn() {
    (void)Opened();
    ASSERT_THAT(world_.Receive(), Succeeded());
    EXPECT_THAT(Opened(), UnorderedElementsAre("read staging mem://east/staging", "write staging mem://east/staging",
                                               "write target mem://east/t", "write target mem://east/u"));
  }

  World world_;
};

INSTANTIATE_TEST_SUITE_P(Modes, StoreRightsTest,
                         ::testing::Values(delta::ReplicationMode::kClone, delta::ReplicationMode::kMirror),
                         [](const auto& test) {
                           return test.param == delta::ReplicationMode::kClone ? "Clone" : "Mirror";
                         });

TEST_P(StoreRightsTest, ASenderReadsSourcesAndWritesStagingAReceiverReadsItAnswersAndWritesTargets) {
  ExpectSenderOpensItsOwn();
  ExpectReceiverOpensItsOwn();
  world_.AppendAll("r1", "f1");
  world_.clock.Advance(std::chrono::hours(1));
  world_.Restart();
  ExpectSenderOpensItsOwn();
  ExpectReceiverOpensItsOwn();
  world_.ExpectSame();
}

TEST_P(StoreRightsTest, APlanHasNoRightToWrite) {
  ASSERT_THAT(world_.Run(world_.sender->Plan({})), Succeeded());
  EXPECT_THAT(Opened(), UnorderedElementsAre("read staging mem://east/staging", "read source mem://west/t",
                                             "read source mem://west/u"));
  // The same sender goes on with its own right, and a plan of one that has worked takes no other.
  ExpectSenderOpensItsOwn();
  world_.AppendAll("r1", "f1");
  ASSERT_THAT(world_.Run(world_.sender->Plan({})), Succeeded());
  EXPECT_THAT(Opened(), UnorderedElementsAre("read source mem://west/t", "read source mem://west/u"));
  ExpectReceiverOpensItsOwn();
}

TEST_P(StoreRightsTest, QuestionsHaveNoRightToWrite) {
  ExpectSenderOpensItsOwn();
  ExpectReceiverOpensItsOwn();
  Verifier replica(world_.east, world_.spec);
  ASSERT_THAT(world_.Run(replica.Verify({}, true)), Succeeded());
  EXPECT_THAT(Opened(), UnorderedElementsAre("read staging mem://east/staging", "read source mem://east/t",
                                             "read source mem://east/u"));
  Verifier source(world_.west, world_.spec);
  ASSERT_THAT(world_.Run(source.VerifySource({})), Succeeded());
  EXPECT_THAT(Opened(), UnorderedElementsAre("read staging mem://east/staging", "read source mem://west/t",
                                             "read source mem://west/u"));
  const std::function<Task<Result<bool>>()> survey = [this]() -> Task<Result<bool>> {
    const VersionsReport report = co_await SurveyVersions({}, world_.east, world_.spec);
    co_return report.tables.size() == 2;
  };
  EXPECT_TRUE(world_.Run(survey()).value());
  EXPECT_THAT(Opened(),
              UnorderedElementsAre("read staging mem://east/staging", "read source mem://east/t",
                                   "read source mem://east/u", "read source mem://west/t", "read source mem://west/u"));
}

TEST_P(StoreRightsTest, WhatIsReclaimedIsDeletedByWhoeverOrderedThat) {
  if (GetParam() == delta::ReplicationMode::kClone) return;  // an engine does it there
  ExpectSenderOpensItsOwn();
  ExpectReceiverOpensItsOwn();
  const Reclaimer reclaimer(world_.east, world_.spec);
  ASSERT_THAT(world_.Run(reclaimer.Run({}, {.retention = Millis(0), .remove = false})), Succeeded());
  EXPECT_THAT(Opened(), UnorderedElementsAre("read staging mem://east/staging", "read source mem://east/t",
                                             "read source mem://east/u"));
  ASSERT_THAT(world_.Run(reclaimer.Run({}, {.retention = Millis(0), .remove = true})), Succeeded());
  EXPECT_THAT(Opened(), UnorderedElementsAre("read staging mem://east/staging", "write target mem://east/t",
                                             "write target mem://east/u"));
}

TEST_P(StoreRightsTest, DocumentsAreSignedInStagingAlone) {
  ExpectSenderOpensItsOwn();
  const SigningKey key = SigningKey::New();
  world_.spec.keys.own = [key]() -> Result<SigningKey> { return key; };
  const DocumentSigner signer(world_.west, world_.spec);
  ASSERT_THAT(world_.Run(signer.Run({}, Role::kSender)), Succeeded());
  EXPECT_THAT(Opened(), UnorderedElementsAre("write staging mem://east/staging"));
}

// Files elsewhere are read, whatever a log says.
TEST(StoreRights, ImportRootsAreSources) {
  World world;
  world.spec.tables.Edit()[0].import_roots = {"mem://west/origin"};
  world.Restart();
  world.stores.At("mem://west/origin").Set("a", "data of mem://west/origin/a");
  world.InRun("r0", [&] {
    world.table().Create();
    world.table().Commit({world.table().AddAgain("mem://west/origin/a")});
  });
  (void)world.stores.TakeOpened();
  ASSERT_THAT(world.Send(), Succeeded());
  EXPECT_TRUE(world.stores.TakeOpened().contains({.uri = "mem://west/origin", .right = StoreRight::kReadSource}));
}

// Each right as whom its group says, and none as anybody else.
class StoreCredentialsTest : public ::testing::Test {
 protected:
  StoreCredentialsTest() : world_({"t"}) {
    world_.spec.read_staging_credential = "of read staging";
    world_.spec.write_staging_credential = "of write staging";
    world_.spec.tables.Edit()[0].source_credential = "of read source";
    world_.spec.tables.Edit()[0].target_credential = "of write target";
    world_.spec.tables.Edit()[0].import_roots = {"mem://west/origin"};
    world_.spec.clock_skew_margin.reset();
    world_.spec.verify_interval = Millis(1);
    world_.Restart();
  }
  // A question about a replica reads it as whoever writes it.
  void ExpectEachAsItsOwn() {
    for (const StoreRef& ref : world_.stores.TakeOpened()) {
      const bool replica = ref.uri == world_.spec.tables[0].target_uri;
      const StoreRight right = replica ? StoreRight::kWriteTarget : ref.right;
      EXPECT_EQ(ref.credential, fmt::format("of {}", RightName(right))) << ref.uri;
      seen_.insert(ref.credential);
    }
  }

  World world_;
  std::set<std::string> seen_;
};

TEST_F(StoreCredentialsTest, EachRightIsThatOfWhomItsGroupNames) {
  world_.CreateAll();
  for (int i = 0; i < 2; ++i) {
    ASSERT_THAT(world_.Send(), Succeeded());
    ASSERT_THAT(world_.Receive(), Succeeded());
    world_.AppendAll(fmt::format("r{}", i + 1), fmt::format("f{}", i + 1));
    world_.clock.Advance(std::chrono::hours(1));
    world_.Restart();
  }
  ExpectEachAsItsOwn();
  EXPECT_EQ(seen_.size(), 4);
}

TEST_F(StoreCredentialsTest, FilesElsewhereAreReadAsTheSourceIs) {
  world_.stores.At("mem://west/origin").Set("a", "data of mem://west/origin/a");
  world_.InRun("r0", [&] {
    world_.table().Create();
    world_.table().Commit({world_.table().AddAgain("mem://west/origin/a")});
  });
  ASSERT_THAT(world_.Send(), Succeeded());
  ExpectEachAsItsOwn();
}

TEST_F(StoreCredentialsTest, QuestionsAreAskedAsTheirGroupNamesIt) {
  world_.CreateAll();
  ASSERT_THAT(world_.Send(), Succeeded());
  ASSERT_THAT(world_.Receive(), Succeeded());
  Verifier replica(world_.east, world_.spec);
  ASSERT_THAT(world_.Run(replica.Verify({}, true)), Succeeded());
  Verifier source(world_.west, world_.spec);
  ASSERT_THAT(world_.Run(source.VerifySource({})), Succeeded());
  const std::function<Task<Result<bool>>()> survey = [this]() -> Task<Result<bool>> {
    const VersionsReport report = co_await SurveyVersions({}, world_.east, world_.spec);
    co_return report.tables.size() == 1;
  };
  EXPECT_TRUE(world_.Run(survey()).value());
  for (const Role role : {Role::kSender, Role::kReceiver}) {
    const std::function<Task<Result<bool>>()> check = [this, role]() -> Task<Result<bool>> {
      const auto findings = co_await CheckGroup({}, world_.west, world_.spec, role, {});
      co_return !findings.empty();
    };
    EXPECT_TRUE(world_.Run(check()).value());
  }
  ExpectEachAsItsOwn();
}

TEST(StoreRights, AStoreInMemoryEndsATestThatAskedForTooLittle) {
  World world;
  for (const StoreRight right : {StoreRight::kReadSource, StoreRight::kReadStaging}) {
    const auto store = world.stores.Open({.uri = "mem://x", .right = right}).value();
    const auto name = ObjectPath::Of("a");
    EXPECT_DEATH((void)world.Run(store->PutIfAbsent({}, name, "")), "opened to be read is not written");
    EXPECT_DEATH((void)world.Run(store->Put({}, name, "")), "opened to be read is not written");
    EXPECT_DEATH((void)world.Run(store->Begin({}, name, {})), "opened to be read is not written");
    EXPECT_DEATH((void)world.Run(store->CopyIfAbsent({}, {}, name)), "opened to be read is not written");
    EXPECT_DEATH((void)world.Run(store->Touch({}, name)), "opened to be read is not written");
    EXPECT_DEATH((void)world.Run(store->Delete({}, {name})), "opened to be read is not written");
  }
}

}  // namespace
}  // namespace lakeferry::engine
