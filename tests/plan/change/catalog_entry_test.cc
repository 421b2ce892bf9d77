#include "plan/change/catalog_entry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lakeferry::plan {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

delta::Metadata MetadataOf(std::string schema) {
  return {.id = "x",
          .description = "orders of all regions",
          .schema_string = std::move(schema),
          .partition_columns = {"region"},
          .configuration = {{"delta.appendOnly", "true"}, {"owner", "me"}}};
}

TEST(CatalogEntry, ACatalogIsToldColumnsCommentAndTheOperatorsProperties) {
  const auto entry = CatalogEntryOf("main.raw.orders", "s3://west/orders", MetadataOf(R"json({"type":"struct","fields":[
        {"name":"id","type":"long","nullable":false,"metadata":{"comment":"the key"}},
        {"name":"region","type":"string","nullable":true,"metadata":{}},
        {"name":"price","type":"decimal(10,2)","nullable":true,"metadata":{}},
        {"name":"lines","type":{"type":"array","containsNull":true,"elementType":{"type":"struct","fields":[
          {"name":"at","type":"timestamp_ntz","nullable":true,"metadata":{}},
          {"name":"tags","type":{"type":"map","keyType":"string","valueType":"integer","valueContainsNull":true},
           "nullable":true,"metadata":{}}]}},"nullable":true,"metadata":{}}]
})json"));
  ASSERT_TRUE(entry) << ToString(entry.error());
  EXPECT_EQ(entry->name + " " + entry->location + " " + entry->comment,
            "main.raw.orders s3://west/orders orders of all regions");
  EXPECT_THAT(entry->properties, ElementsAre(Pair("owner", "me")));
  ASSERT_EQ(entry->columns.size(), 4U);
  EXPECT_EQ(entry->columns[0].type_text, "bigint");
  EXPECT_EQ(entry->columns[0].type_name, "LONG");
  EXPECT_EQ(entry->columns[0].comment, "the key");
  EXPECT_FALSE(entry->columns[0].nullable);
  EXPECT_EQ(entry->columns[0].type_json,
            R"({"name":"id","type":"long","nullable":false,"metadata":{"comment":"the key"}})");
  EXPECT_EQ(entry->columns[0].partition_index, std::nullopt);
  EXPECT_EQ(entry->columns[1].partition_index, 0);
  EXPECT_EQ(entry->columns[2].type_text + " " + entry->columns[2].type_name, "decimal(10,2) DECIMAL");
  EXPECT_EQ(entry->columns[3].type_text, "array<struct<at:timestamp_ntz,tags:map<string,int>>>");
  EXPECT_EQ(entry->columns[3].type_name, "ARRAY");
}

TEST(CatalogEntry, ATableWithoutColumnsHasNone) {
  EXPECT_TRUE(CatalogEntryOf("a.b.c", "s3://x", {}).value().columns.empty());
  EXPECT_TRUE(
      CatalogEntryOf("a.b.c", "s3://x", MetadataOf(R"({"type":"struct","fields":[]})")).value().columns.empty());
}

TEST(CatalogEntry, ASchemaThatCannotBeReadAndATypeWithoutANameAreSaid) {
  for (const char* wrong :
       {"", "{", "[]", R"({"fields":7})", R"({"fields":[{"type":"long"}]})", R"({"fields":[{"name":"a"}]})",
        R"({"fields":[{"name":"a","type":{}}]})", R"({"fields":[{"name":"a","type":{"type":"struct"}}]})"}) {
    const auto entry = CatalogEntryOf("a.b.c", "s3://x", MetadataOf(wrong));
    ASSERT_FALSE(entry) << wrong;
    EXPECT_EQ(entry.error().code, ErrorCode::kCorruptLog) << wrong;
  }
  const auto odd = CatalogEntryOf("a.b.c", "s3://x", MetadataOf(R"({"fields":[{"name":"g","type":"geometry"}]})"));
  ASSERT_FALSE(odd);
  EXPECT_EQ(odd.error().code, ErrorCode::kUnsupportedTable);
  EXPECT_THAT(odd.error().message, HasSubstr("column 'g'"));
  std::string deep = R"("long")";
  for (int i = 0; i < 200; ++i) deep = R"({"type":"array","elementType":)" + deep + "}";
  EXPECT_FALSE(CatalogEntryOf("a.b.c", "s3://x", MetadataOf(R"({"fields":[{"name":"a","type":)" + deep + "}]}")));
}

}  // namespace
}  // namespace lakeferry::plan
