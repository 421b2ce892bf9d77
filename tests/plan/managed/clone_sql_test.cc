#include "plan/managed/clone_sql.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lakeferry::plan {
namespace {

using testing::HasSubstr;

TEST(CloneSql, ATableIsMadeOfTheReplicaAsItIsAtOneVersion) {
  EXPECT_EQ(CloneStatement("main.raw.orders", "s3://dr/main/raw/orders", Version(7)).value(),
            "CREATE OR REPLACE TABLE `main`.`raw`.`orders` DEEP CLONE delta.`s3://dr/main/raw/orders` VERSION AS OF 7");
  EXPECT_EQ(HistoryStatement("main.raw.orders").value(), "DESCRIBE HISTORY `main`.`raw`.`orders` LIMIT 200");
  EXPECT_EQ(ReplicaStatement("abfss://c@a.dfs.core.windows.net/x").value(),
            "DESCRIBE HISTORY delta.`abfss://c@a.dfs.core.windows.net/x` LIMIT 1");
}

TEST(CloneSql, NothingInANameOrAPlaceIsSql) {
  EXPECT_EQ(HistoryStatement("m.r.a`; DROP TABLE x; --").value(),
            "DESCRIBE HISTORY `m`.`r`.`a``; DROP TABLE x; --` LIMIT 200");
  EXPECT_EQ(HistoryStatement("m.'r'.\"a\\").value(), "DESCRIBE HISTORY `m`.`'r'`.`\"a\\` LIMIT 200");
  EXPECT_EQ(ReplicaStatement("s3://b/x` LIMIT 0; DROP TABLE y --").value(),
            "DESCRIBE HISTORY delta.`s3://b/x`` LIMIT 0; DROP TABLE y --` LIMIT 1");
  EXPECT_EQ(HistoryStatement("m.r.größe").value(), "DESCRIBE HISTORY `m`.`r`.`größe` LIMIT 200");
}

TEST(CloneSql, WhatSqlCannotHoldIsRefusedByName) {
  for (const std::string name : {"", "a", "a.b", "a.b.c.d", "a..c", ".b.c", "a.b.", "a.b.c\nd", "a.b.c\td", "a.b.\x7f",
                                 "a.b.\xff", "a.b.${x}"}) {
    const Status fits = CheckCloneable(name, "s3://b/x");
    ASSERT_FALSE(fits) << name;
    EXPECT_EQ(fits.error().code, ErrorCode::kInvalidArgument) << name;
    EXPECT_THAT(fits.error().message, HasSubstr("the name '")) << name;
    EXPECT_FALSE(HistoryStatement(name)) << name;
    EXPECT_FALSE(CloneStatement(name, "s3://b/x", Version(1))) << name;
  }
  EXPECT_FALSE(CheckCloneable("a.b." + std::string(256, 'c'), "s3://b/x"));
  for (const std::string uri :
       {"s3://b/${spark.x}", "az://c@a.blob.core.windows.net/x", "s3://b/a\nb", "nowhere", ""}) {
    const Status fits = CheckCloneable("a.b.c", uri);
    ASSERT_FALSE(fits) << uri;
    EXPECT_EQ(fits.error().code, ErrorCode::kInvalidArgument) << uri;
    EXPECT_FALSE(ReplicaStatement(uri)) << uri;
    EXPECT_FALSE(CloneStatement("a.b.c", uri, Version(1))) << uri;
  }
  EXPECT_THAT(CheckCloneable("a.b.c", "s3://b/${x}").error().message, HasSubstr("the location 's3://b/${x}'"));
  EXPECT_TRUE(CheckCloneable("a.b.c", "s3://b/$x{y}"));
}

}  // namespace
}  // namespace lakeferry::plan
