// What the metadata of a source and of its replica have otherwise.
#include "delta/metadata_difference.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lakeferry::delta {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string Schema(const std::string& columns) { return R"({"type":"struct","fields":[)" + columns + "]}"; }

std::string Column(const std::string& name, const std::string& type = R"("long")") {
  return R"({"name":")" + name + R"(","type":)" + type + R"(,"nullable":true,"metadata":{}})";
}

Metadata Of(std::string schema, StringMap properties = {}) {
  Metadata metadata;
  metadata.schema_string = std::move(schema);
  metadata.configuration = std::move(properties);
  return metadata;
}

TEST(MetadataDifference, AlikeIsAlike) {
  Metadata source = Of(Schema(Column("a")), {{"p", "1"}, {"q", "2"}});
  source.id = "one";
  source.name = "here";
  Metadata replica = Of(Schema(Column("a")), {{"q", "2"}, {"p", "1"}});
  replica.id = "other";
  EXPECT_THAT(DifferencesOf(source, replica), IsEmpty());
  EXPECT_THAT(DifferencesOf({}, {}), IsEmpty());
}

TEST(MetadataDifference, ColumnsAreNamed) {
  const Metadata source = Of(Schema(Column("a") + "," + Column("b") + "," + Column("c")));
  const Metadata replica = Of(Schema(Column("a", R"("integer")") + "," + Column("c") + "," + Column("d")));
  EXPECT_THAT(DifferencesOf(source, replica),
              ElementsAre("column a is defined otherwise", "column b is at the source alone",
                          "column d is at the replica alone"));
  EXPECT_THAT(DifferencesOf(source, {}),
              ElementsAre("column a is at the source alone", "column b is at the source alone",
                          "column c is at the source alone"));
}

TEST(MetadataDifference, SpacesAreNoDifferenceOfAColumnAndOrderIsOneOfTheSchema) {
  const std::string nested = R"({"type": "struct", "fields": []})";
  const Metadata source = Of(Schema(Column("a", nested) + "," + Column("b")));
  const Metadata replica = Of(Schema(Column("b") + "," + Column("a", R"({"type":"struct","fields":[]})")));
  EXPECT_THAT(DifferencesOf(source, replica), ElementsAre("the schema is written otherwise"));
}

TEST(MetadataDifference, WhatIsNoSchemaIsComparedAsAText) {
  EXPECT_THAT(DifferencesOf(Of("{"), Of(Schema(Column("a")))), ElementsAre("the schema is written otherwise"));
  EXPECT_THAT(DifferencesOf(Of(R"({"fields":[{"type":"long"}]})"), Of(Schema(""))),
              ElementsAre("the schema is written otherwise"));
}

TEST(MetadataDifference, PropertiesAreNamedWithTheirValues) {
  Metadata source = Of(Schema(""), {{"delta.a", "1"}, {"delta.b", "x"}, {"delta.era.from", "7"}});
  Metadata replica = Of(Schema(""), {{"delta.a", "2"}, {"delta.c", "y"}, {"delta.era.from", "9"}});
  source.partition_columns = {"day"};
  EXPECT_THAT(DifferencesOf(source, replica, {"delta.era"}),
              ElementsAre("it is partitioned by (day) at the source and by () at the replica",
                          "property delta.a is '1' at the source and '2' at the replica",
                          "property delta.b is at the source alone", "property delta.c is at the replica alone"));
}

}  // namespace
}  // namespace lakeferry::delta
