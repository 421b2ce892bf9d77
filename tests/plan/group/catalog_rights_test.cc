// What a role asks of catalogs, for each thing that a group can be configured to do there.
#include "plan/group/catalog_rights.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lakeferry::plan {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

std::vector<std::string> RightLines(const std::vector<CatalogRight>& rights) {
  std::vector<std::string> lines;
  for (const CatalogRight& right : rights) {
    lines.push_back(fmt::format("{} ON {} {}", right.privilege, CatalogLevelName(right.level), right.object));
  }
  return lines;
}

TableSpec Looked(std::string name) {
  TableSpec table{.name = std::move(name)};
  table.source_by_catalog = table.target_by_catalog = true;
  return table;
}

GroupSpec GroupWith(std::vector<TableSpec> tables) {
  GroupSpec group{.name = "g"};
  group.tables = std::move(tables);
  return group;
}

TEST(CatalogRights, OfWhatLiesAtPlacesOfItsOwnNobodyIsAsked) {
  const GroupSpec group = GroupWith({{.name = "a", .source_uri = "s3://x/a", .target_uri = "s3://y/a"}});
  for (const Role role : {Role::kSender, Role::kReceiver}) {
    EXPECT_THAT(RightsAtSources(group, role), IsEmpty());
    EXPECT_THAT(RightsAtTargets(group, role), IsEmpty());
  }
}

TEST(CatalogRights, ToLookTablesUpEachOnce) {
  const GroupSpec group = GroupWith({Looked("main.raw.b"), Looked("main.raw.a"), Looked("main.gold.a")});
  EXPECT_THAT(
      RightLines(RightsAtSources(group, Role::kSender)),
      ElementsAre("USE CATALOG ON CATALOG main", "USE SCHEMA ON SCHEMA main.gold", "USE SCHEMA ON SCHEMA main.raw",
                  "SELECT ON TABLE main.gold.a", "SELECT ON TABLE main.raw.a", "SELECT ON TABLE main.raw.b"));
  EXPECT_THAT(RightsAtSources(group, Role::kReceiver), IsEmpty()) << "each side asks for its own end";
  EXPECT_EQ(RightsAtTargets(group, Role::kReceiver), RightsAtSources(group, Role::kSender));
  EXPECT_THAT(RightsAtTargets(group, Role::kSender), IsEmpty());
}

TEST(CatalogRights, AllTablesOfASchemaNeedTheSchemaAndNoTable) {
  GroupSpec group = GroupWith({Looked("main.raw.b"), Looked("MAIN.Raw.c")});
  group.patterns = {{.schema = "main.raw", .like = Looked(""), .target_root = "s3://dr/lake"}};
  EXPECT_THAT(RightLines(RightsAtSources(group, Role::kSender)), Not(Contains(StartsWith("SELECT ON TABLE"))));
  EXPECT_THAT(RightLines(RightsAtSources(group, Role::kSender)), Contains("SELECT ON SCHEMA main.raw"));
  EXPECT_THAT(RightLines(RightsAtTargets(group, Role::kReceiver)), Contains("SELECT ON SCHEMA main.raw"));
}

TEST(CatalogRights, WhatACatalogHandsOutIsReadAtTheSourceAndWrittenAtTheTarget) {
  GroupSpec group = GroupWith({Looked("main.raw.a"), Looked("main.raw.b")});
  for (TableSpec& table : group.tables.Edit()) table.source_vendor = table.target_vendor = group.name;
  group.tables.Edit()[1].new_target_uri = "s3://dr/lake/main/raw/b";
  group.tables.Edit()[1].unregistered = true;
  EXPECT_THAT(RightLines(RightsAtSources(group, Role::kSender)),
              ElementsAre("USE CATALOG ON CATALOG main", "EXTERNAL USE SCHEMA ON SCHEMA main.raw",
                          "USE SCHEMA ON SCHEMA main.raw", "SELECT ON TABLE main.raw.a", "SELECT ON TABLE main.raw.b"));
  const std::vector<std::string> written{
      "USE CATALOG ON CATALOG main", "EXTERNAL USE SCHEMA ON SCHEMA main.raw", "USE SCHEMA ON SCHEMA main.raw",
      "MODIFY ON TABLE main.raw.a", "SELECT ON TABLE main.raw.a",
      // The other is not there yet.
      "CREATE EXTERNAL TABLE ON EXTERNAL LOCATION s3://dr", "EXTERNAL USE LOCATION ON EXTERNAL LOCATION s3://dr"};
  EXPECT_EQ(RightLines(RightsAtTargets(group, Role::kReceiver)), written);
  EXPECT_THAT(RightsAtTargets(group, Role::kSender), IsEmpty());
  group.direct = true;
  EXPECT_EQ(RightLines(RightsAtTargets(group, Role::kSender)), written) << "it places files there";
}

TEST(CatalogRights, ToRegisterReplicasIsTheReceivers) {
  GroupSpec group = GroupWith({Looked("main.raw.a"), Looked("main.raw.b")});
  group.register_tables = group.direct = true;
  group.tables.Edit()[0].new_target_uri = "abfss://lake@dr.dfs.core.windows.net/r/a";
  EXPECT_THAT(RightLines(RightsAtTargets(group, Role::kReceiver)),
              ElementsAre("USE CATALOG ON CATALOG main", "CREATE TABLE ON SCHEMA main.raw",
                          "USE SCHEMA ON SCHEMA main.raw", "SELECT ON TABLE main.raw.a", "SELECT ON TABLE main.raw.b",
                          "CREATE EXTERNAL TABLE ON EXTERNAL LOCATION abfss://lake@dr.dfs.core.windows.net"));
  EXPECT_THAT(RightLines(RightsAtTargets(group, Role::kSender)), Not(Contains(StartsWith("CREATE"))));
}

TEST(CatalogRights, ToCloneIsToMakeTablesAndToReadReplicas) {
  GroupSpec group = GroupWith({{.name = "main.gold.a", .target_uri = "s3://dr/lake/a"},
                               {.name = "main.gold.b", .target_uri = "file:///srv/b"},
                               {.name = "of no catalog", .target_uri = "s3://other/c"}});
  group.sql_clone = group.direct = true;
  group.patterns = {{.schema = "main.raw", .like = {.source_by_catalog = true}, .target_root = "gs://dr/raw"}};
  EXPECT_THAT(RightLines(RightsAtTargets(group, Role::kReceiver)),
              ElementsAre("USE CATALOG ON CATALOG main", "CREATE TABLE ON SCHEMA main.gold",
                          "USE SCHEMA ON SCHEMA main.gold", "CREATE TABLE ON SCHEMA main.raw",
                          "USE SCHEMA ON SCHEMA main.raw", "READ FILES ON EXTERNAL LOCATION file:///srv/b",
                          "READ FILES ON EXTERNAL LOCATION gs://dr", "READ FILES ON EXTERNAL LOCATION s3://dr"));
  EXPECT_THAT(RightsAtTargets(group, Role::kSender), IsEmpty());
}

}  // namespace
}  // namespace lakeferry::plan
