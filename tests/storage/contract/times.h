// The contract of env/object_store.h: how old an object is, and how it is made young. One of the rooms of
// object_store_contract.h.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "env/object_store.h"
#include "tests/storage/store_under_test.h"
#include "tests/support/run_task.h"

namespace lakeferry {

TEST_P(ObjectStoreContract, ModifiedIsTheTimeOfTheWrite) {
  Create("f/a");
  under_test_->PassTime();
  const TimeMs before = under_test_->Now();
  Create("f/b");
  const auto a = RunTask(store().Head({}, Path("f/a")));
  const auto b = RunTask(store().Head({}, Path("f/b")));
  ASSERT_TRUE(a && b);
  EXPECT_LT(a->modified, before);
  // File systems stamp with the time of the last clock tick.
  EXPECT_GE(b->modified, before - Millis(100));
}

TEST_P(ObjectStoreContract, ModifiedIsTheTimeThatWasSetWhereTheStoreKeepsOne) {
  under_test_->PassTime();
  // Past and to come, and before the beginning of time.
  const std::vector<int64_t> times = {1'600'000'000'123, ToEpochMs(under_test_->Now()) + 3'600'000, 0, -1, -1'001};
  for (const int64_t time : times) {
    const std::string name = "f/" + std::to_string(time);
    const auto writer = Begin(name);
    Write(*writer, "content");
    ASSERT_EQ(RunTask(writer->SetModified({}, FromEpochMs(time))).value(), store().traits().keeps_times);
    ASSERT_EQ(Commit(*writer, "content").value(), PutOutcome::kCreated);
    EXPECT_EQ(Bytes(name), "content");
    const bool as_set = RunTask(store().Head({}, Path(name))).value().modified == FromEpochMs(time);
    EXPECT_EQ(as_set, store().traits().keeps_times) << time;
  }
  for (const ObjectInfo& info : List("f").objects) {
    EXPECT_EQ(info.modified, RunTask(store().Head({}, info.path)).value().modified);
  }
}

TEST_P(ObjectStoreContract, LastTimeThatWasSetCountsAndAnEmptyObjectHasOne) {
  const auto writer = Begin("empty");
  for (const int64_t time : {5'000, 4'000}) {
    EXPECT_EQ(RunTask(writer->SetModified({}, FromEpochMs(time))).value(), store().traits().keeps_times);
  }
  ASSERT_EQ(Commit(*writer, "").value(), PutOutcome::kCreated);
  const bool as_set = RunTask(store().Head({}, Path("empty"))).value().modified == FromEpochMs(4'000);
  EXPECT_EQ(as_set, store().traits().keeps_times);
}

TEST_P(ObjectStoreContract, TimeSetForAnObjectThatExistsChangesNothing) {
  Create("a", "old");
  const ObjectInfo before = RunTask(store().Head({}, Path("a"))).value();
  const auto writer = Begin("a");
  Write(*writer, "new");
  ASSERT_TRUE(RunTask(writer->SetModified({}, FromEpochMs(1'000))).has_value());
  EXPECT_EQ(Commit(*writer, "new").value(), PutOutcome::kExisted);
  EXPECT_EQ(RunTask(store().Head({}, Path("a"))).value(), before);
}

TEST_P(ObjectStoreContract, TouchMakesAnObjectOfNowAndLeavesItsBytes) {
  const auto writer = Begin("f/a");
  Write(*writer, "content");
  ASSERT_TRUE(RunTask(writer->SetModified({}, FromEpochMs(1'600'000'000'000))).has_value());
  ASSERT_EQ(Commit(*writer, "content").value(), PutOutcome::kCreated);
  under_test_->PassTime();
  const TimeMs before = under_test_->Now();
  EXPECT_TRUE(RunTask(store().Touch({}, Path("f/a"))).value());
  EXPECT_GE(RunTask(store().Head({}, Path("f/a"))).value().modified, before - Millis(100));
  EXPECT_EQ(Bytes("f/a"), "content");
}

TEST_P(ObjectStoreContract, TouchMakesNothing) {
  EXPECT_EQ(CodeOf(RunTask(store().Touch({}, Path("f/a")))), ErrorCode::kNotFound);
  EXPECT_EQ(Folders("").size(), 0U);
}

}  // namespace lakeferry
