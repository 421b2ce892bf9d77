#include "plan/group/table_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "plan/group/group_spec.h"

namespace lakeferry::plan {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;

TEST(TableList, ReadsAsWhatItWasMadeOf) {
  const TableList tables = {{.name = "a", .source_uri = "s3://x/a"}, {.name = "b"}};
  EXPECT_THAT(tables, ElementsAre(Field(&TableSpec::name, "a"), Field(&TableSpec::name, "b")));
  EXPECT_EQ(tables.size(), 2U);
  EXPECT_EQ(tables[0].source_uri, "s3://x/a");
  EXPECT_EQ(&tables.front(), &tables[0]);
  EXPECT_EQ(&tables.back(), &tables[1]);
  EXPECT_THAT(TableList(), IsEmpty());
  EXPECT_TRUE(TableList().empty());
  EXPECT_THAT(TableList(std::vector<TableSpec>()), IsEmpty());
}

TEST(TableList, CopiesShareTheTablesUntilOneIsChanged) {
  GroupSpec group;
  group.name = "g";
  group.tables = {{.name = "a"}, {.name = "b"}};
  GroupSpec copy = group;
  const Route route = ReplicationRoute(copy, "west");
  EXPECT_EQ(&copy.tables.front(), &group.tables.front());
  EXPECT_EQ(&route.tables.front(), &group.tables.front());
  copy.tables.Edit().front().target_uri = "s3://y/a";
  copy.tables.Edit().push_back({.name = "c"});
  EXPECT_EQ(copy.tables.front().target_uri, "s3://y/a");
  EXPECT_EQ(copy.tables.size(), 3U);
  EXPECT_EQ(group.tables.front().target_uri, "");
  EXPECT_EQ(group.tables.size(), 2U);
  EXPECT_EQ(&route.tables.front(), &group.tables.front());
}

// A reload takes the configuration away while a pass goes on.
TEST(TableList, WhatIsReadStaysAsLongAsACopyLives) {
  auto first = std::make_optional<TableList>(std::vector<TableSpec>{{.name = "a"}});
  const TableList second = *first;
  const TableSpec* const table = &first->front();
  first->Edit().clear();
  first.reset();
  EXPECT_EQ(&second.front(), table);
  EXPECT_EQ(table->name, "a");
}

TEST(TableList, AnEmptyOneCanBeFilled) {
  TableList tables;
  tables.Edit().push_back({.name = "a"});
  EXPECT_THAT(tables, ElementsAre(Field(&TableSpec::name, "a")));
}

}  // namespace
}  // namespace lakeferry::plan
