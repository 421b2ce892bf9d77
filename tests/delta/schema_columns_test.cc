#include "delta/schema_columns.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>

#include "delta_matchers.h"

namespace lakeferry::delta {
namespace {

std::string SchemaOf(std::string_view type) {
  return fmt::format(R"({{"type":"struct","fields":[{{"name":"c","type":{},"nullable":false,"metadata":{{}}}}]}})",
                     type);
}

CatalogColumn ColumnOf(std::string_view type) {
  const auto columns = ReadColumns(SchemaOf(type), {});
  EXPECT_THAT(columns, Succeeded()) << type;
  if (!columns || columns->size() != 1) return {};
  return columns->front();
}

TEST(SchemaColumns, SimpleTypesHaveTheirNamesInSql) {
  const std::map<std::string, std::pair<std::string, std::string>> types{
      {"string", {"string", "STRING"}},
      {"long", {"bigint", "LONG"}},
      {"integer", {"int", "INT"}},
      {"short", {"smallint", "SHORT"}},
      {"byte", {"tinyint", "BYTE"}},
      {"float", {"float", "FLOAT"}},
      {"double", {"double", "DOUBLE"}},
      {"boolean", {"boolean", "BOOLEAN"}},
      {"binary", {"binary", "BINARY"}},
      {"date", {"date", "DATE"}},
      {"timestamp", {"timestamp", "TIMESTAMP"}},
      {"timestamp_ntz", {"timestamp_ntz", "TIMESTAMP_NTZ"}},
      {"variant", {"variant", "VARIANT"}},
      {"void", {"void", "NULL"}},
      {"decimal(10,2)", {"decimal(10,2)", "DECIMAL"}}};
  for (const auto& [type, named] : types) {
    const CatalogColumn column = ColumnOf(fmt::format(R"("{}")", type));
    EXPECT_EQ(column.type_text, named.first);
    EXPECT_EQ(column.type_name, named.second);
  }
}

TEST(SchemaColumns, NestedTypesAreNamedWhole) {
  const CatalogColumn list = ColumnOf(R"({"type":"array","elementType":"long","containsNull":true})");
  EXPECT_EQ(list.type_text, "array<bigint>");
  EXPECT_EQ(list.type_name, "ARRAY");
  const CatalogColumn map = ColumnOf(
      R"({"type":"map","keyType":"string","valueType":{"type":"array","elementType":"date","containsNull":true},)"
      R"("valueContainsNull":true})");
  EXPECT_EQ(map.type_text, "map<string,array<date>>");
  EXPECT_EQ(map.type_name, "MAP");
  const CatalogColumn object =
      ColumnOf(R"({"type":"struct","fields":[{"name":"a","type":"byte","nullable":true,"metadata":{}},)"
               R"({"name":"b","type":"float","nullable":true,"metadata":{}}]})");
  EXPECT_EQ(object.type_text, "struct<a:tinyint,b:float>");
  EXPECT_EQ(object.type_name, "STRUCT");
}

TEST(SchemaColumns, AColumnKeepsItsFieldItsCommentAndItsPlaceAmongThePartitions) {
  const auto columns = ReadColumns(
      R"({"type":"struct","fields":[
        {"name":"id","type":"long","nullable":false,"metadata":{"comment":"who"}},
        {"name":"day","type":"date","nullable":true,"metadata":{}},
        {"name":"land","type":"string","nullable":true,"metadata":{}}]})",
      {"land", "day"});
  ASSERT_THAT(columns, Succeeded());
  ASSERT_EQ(columns->size(), 3U);
  const CatalogColumn& id = columns->at(0);
  EXPECT_EQ(id.name, "id");
  EXPECT_EQ(id.comment, "who");
  EXPECT_FALSE(id.nullable);
  EXPECT_EQ(id.partition_index, std::nullopt);
  EXPECT_EQ(id.type_json, R"({"name":"id","type":"long","nullable":false,"metadata":{"comment":"who"}})");
  EXPECT_TRUE(columns->at(1).nullable);
  EXPECT_EQ(columns->at(1).partition_index, 1);
  EXPECT_EQ(columns->at(2).partition_index, 0);
}

TEST(SchemaColumns, ATypeWithoutANameIsRefusedByItsColumn) {
  const auto refused = [](std::string_view type) { return ReadColumns(SchemaOf(type), {}); };
  EXPECT_THAT(refused(R"("geometry")"),
              FailedWith(ErrorCode::kUnsupportedTable, "column 'c': no catalog has a name for the type 'geometry'"));
  EXPECT_THAT(refused(R"({"type":"array","elementType":"zonedtime"})"),
              FailedWith(ErrorCode::kUnsupportedTable, "'zonedtime'"));
  EXPECT_THAT(refused(R"({"type":"udt","class":"x"})"), FailedWith(ErrorCode::kUnsupportedTable, "'udt'"));
}

TEST(SchemaColumns, WhatIsNoSchemaIsSaid) {
  EXPECT_THAT(ReadColumns("{", {}), FailedWith(ErrorCode::kCorruptLog, "cannot be read"));
  EXPECT_THAT(ReadColumns(R"({"type":"struct"})", {}), FailedWith(ErrorCode::kCorruptLog, "cannot be read"));
  EXPECT_THAT(ReadColumns(R"({"fields":[{"type":"long"}]})", {}), FailedWith(ErrorCode::kCorruptLog, "'name'"));
  EXPECT_THAT(ReadColumns(R"({"fields":[{"name":"c"}]})", {}), FailedWith(ErrorCode::kCorruptLog, "'type'"));
  for (const std::string_view type :
       {R"({"type":"array"})", R"({"type":"map","valueType":"long"})", R"({"type":"map","keyType":"long"})",
        R"({"elementType":"long"})", R"({"type":"struct"})", R"({"type":"struct","fields":[{"type":"long"}]})",
        R"({"type":"struct","fields":[{"name":"a"}]})"}) {
    EXPECT_THAT(ReadColumns(SchemaOf(type), {}), FailedWith(ErrorCode::kCorruptLog, "the schema has a")) << type;
  }
}

}  // namespace
}  // namespace lakeferry::delta
