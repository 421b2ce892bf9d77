// Catalogs of a configuration: `catalog`, `register`, wildcards and `exclude`.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/daemon/config/config_texts.h"

namespace lakeferry {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string kBoth =
    "    primary_region: east\n    secondary_region: west\n"
    "    catalog: {east: {kind: unity, url: 'https://uc-east/', token: {env: T}}, west: {kind: unity, url: "
    "https://uc-west}}\n";
const std::string kRoots = "        roots: {west: 's3://west/'}\n";

ConfigResult LoadTables(const std::string& tables, const std::string& group = {},
                        const std::string& workspace = kBoth) {
  return LoadConfig(ConfigLines{.workspace = workspace, .group = group, .tables = tables}.Text(), "c.yaml");
}

plan::GroupSpec GroupOf(const ConfigResult& config) {
  EXPECT_THAT(ProblemLines(config), IsEmpty());
  if (!config) return {};
  EXPECT_THAT(config->unbuilt, IsEmpty());
  return config->groups[0];
}

void ExpectProblem(const ConfigResult& config, const std::string& line) {
  EXPECT_THAT(ProblemLines(config), ElementsAre(HasSubstr(line)));
}

TEST(ConfigCatalogs, EachRegionHasItsOwn) {
  const ConfigResult config = LoadTables("[main.raw.orders]");
  const plan::GroupSpec group = GroupOf(config);
  ASSERT_TRUE(config);
  const GroupCatalogs& catalogs = config->catalogs.at("orders");
  EXPECT_EQ(catalogs.source->url, "https://uc-east");
  EXPECT_EQ(catalogs.source->login.token->name, "T");
  EXPECT_EQ(catalogs.target->url, "https://uc-west");
  EXPECT_FALSE(catalogs.target->login.token);
  const plan::TableSpec& table = group.tables[0];
  EXPECT_TRUE(table.source_by_catalog && table.target_by_catalog);
  EXPECT_EQ(table.source_uri + table.target_uri + table.new_target_uri, "");
}

TEST(ConfigCatalogs, WhatTheConfigurationSaysItselfIsNotLookedUpAndARootIsForNewReplicas) {
  const plan::GroupSpec group = GroupOf(
      LoadTables("[main.raw.a, {name: main.raw.b, source: s3://x/b}, {name: main.raw.c, target: s3://x/c}, "
                 "{name: main.raw.d, locations: {east: s3://x/d, west: s3://y/d}}, {name: e, source: s3://x/e}]",
                 kRoots));
  ASSERT_EQ(group.tables.size(), 5U);
  const auto shown = [&](size_t i) {
    const plan::TableSpec& table = group.tables[i];
    return (table.source_by_catalog ? "?" : table.source_uri) + " " +
           (table.target_by_catalog ? "? else " + table.new_target_uri : table.target_uri);
  };
  EXPECT_EQ(shown(0), "? ? else s3://west/main/raw/a");
  EXPECT_EQ(shown(1), "s3://x/b ? else s3://west/main/raw/b");
  EXPECT_EQ(shown(2), "? s3://x/c");
  EXPECT_EQ(shown(3), "s3://x/d s3://y/d");
  EXPECT_EQ(shown(4), "s3://x/e s3://west/e") << "a name that no catalog has";
}

TEST(ConfigCatalogs, OneCatalogIsThatOfTheSources) {
  const std::string one =
      "    primary_region: east\n    secondary_region: west\n    catalog: {kind: unity, url: https://uc}\n";
  const plan::GroupSpec group = GroupOf(LoadTables("[main.raw.a]", kRoots, one));
  EXPECT_TRUE(group.tables[0].source_by_catalog);
  EXPECT_FALSE(group.tables[0].target_by_catalog);
  EXPECT_EQ(group.tables[0].target_uri, "s3://west/main/raw/a");
  ExpectProblem(LoadTables("[main.raw.a]", {}, one), "target is missing");
  const plan::GroupSpec bare = GroupOf(
      LoadTables("[{name: main.raw.a, target: s3://x/a}]", {}, "    catalog: {kind: unity, url: https://uc}\n"));
  EXPECT_TRUE(bare.tables[0].source_by_catalog) << "without regions";
}

TEST(ConfigCatalogs, AGroupHasItsOwnInPlaceOfTheWorkspaces) {
  const ConfigResult config =
      LoadTables("[{name: main.raw.a, target: s3://x/a}]", "        catalog: {kind: databricks, url: https://ws}\n");
  EXPECT_TRUE(GroupOf(config).tables[0].source_by_catalog);
  EXPECT_EQ(config->catalogs.at("orders").source->kind, CatalogKind::kDatabricks);
  EXPECT_FALSE(config->catalogs.at("orders").target);
}

TEST(ConfigCatalogs, WhatIsWrongWithACatalogIsNamedWithItsPlace) {
  const std::string regions = "    primary_region: east\n    secondary_region: west\n";
  const auto problems = [&](const std::string& catalog, const std::string& with = "") {
    return ProblemLines(
        LoadTables("[{name: b, source: s3://x/b, target: s3://y/b}]", {}, with + "    catalog: " + catalog + "\n"));
  };
  EXPECT_THAT(problems("{url: https://uc}"), ElementsAre(HasSubstr("kind is missing")));
  EXPECT_THAT(problems("{kind: glue, url: https://uc}"), ElementsAre(HasSubstr("catalog.kind")));
  EXPECT_THAT(problems("{kind: unity}"), ElementsAre(HasSubstr("url is missing")));
  EXPECT_THAT(problems("{kind: unity, url: http://uc}"), ElementsAre(HasSubstr("not sent over http://")));
  EXPECT_THAT(problems("{kind: unity, url: http://127.0.0.1:8080}"), IsEmpty());
  EXPECT_THAT(problems("{kind: unity, url: https://uc, token: abc}"), ElementsAre(HasSubstr("token holds a secret")));
  EXPECT_THAT(problems("{kind: unity, url: https://uc, client_id: me}"), ElementsAre(HasSubstr("client_id")));
  EXPECT_THAT(problems("{kind: databricks, url: https://uc, client_id: me}"), ElementsAre(HasSubstr("nothing proves")));
  EXPECT_THAT(problems("{east: {kind: unity, url: https://uc}}"), ElementsAre(HasSubstr("catalog goes by region")));
  EXPECT_THAT(problems("{eats: {kind: unity, url: https://uc}}", regions),
              ElementsAre(AllOf(HasSubstr("catalog.eats"), HasSubstr("did you mean east?"))));
  EXPECT_THAT(problems("{east: {kind: unity, url: https://uc}, west: {kind: unity, url: https://uc/}}", regions),
              ElementsAre(HasSubstr("both regions have the same catalog")));
  EXPECT_THAT(problems("{east: {kind: unity, url: https://uc, user: me}}", regions),
              Contains(HasSubstr("catalog.east.user")));
}

TEST(ConfigCatalogs, RegisterNeedsACatalogThatReceives) {
  EXPECT_TRUE(GroupOf(LoadTables("[main.raw.a]", kRoots + "        register: true\n")).register_tables);
  EXPECT_TRUE(GroupOf(LoadTables("[main.raw.a]", kRoots, kBoth + "    register: true\n")).register_tables);
  EXPECT_FALSE(GroupOf(LoadTables("[main.raw.a]", kRoots + "        register: false\n", kBoth + "    register: true\n"))
                   .register_tables);
  ExpectProblem(LoadTables("[{name: b, source: s3://x/b, target: s3://y/b}]", "        register: true\n", {}),
                "register is for the catalog of the secondary region");
}

TEST(ConfigCatalogs, AWildcardStandsForTheTablesOfASchemaButForThoseThatAreExcluded) {
  const plan::GroupSpec group = GroupOf(
      LoadTables("[main.raw.*, main.gold.orders]", kRoots + "        exclude: [main.raw.scratch, Main.Raw.Tmp]\n"));
  ASSERT_EQ(group.patterns.size(), 1U);
  EXPECT_EQ(group.patterns[0].text(), "main.raw.*");
  EXPECT_EQ(group.patterns[0].target_root, "s3://west");
  EXPECT_TRUE(group.patterns[0].like.target_by_catalog);
  EXPECT_EQ(group.tables.size(), 1U);
  EXPECT_THAT(group.excluded, ElementsAre("main.raw.scratch", "Main.Raw.Tmp"));
}

TEST(ConfigCatalogs, WhatIsWrongWithWildcardsIsNamed) {
  ExpectProblem(LoadTables("[main.*]", kRoots), "'main.*' is no wildcard of a schema");
  ExpectProblem(LoadTables("[main.*.*]", kRoots), "'main.*.*' is no wildcard of a schema");
  ExpectProblem(LoadTables("[main.raw.*, MAIN.raw.*]", kRoots), "a second time");
  ExpectProblem(LoadTables("[{name: main.raw.*, source: s3://x}]", kRoots), "takes no keys of one");
  ExpectProblem(LoadTables("[main.raw.*]", kRoots, "    primary_region: east\n    secondary_region: west\n"),
                "there is no catalog to ask");
  ExpectProblem(LoadTables("[main.raw.*]", {}, "    catalog: {kind: unity, url: https://uc}\n"),
                "nothing says where the replicas of main.raw.* lie");
  ExpectProblem(LoadTables("[main.raw.*]", kRoots + "        exclude: [main.gold.x]\n"),
                "is excluded from no wildcard");
  ExpectProblem(LoadTables("[main.raw.*, main.raw.a]", kRoots + "        exclude: [main.raw.a]\n"),
                "is excluded, and stands among the tables");
}

TEST(ConfigCatalogs, WithoutACatalogAndWithoutAPlaceATableIsNowhere) {
  const ConfigResult config = LoadTables("[main.raw.a]", {}, {});
  ASSERT_TRUE(config);
  ASSERT_EQ(config->unbuilt.size(), 1U);
  EXPECT_THAT(config->unbuilt[0].what, AllOf(HasSubstr("there is no catalog to ask"), HasSubstr("main.raw.a")));
}

// What it hands out is for the tables that it tells the place of, at its own end.
TEST(ConfigCatalogs, ACatalogHandsOutCredentialsWhereThatIsSaid) {
  const std::string regions = "    primary_region: east\n    secondary_region: west\n";
  const auto vendors = [](const plan::TableSpec& table) { return table.source_vendor + "/" + table.target_vendor; };
  const std::string tables = "[main.raw.a, {name: main.raw.b, target: s3://x/b}, main.gold.*]";
  const plan::GroupSpec one =
      GroupOf(LoadTables(tables, {},
                         regions + "    catalog: {east: {kind: unity, url: https://e, credentials: own}, "
                                   "west: {kind: databricks, url: https://w, credentials: vended}}\n"));
  EXPECT_EQ(vendors(one.tables[0]), "/orders");
  EXPECT_EQ(vendors(one.tables[1]), "/");
  EXPECT_EQ(vendors(one.patterns.at(0).like), "/orders");
  const plan::GroupSpec both =
      GroupOf(LoadTables(tables, {},
                         regions + "    catalog: {east: {kind: unity, url: https://e, credentials: vended}, "
                                   "west: {kind: unity, url: https://w, credentials: vended}}\n"));
  EXPECT_EQ(vendors(both.tables[0]), "orders/orders");
  EXPECT_EQ(vendors(both.tables[1]), "orders/");
  EXPECT_EQ(vendors(GroupOf(LoadTables("[main.raw.a]")).tables[0]), "/") << "by default nobody is asked";
  ExpectProblem(
      LoadTables("[main.raw.a]", kRoots, regions + "    catalog: {kind: unity, url: https://e, credentials: rented}\n"),
      "rented");
}

// As `west` has it, with a group's lines.
ConfigResult LoadClones(const std::string& west, const std::string& group = kRoots + "        apply: sql_clone\n",
                        const std::string& tables = "[{name: main.raw.a, source: s3://x/a}]") {
  return LoadTables(tables, group,
                    "    primary_region: east\n    secondary_region: west\n    catalog: {west: {" + west + "}}\n");
}
const std::string kWarehouse = "kind: databricks, url: https://ws, warehouse: 01ab-cd_EF";

TEST(ConfigCatalogs, AClonedReplicaLiesWhereTheConfigurationSaysAndNotWhereTheCatalogHasTheTable) {
  const ConfigResult config = LoadClones(kWarehouse);
  const plan::GroupSpec group = GroupOf(config);
  EXPECT_TRUE(group.sql_clone);
  EXPECT_FALSE(group.tables[0].target_by_catalog);
  EXPECT_EQ(group.tables[0].target_uri, "s3://west/main/raw/a");
  EXPECT_EQ(config->catalogs.at("orders").target->warehouse, "01ab-cd_EF");
  const plan::GroupSpec plain = GroupOf(LoadClones(kWarehouse, kRoots));
  EXPECT_FALSE(plain.sql_clone);
  EXPECT_TRUE(plain.tables[0].target_by_catalog) << "by default the catalog tells it";
  EXPECT_FALSE(GroupOf(LoadClones(kWarehouse, kRoots + "        apply: commit\n")).sql_clone);
  ExpectProblem(LoadClones(kWarehouse, "        apply: sql_clone\n"), "target is missing");
}

TEST(ConfigCatalogs, AGroupIsClonedAsItsWorkspaceSaysUnlessItSaysOtherwise) {
  const std::string workspace =
      "    primary_region: east\n    secondary_region: west\n    apply: sql_clone\n"
      "    catalog: {west: {" +
      kWarehouse + "}}\n";
  const std::string tables = "[{name: main.raw.a, source: s3://x/a}]";
  EXPECT_TRUE(GroupOf(LoadTables(tables, kRoots, workspace)).sql_clone);
  EXPECT_FALSE(GroupOf(LoadTables(tables, kRoots + "        apply: commit\n", workspace)).sql_clone);
}

TEST(ConfigCatalogs, WhatCannotBeClonedIsNamed) {
  ExpectProblem(LoadClones("kind: unity, url: https://uc"), "no other catalog runs SQL");
  ExpectProblem(LoadClones("kind: databricks, url: https://ws"), "names none");
  ExpectProblem(LoadClones("kind: unity, url: https://uc, warehouse: 01", kRoots), "warehouse is not of kind: unity");
  ExpectProblem(LoadClones("kind: databricks, url: https://ws, warehouse: '/sql/x'", kRoots),
                "is no id of a SQL warehouse");
  ExpectProblem(LoadTables("[{name: main.raw.a, source: s3://x/a, target: s3://y/a}]", "        apply: sql_clone\n",
                           "    primary_region: east\n    secondary_region: west\n"),
                "and there is none");
  ExpectProblem(LoadClones(kWarehouse, kRoots + "        apply: sql_clone\n        register: true\n"),
                "keep one of them");
  ExpectProblem(LoadClones(kWarehouse, kRoots + "        apply: sql\n"), "sql");
  const std::string cloned = "        apply: sql_clone\n";
  ExpectProblem(LoadClones(kWarehouse, cloned, "[{name: a, source: s3://x/a, target: s3://y/a}]"),
                "the name 'a' cannot stand in SQL");
  ExpectProblem(LoadClones(kWarehouse, cloned,
                           "[{name: main.raw.a, source: s3://x/a, target: 's3://y/$'}, "
                           "{name: main.raw.b, source: s3://x/b, target: 'az://y/b'}]"),
                "the location 'az://y/b' cannot stand in SQL");
}

}  // namespace
}  // namespace lakeferry
