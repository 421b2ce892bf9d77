// The contract of env/object_store.h: what is deleted is gone, and nothing else is. One of the rooms of
// object_store_contract.h.
#pragma once

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "env/object_store.h"
#include "env/store_calls.h"
#include "tests/storage/store_under_test.h"
#include "tests/support/run_task.h"

namespace lakeferry {

TEST_P(ObjectStoreContract, DeleteIsIdempotent) {
  Create("f/a");
  EXPECT_TRUE(RunTask(DeleteOne({}, store(), Path("f/a"))).has_value());
  EXPECT_TRUE(RunTask(DeleteOne({}, store(), Path("f/a"))).has_value());
  EXPECT_TRUE(RunTask(DeleteOne({}, store(), Path("never/was"))).has_value());
  EXPECT_EQ(CodeOf(RunTask(store().Head({}, Path("f/a")))), ErrorCode::kNotFound);
}

TEST_P(ObjectStoreContract, DeleteTakesABatchOfNamesWhereverTheyLie) {
  for (const auto* name : {"f/a", "f/b", "g/h/a", "top", "stays"}) Create(name);
  const auto stayed =
      RunTask(store().Delete({}, {Path("f/a"), Path("f/b"), Path("g/h/a"), Path("never"), Path("top")}));
  EXPECT_TRUE(stayed.value().empty());
  EXPECT_THAT(Names(""), testing::ElementsAre("stays"));
  EXPECT_EQ(Folders("").size(), 0U);
}

TEST_P(ObjectStoreContract, NameThatCannotBeDeletedDoesNotKeepOthers) {
  Create("f/a");
  Create("f/b");
  const auto stayed = RunTask(store().Delete({}, {Path("f/a"), ObjectPath(), Path("f/b")})).value();
  ASSERT_EQ(stayed.size(), 1U);
  EXPECT_EQ(stayed[0].path, ObjectPath());
  EXPECT_EQ(stayed[0].error.code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(Names("f").size(), 0U);
}

TEST_P(ObjectStoreContract, MoreNamesThanABatchTakesAreDeletedBatchByBatch) {
  std::vector<ObjectPath> names;
  for (int i = 0; i < 2'500; ++i) names.push_back(Path(fmt::format("many/{}", i)));
  for (const ObjectPath& name : names) ASSERT_TRUE(RunTask(store().Put({}, name, "")).has_value());
  ASSERT_TRUE(RunTask(DeleteAll({}, store(), names, 2)).has_value());
  EXPECT_EQ(Names("many").size(), 0U);
}

TEST_P(ObjectStoreContract, DeletedNameCanBeCreatedAgain) {
  Create("a", "one");
  ASSERT_TRUE(RunTask(DeleteOne({}, store(), Path("a"))).has_value());
  EXPECT_EQ(PutIfAbsent("a", "two").value(), PutOutcome::kCreated);
  EXPECT_EQ(Bytes("a"), "two");
}

}  // namespace lakeferry
