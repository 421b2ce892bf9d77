#include "plan/group/catalog_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lakeferry::plan {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

CatalogTable External(std::string location = "s3a://lake/orders/") {
  return {.name = "main.raw.orders",
          .kind = CatalogTableKind::kExternal,
          .kind_name = "EXTERNAL",
          .format = "DELTA",
          .location = std::move(location)};
}

GroupSpec Grouped() {
  GroupSpec group{.name = "g"};
  group.patterns = {{.schema = "main.raw", .like = {.source_by_catalog = true, .target_by_catalog = true}},
                    {.schema = "main.gold", .like = {}}};
  group.excluded = {"main.raw.scratch"};
  return group;
}

TEST(CatalogRules, ATableLiesWhereItsCatalogSaysInOurSpelling) {
  EXPECT_EQ(SourcePlaceOf(External()).value(), "s3a://lake/orders");
  EXPECT_EQ(TargetPlaceOf(External("file:/srv/lake/orders")).value(), "file:///srv/lake/orders");
  CatalogTable managed = External();
  managed.kind = CatalogTableKind::kManaged;
  EXPECT_TRUE(SourcePlaceOf(managed)) << "to read it takes no more than a right";
}

TEST(CatalogRules, WhatCannotBeReplicatedIsRefusedByName) {
  const auto refused = [](auto change, ErrorCode code, const std::string& word) {
    CatalogTable table = External();
    change(table);
    const auto place = SourcePlaceOf(table);
    ASSERT_FALSE(place) << word;
    EXPECT_EQ(place.error().code, code) << word;
    EXPECT_THAT(place.error().message, AllOf(HasSubstr("'main.raw.orders'"), HasSubstr(word)));
    EXPECT_EQ(TargetPlaceOf(table).error().code, code) << word;
  };
  using Table = CatalogTable;
  refused([](Table& t) { t.catalog_managed = true; }, ErrorCode::kUnsupportedTable, "catalogManaged");
  refused([](Table& t) { t.format = "ICEBERG"; }, ErrorCode::kUnsupportedTable, "ICEBERG");
  refused([](Table& t) { t.format = ""; }, ErrorCode::kUnsupportedTable, "calls it nothing");
  refused([](Table& t) { t.kind = CatalogTableKind::kOther, t.kind_name = "VIEW"; }, ErrorCode::kUnsupportedTable,
          "VIEW");
  refused([](Table& t) { t.location = ""; }, ErrorCode::kUnsupportedTable, "no storage location");
  refused([](Table& t) { t.location = "dbfs:/x"; }, ErrorCode::kInvalidArgument, "nothing here can look");
  refused([](Table& t) { t.location = "s3://lake/../x"; }, ErrorCode::kInvalidArgument, "nothing here can look");
}

TEST(CatalogRules, AManagedTargetIsTheCatalogsAloneToWrite) {
  CatalogTable table = External();
  table.kind = CatalogTableKind::kManaged;
  const auto place = TargetPlaceOf(table);
  ASSERT_FALSE(place);
  EXPECT_EQ(place.error().code, ErrorCode::kRefused);
  EXPECT_THAT(place.error().message, HasSubstr("'main.raw.orders' is a managed table"));
}

TEST(CatalogRules, ANewReplicaLiesBelowTheRootByItsName) {
  EXPECT_EQ(PlaceBelow("s3://west/dr", "main.raw.a").value(), "s3://west/dr/main/raw/a");
  EXPECT_EQ(PlaceBelow("file:///srv/dr/", "main.raw.a b").value(), "file:///srv/dr/main/raw/a b");
  for (const char* name : {"main..a", "main.raw.a/../b", "main.`raw`.a", ""}) {
    EXPECT_FALSE(PlaceBelow("s3://west/dr", name)) << name;
  }
  const TablePattern pattern{.schema = "main.raw", .like = {.target_by_catalog = true}, .target_root = "s3://west"};
  EXPECT_EQ(TableOfPattern(pattern, "main.raw.a").value().new_target_uri, "s3://west/main/raw/a");
  EXPECT_EQ(TableOfPattern(pattern, "main.raw.a").value().target_uri, "");
  const TablePattern without{.schema = "main.raw", .like = {}, .target_root = "s3://west"};
  EXPECT_EQ(TableOfPattern(without, "main.raw.a").value().target_uri, "s3://west/main/raw/a");
  EXPECT_THAT(TableOfPattern(pattern, "main.raw.a?b").error().message, HasSubstr("'main.raw.a?b' makes no folder"));
}

TEST(CatalogRules, APatternTakesItsSchemaAloneInEitherCase) {
  const GroupSpec group = Grouped();
  ASSERT_NE(PatternOf(group, "main.raw.orders"), nullptr);
  EXPECT_EQ(PatternOf(group, "Main.GOLD.x")->schema, "main.gold");
  EXPECT_EQ(PatternOf(group, "main.rawer.orders"), nullptr);
  EXPECT_EQ(PatternOf(group, "main.raw.Scratch"), nullptr) << "excluded";
  EXPECT_EQ(PatternOf(group, "orders"), nullptr);
}

TEST(CatalogRules, WhatVanishedIsMissedUnlessItIsExcluded) {
  GroupSpec group = Grouped();
  group.tables = {{.name = "main.raw.a"}};
  EXPECT_TRUE(CheckNoneVanished(group, {}));
  EXPECT_TRUE(CheckNoneVanished(group, {"main.raw.A", "main.raw.scratch", "other.raw.x"}));
  const Status gone = CheckNoneVanished(group, {"main.raw.b", "main.raw.a", "main.gold.c", "main.raw.b"});
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(gone.error().message, AllOf(HasSubstr("'main.gold.c', 'main.raw.b'"), Not(HasSubstr("main.raw.a'"))));
  EXPECT_THAT(gone.error().remedy, HasSubstr("exclude"));
}

TEST(CatalogRules, OnlyGroupsThatNeedOneAskACatalog) {
  GroupSpec group;
  group.tables = {{.name = "a", .source_uri = "s3://x/a", .target_uri = "s3://y/a"}};
  EXPECT_FALSE(AsksCatalogs(group));
  group.tables.Edit()[0].target_by_catalog = true;
  EXPECT_TRUE(AsksCatalogs(group));
  EXPECT_TRUE(AsksCatalogs(Grouped()));
}

}  // namespace
}  // namespace lakeferry::plan
