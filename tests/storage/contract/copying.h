// The contract of env/object_store.h: what a store copies by itself is what was read. One of the rooms of
// object_store_contract.h.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "env/object_store.h"
#include "env/store_calls.h"
#include "tests/storage/store_under_test.h"
#include "tests/support/run_task.h"

namespace lakeferry {

TEST_P(ObjectStoreContract, CopyMakesAnEqualObjectOfNow) {
  ASSERT_TRUE(RunTask(under_test_->neighbour().Put({}, Path("staged/1"), "content")).has_value());
  under_test_->PassTime();
  const TimeMs before = under_test_->Now();
  const auto placed = CopyFrom("staged/1", "t/part=1/1");
  ASSERT_TRUE(placed.has_value());
  EXPECT_EQ(*placed, CopyOutcome::kCreated);
  EXPECT_EQ(Bytes("t/part=1/1"), "content");
  EXPECT_GE(RunTask(store().Head({}, Path("t/part=1/1"))).value().modified, before - Millis(100));
}

TEST_P(ObjectStoreContract, CopyNeverReplaces) {
  ASSERT_TRUE(RunTask(under_test_->neighbour().Put({}, Path("s"), "new")).has_value());
  Create("t", "old");
  EXPECT_EQ(CopyFrom("s", "t").value(), CopyOutcome::kExisted);
  EXPECT_EQ(Bytes("t"), "old");
}

TEST_P(ObjectStoreContract, CopiedObjectOutlivesItsSource) {
  ASSERT_TRUE(RunTask(under_test_->neighbour().Put({}, Path("s"), "content")).has_value());
  ASSERT_TRUE(CopyFrom("s", "t").has_value());
  ASSERT_TRUE(RunTask(DeleteOne({}, under_test_->neighbour(), Path("s"))).has_value());
  EXPECT_EQ(Bytes("t"), "content");
}

TEST_P(ObjectStoreContract, CopyFromAnotherServiceIsNotPossibleAndDoesNothing) {
  const ObjectAddress foreign{.service = "elsewhere", .place = "f/b", .etag = "1"};
  EXPECT_EQ(RunTask(store().CopyIfAbsent({}, foreign, Path("f/a"))).value(), CopyOutcome::kNotPossible);
  EXPECT_EQ(Folders("").size(), 0U);
}

TEST_P(ObjectStoreContract, CopiesComeFromTheServiceThatTheTraitsName) {
  ASSERT_TRUE(RunTask(under_test_->neighbour().Put({}, Path("s"), "content")).has_value());
  const auto object = RunTask(under_test_->neighbour().Open({}, Path("s"))).value();
  EXPECT_EQ(object->address().service, store().traits().copies_from);
}

// The address is all that is needed: whoever stands between the stores hands it on.
TEST_P(ObjectStoreContract, WhatIsCopiedIsWhatWasRead) {
  ObjectStore& neighbour = under_test_->neighbour();
  ASSERT_TRUE(RunTask(neighbour.Put({}, Path("s"), "verified")).has_value());
  const auto object = RunTask(neighbour.Open({}, Path("s"))).value();
  std::string buffer(100, '?');
  ASSERT_EQ(RunTask(object->Read({}, 0, buffer)).value(), 8U);
  under_test_->PassTime();
  ASSERT_TRUE(RunTask(neighbour.Put({}, Path("s"), "swapped!")).has_value());
  EXPECT_EQ(RunTask(store().CopyIfAbsent({}, object->address(), Path("t"))).value(), CopyOutcome::kNotPossible);
  EXPECT_EQ(CodeOf(RunTask(store().Head({}, Path("t")))), ErrorCode::kNotFound);
}

}  // namespace lakeferry
