// Which catalog each end of a group asks, and as whom.
#include "daemon/wiring/configured_catalogs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>

#include "daemon/wiring/system_clock.h"
#include "tests/storage/cloud/scripted_services.h"
#include "tests/support/manual_clock.h"
#include "tests/support/run_task.h"

namespace lakeferry {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class ConfiguredCatalogsTest : public testing::Test {
 protected:
  void Use(std::map<std::string, GroupCatalogs> catalogs) {
    Config config;
    config.catalogs = std::move(catalogs);
    catalogs_.Use(config);
  }
  static CatalogSettings Unity(std::string url) { return {.kind = CatalogKind::kUnity, .url = std::move(url)}; }

  boost::asio::io_context loop_;
  ScriptedHost host_;
  ScriptedHttp http_;
  ManualClock clock_;
  SystemRandom random_;
  ConfiguredCatalogs catalogs_{
      {.login = {.engine = loop_.get_executor(), .http = http_, .metadata = http_, .host = host_, .clock = clock_},
       .clock = clock_,
       .random = random_}};
};

TEST_F(ConfiguredCatalogsTest, EachEndOfAGroupHasItsOwnAndKeepsItUntilItChanges) {
  Use({{"a", {.source = Unity("https://east"), .target = Unity("https://west")}},
       {"b", {.source = Unity("https://x")}}});
  TableCatalog* const source = catalogs_.Of("a", CatalogSide::kSource);
  TableCatalog* const target = catalogs_.Of("a", CatalogSide::kTarget);
  ASSERT_TRUE(source != nullptr && target != nullptr);
  EXPECT_THAT(source->name(), HasSubstr("https://east"));
  EXPECT_THAT(target->name(), HasSubstr("https://west"));
  EXPECT_EQ(catalogs_.Of("b", CatalogSide::kTarget), nullptr);
  EXPECT_EQ(catalogs_.Of("c", CatalogSide::kSource), nullptr);
  Use({{"a", {.source = Unity("https://east"), .target = Unity("https://other")}}});
  EXPECT_EQ(catalogs_.Of("a", CatalogSide::kSource), source);
  EXPECT_THAT(catalogs_.Of("a", CatalogSide::kTarget)->name(), HasSubstr("https://other"));
  EXPECT_THAT(target->name(), HasSubstr("https://west")) << "whoever asked it may still wait";
  EXPECT_EQ(catalogs_.Of("b", CatalogSide::kSource), nullptr);
}

TEST_F(ConfiguredCatalogsTest, OneThatNobodyCanBeAskedAtSaysWhy) {
  host_.variables["DATABRICKS_HOST"] = "https://elsewhere";
  Use({{"a",
        {.source = CatalogSettings{.kind = CatalogKind::kDatabricks, .url = "https://d"},
         .target = CatalogSettings{.url = "no url"}}}});
  for (const CatalogSide side : {CatalogSide::kSource, CatalogSide::kTarget}) {
    TableCatalog& catalog = *catalogs_.Of("a", side);
    EXPECT_FALSE(RunTask(catalog.Find({}, "a.b.c"), loop_));
    EXPECT_FALSE(RunTask(catalog.TablesOf({}, "a.b"), loop_));
    EXPECT_FALSE(RunTask(catalog.Register({}, {.name = "a.b.c", .location = {}, .columns = {}}), loop_));
  }
  EXPECT_THAT(RunTask(catalogs_.Of("a", CatalogSide::kSource)->Find({}, "a.b.c"), loop_).error().message,
              AllOf(HasSubstr("DATABRICKS_HOST"), HasSubstr("its token is not sent there")));
}

TEST_F(ConfiguredCatalogsTest, AWarehouseIsThatOfTheTargetsAndKeptUntilItChanges) {
  const auto with = [](std::string url, std::string id) {
    return CatalogSettings{.kind = CatalogKind::kDatabricks, .url = std::move(url), .warehouse = std::move(id)};
  };
  Use({{"a", {.source = with("https://east", "e1"), .target = with("https://west", "w1")}},
       {"b", {.source = with("https://east", "e1")}},
       {"c", {.source = {}, .target = with("https://west", "")}}});
  SqlWarehouse* const warehouse = catalogs_.WarehouseOf("a");
  ASSERT_NE(warehouse, nullptr);
  EXPECT_EQ(warehouse->name(), "the SQL warehouse w1 of https://west");
  for (const char* none : {"b", "c", "d"}) EXPECT_EQ(catalogs_.WarehouseOf(none), nullptr) << none;
  Use({{"a", {.source = {}, .target = with("https://west", "w1")}}});
  EXPECT_EQ(catalogs_.WarehouseOf("a"), warehouse);
  Use({{"a", {.source = {}, .target = with("https://west", "w2")}}});
  EXPECT_EQ(catalogs_.WarehouseOf("a")->name(), "the SQL warehouse w2 of https://west");
  EXPECT_EQ(warehouse->name(), "the SQL warehouse w1 of https://west") << "whoever asked it may still wait";
}

TEST_F(ConfiguredCatalogsTest, AWarehouseThatNobodyCanBeAskedAtSaysWhy) {
  host_.variables["DATABRICKS_HOST"] = "https://elsewhere";
  Use({{"a",
        {.source = {},
         .target = CatalogSettings{.kind = CatalogKind::kDatabricks, .url = "https://d", .warehouse = "w"}}},
       {"b", {.source = {}, .target = CatalogSettings{.url = "no url", .warehouse = "w"}}}});
  EXPECT_THAT(RunTask(catalogs_.WarehouseOf("a")->Run({}, "SELECT 1", {}), loop_).error().message,
              HasSubstr("its token is not sent there"));
  EXPECT_FALSE(RunTask(catalogs_.WarehouseOf("b")->Run({}, "SELECT 1", {}), loop_));
  EXPECT_FALSE(RunTask(catalogs_.WarehouseOf("b")->Look({}), loop_));
}

}  // namespace
}  // namespace lakeferry
