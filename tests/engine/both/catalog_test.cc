// Groups whose tables catalogs tell, through both roles.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/inquire/version_survey.h"
#include "tests/engine/catalog_double.h"
#include "tests/engine/world.h"

namespace lakeferry::engine {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

// A schema "m.r" of one table, which a pattern takes up.
class CatalogTest : public testing::Test {
 protected:
  CatalogTest() {
    world_.west.catalogs = world_.east.catalogs = &catalogs_;
    world_.spec.tables.Edit().clear();
    world_.spec.workflows.clear();
    world_.spec.sync_interval = Millis(1);
    world_.spec.patterns = {
        {.schema = "m.r", .like = {.source_by_catalog = true, .target_by_catalog = true}, .target_root = "s3://dr"}};
    world_.spec.register_tables = true;
    Create("a");
    world_.Restart();
  }
  TestTable& Create(const std::string& name) {
    const std::string uri = "s3://lake/" + name;
    auto& table = tables_.emplace(name, TestTable(&world_.stores.At(uri), &world_.clock)).first->second;
    table.Create();
    table.Commit({fmt::format(R"({{"metaData":{{"id":"id-of-{}","format":{{"provider":"parquet","options":{{}}}},)"
                              R"("schemaString":"{{\"type\":\"struct\",\"fields\":[]}}",)"
                              R"("partitionColumns":[],"configuration":{{}}}}}})",
                              uri)});
    catalogs_.source.Add("m.r." + name, uri);
    return table;
  }
  MemoryStore& Replica(const std::string& name) { return world_.stores.At("s3://dr/m/r/" + name); }
  void Append(const std::string& name, const std::string& path) {
    TestTable& table = tables_.at(name);
    table.Commit({table.Add(path)});
  }
  void Sync() {
    EXPECT_THAT(world_.Send(), Succeeded());
    EXPECT_THAT(world_.Receive(), Succeeded());
  }

  World world_;
  CatalogsDouble catalogs_;
  std::map<std::string, TestTable> tables_;
};

TEST_F(CatalogTest, ReplicasComeAndAreRegisteredOnce) {
  Append("a", "f1");
  Sync();
  EXPECT_THAT(world_.Live(Replica("a")), ElementsAre("f1"));
  ASSERT_TRUE(catalogs_.target.registered.contains("m.r.a"));
  EXPECT_EQ(catalogs_.target.registered["m.r.a"].location, "s3://dr/m/r/a");
  EXPECT_TRUE(world_.log.Has("table registered"));
  catalogs_.target.registered.clear();
  Append("a", "f2");
  Sync();
  EXPECT_THAT(world_.Live(Replica("a")), ElementsAre("f1", "f2"));
  EXPECT_TRUE(catalogs_.target.registered.empty());
}

TEST_F(CatalogTest, ATableThatCameGoesOverAndOneThatVanishedIsSaidAlsoByANewProcess) {
  Append("a", "f1");
  Sync();
  Create("b");
  Append("b", "g1");
  Sync();
  EXPECT_THAT(world_.Live(Replica("b")), ElementsAre("g1"));
  catalogs_.source.tables.erase("m.r.a");
  EXPECT_THAT(world_.Send(), FailedWith(ErrorCode::kNotFound, "'m.r.a'"));
  world_.Restart();
  EXPECT_THAT(world_.Send(), FailedWith(ErrorCode::kNotFound, "'m.r.a'"));
  world_.west_state.Clear();
  world_.Restart();
  EXPECT_THAT(world_.Send(), FailedWith(ErrorCode::kNotFound, "'m.r.a'")) << "staging says it too";
  world_.spec.excluded = {"m.r.a"};
  world_.Restart();
  Append("b", "g2");
  Sync();
  EXPECT_THAT(world_.Live(Replica("b")), ElementsAre("g1", "g2"));
  EXPECT_THAT(world_.Live(Replica("a")), ElementsAre("f1")) << "what it left stays";
}

TEST_F(CatalogTest, AReceiverThatKnowsNothingTakesTheTablesOutOfStaging) {
  Append("a", "f1");
  Sync();
  world_.east_state.Clear();
  world_.Restart();
  Append("a", "f2");
  Sync();
  EXPECT_THAT(world_.Live(Replica("a")), ElementsAre("f1", "f2"));
}

TEST_F(CatalogTest, ARegistrationThatFailsIsToldAndTriedAgain) {
  catalogs_.target.no_register = Error{.code = ErrorCode::kUnauthorized, .message = "no CREATE TABLE"};
  Append("a", "f1");
  EXPECT_THAT(world_.Send(), Succeeded());
  const auto received = world_.Receive();
  ASSERT_TRUE(received) << ToString(received.error());
  EXPECT_THAT(received->reason, AllOf(HasSubstr("'m.r.a' is not registered"), HasSubstr("no CREATE TABLE")));
  EXPECT_THAT(world_.Live(Replica("a")), ElementsAre("f1"));
  EXPECT_TRUE(world_.log.Has("table not registered"));
  catalogs_.target.no_register.reset();
  EXPECT_THAT(world_.Receive(), Succeeded());
  EXPECT_TRUE(catalogs_.target.registered.contains("m.r.a"));
}

TEST_F(CatalogTest, VersionsAreToldAsFarAsEitherCatalogTellsTheTables) {
  Append("a", "f1");
  Sync();
  Create("b");
  catalogs_.source.tables.erase("m.r.a");
  const auto lines = [this] { return world_.Run(SurveyVersions({}, world_.east, world_.spec)).tables; };
  std::vector<TableVersions> tables = lines();
  ASSERT_EQ(tables.size(), 2U);
  EXPECT_EQ(tables[1].table, "m.r.a");
  EXPECT_THAT(tables[1].unreachable, ElementsAre(HasSubstr("source: the group has no table 'm.r.a' there")));
  catalogs_.source.failure = Error{.code = ErrorCode::kUnavailable, .message = "the catalog sleeps"};
  tables = lines();
  ASSERT_EQ(tables.size(), 1U);
  EXPECT_THAT(tables[0].unreachable, ElementsAre(AllOf(HasSubstr("source: "), HasSubstr("the catalog sleeps"))));
  EXPECT_NE(tables[0].replica_version, std::nullopt);
}

TEST_F(CatalogTest, WithoutTheWordNothingIsRegistered) {
  world_.spec.register_tables = false;
  world_.Restart();
  Append("a", "f1");
  Sync();
  EXPECT_THAT(world_.Live(Replica("a")), ElementsAre("f1"));
  EXPECT_TRUE(catalogs_.target.registered.empty());
}

TEST_F(CatalogTest, TheReceiverNeedsItsOwnCatalogAlone) {
  Append("a", "f1");
  EXPECT_THAT(world_.Send(), Succeeded());
  catalogs_.source.failure = Error{.code = ErrorCode::kUnavailable, .message = "down with its region"};
  EXPECT_THAT(world_.Receive(), Succeeded());
  EXPECT_THAT(world_.Send(), FailedWith(ErrorCode::kUnavailable, "m.r.*"));
  catalogs_.source.failure.reset();
  catalogs_.target.failure = Error{.code = ErrorCode::kUnavailable, .message = "away"};
  EXPECT_THAT(world_.Send(), Succeeded());
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kUnavailable, "m.r.a"));
}

TEST_F(CatalogTest, AnEpochThatIsHalfAppliedGoesOnWhereItBeganWhileTheCatalogIsAway) {
  Create("b");
  Append("a", "f1");
  Append("b", "g1");
  Sync();
  Append("a", "f2");
  Append("b", "g2");
  EXPECT_THAT(world_.Send(), Succeeded());
  Replica("b").set_hooks({.before_effect = [](std::string, StoreOperation operation, ObjectPath) -> Task<Status> {
    if (operation == StoreOperation::kCommit) co_return Fail(ErrorCode::kUnavailable, "down");
    co_return Status{};
  }});
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kUnavailable, "down"));
  Replica("b").set_hooks({});
  EXPECT_NE(world_.Live(Replica("a")).size(), world_.Live(Replica("b")).size()) << "one of two is committed";
  catalogs_.target.failure = Error{.code = ErrorCode::kUnavailable, .message = "away"};
  Append("a", "f3");
  EXPECT_THAT(world_.Send(), Succeeded());
  world_.Restart();
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kUnavailable, "away"));
  EXPECT_THAT(world_.Live(Replica("a")), ElementsAre("f1", "f2")) << "and no further epoch";
  EXPECT_THAT(world_.Live(Replica("b")), ElementsAre("g1", "g2"));
  catalogs_.target.failure.reset();
  world_.Restart();
  EXPECT_THAT(world_.Receive(), Succeeded());
  EXPECT_THAT(world_.Live(Replica("a")), ElementsAre("f1", "f2", "f3"));
}

TEST_F(CatalogTest, AReplicaThatTheCatalogHasMovedIsNotBegunAnew) {
  Append("a", "f1");
  Sync();
  catalogs_.target.Add("m.r.a", "s3://lake/a");  // by somebody's hand: it is the source
  Append("a", "f2");
  EXPECT_THAT(world_.Send(), Succeeded());
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kRefused, "was its source"));
  EXPECT_THAT(world_.Live(world_.stores.At("s3://lake/a")), ElementsAre("f1", "f2"));
}

}  // namespace
}  // namespace lakeferry::engine
