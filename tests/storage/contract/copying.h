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

// An etag that Create or a writer gives is as good as a look at the object.
TEST_P(ObjectStoreContract, WhatWasCreatedIsCopiedByItsEtagAsLongAsItIsThat) {
  ObjectStore& neighbour = under_test_->neighbour();
  const auto created = RunTask(neighbour.Create({}, Path("s"), "content"));
  ASSERT_TRUE(created.has_value()) << ToString(created.error());
  EXPECT_EQ(created->outcome, PutOutcome::kCreated);
  const auto again = RunTask(neighbour.Create({}, Path("s"), "other"));
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->outcome, PutOutcome::kExisted);
  EXPECT_EQ(again->etag, "") << "that of the other is not ours to say";
  if (created->etag.empty()) return;
  EXPECT_EQ(created->etag, RunTask(neighbour.Head({}, Path("s"))).value().etag);
  const auto address = neighbour.AddressOf(Path("s"), created->etag);
  ASSERT_TRUE(address.has_value());
  const auto copied = RunTask(store().CopyIfAbsent({}, *address, Path("t")));
  ASSERT_TRUE(copied.has_value()) << ToString(copied.error());
  if (*copied == CopyOutcome::kCreated) EXPECT_EQ(Bytes("t"), "content");
  under_test_->PassTime();
  ASSERT_TRUE(RunTask(neighbour.Put({}, Path("s"), "swapped")).has_value());
  const auto later = neighbour.AddressOf(Path("s"), created->etag);
  EXPECT_NE(RunTask(store().CopyIfAbsent({}, *later, Path("u"))).value_or(CopyOutcome::kNotPossible),
            CopyOutcome::kCreated);
  EXPECT_EQ(CodeOf(RunTask(store().Head({}, Path("u")))), ErrorCode::kNotFound);
}

TEST_P(ObjectStoreContract, WriterSaysTheEtagOfWhatItCreated) {
  const auto writer = Begin("a");
  Write(*writer, "content");
  ASSERT_EQ(Commit(*writer, "content").value(), PutOutcome::kCreated);
  if (!writer->etag().empty()) EXPECT_EQ(writer->etag(), RunTask(store().Head({}, Path("a"))).value().etag);
  const std::string large(writer->part_bytes() + 1, 'l');
  const auto parts = Begin("b");
  for (const size_t number : {0U, 1U}) {
    const std::string part = large.substr(number * writer->part_bytes(), writer->part_bytes());
    ASSERT_TRUE(RunTask(parts->Write({}, static_cast<int64_t>(number), BufferOf(part))).has_value());
  }
  ASSERT_EQ(Commit(*parts, large).value(), PutOutcome::kCreated);
  if (!parts->etag().empty()) EXPECT_EQ(parts->etag(), RunTask(store().Head({}, Path("b"))).value().etag);
}

}  // namespace lakeferry
