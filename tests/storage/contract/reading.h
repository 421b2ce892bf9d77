// The contract of env/object_store.h: what there is to read, and that it is what was opened. One of the rooms of
// object_store_contract.h.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "async/task_group.h"
#include "base/crc64.h"
#include "env/object_store.h"
#include "env/store_calls.h"
#include "tests/storage/store_under_test.h"
#include "tests/support/run_task.h"

namespace lakeferry {

TEST_P(ObjectStoreContract, WhatIsNotThereIsNotFound) {
  EXPECT_EQ(CodeOf(RunTask(store().Head({}, Path("f/a")))), ErrorCode::kNotFound);
  EXPECT_EQ(CodeOf(RunTask(store().Get({}, Path("f/a"), 10))), ErrorCode::kNotFound);
  EXPECT_EQ(CodeOf(RunTask(store().Open({}, Path("f/a")))), ErrorCode::kNotFound);
}

TEST_P(ObjectStoreContract, AFolderIsNoObject) {
  Create("f/a");
  EXPECT_EQ(CodeOf(RunTask(store().Head({}, Path("f")))), ErrorCode::kNotFound);
  EXPECT_EQ(CodeOf(RunTask(store().Get({}, Path("f"), 10))), ErrorCode::kNotFound);
  EXPECT_TRUE(RunTask(DeleteOne({}, store(), Path("f"))).has_value());
  EXPECT_EQ(Bytes("f/a"), "x");
}

TEST_P(ObjectStoreContract, TheRootIsNoObject) {
  EXPECT_EQ(CodeOf(RunTask(store().Get({}, ObjectPath(), 10))), ErrorCode::kInvalidArgument);
  EXPECT_EQ(CodeOf(RunTask(store().PutIfAbsent({}, ObjectPath(), "x"))), ErrorCode::kInvalidArgument);
}

TEST_P(ObjectStoreContract, GetReturnsExactlyTheBytes) {
  const std::string binary("\0\xff\r\n\x01", 5);
  Create("a", binary);
  Create("empty", "");
  EXPECT_EQ(Bytes("a"), binary);
  EXPECT_EQ(Bytes("empty"), "");
}

TEST_P(ObjectStoreContract, GetOfMoreThanTheLimitIsCorruptData) {
  Create("a", "12345");
  EXPECT_EQ(CodeOf(RunTask(store().Get({}, Path("a"), 4))), ErrorCode::kCorruptData);
  EXPECT_TRUE(RunTask(store().Get({}, Path("a"), 5)).has_value());
}

TEST_P(ObjectStoreContract, ReadGivesWhatStandsThereAndLessOnlyAtTheEnd) {
  Create("a", "0123456789");
  const auto object = Open("a");
  EXPECT_EQ(object->size_bytes(), 10);
  for (const auto& [offset, expected] : std::vector<std::pair<int64_t, std::string>>{
           {6, "6789"}, {0, "0123"}, {3, "3456"}, {8, "89"}, {9, "9"}, {10, ""}, {11, ""}, {int64_t{1} << 40, ""}}) {
    std::string buffer(4, '?');
    const auto got = RunTask(object->Read({}, offset, buffer));
    ASSERT_TRUE(got.has_value());
    EXPECT_EQ(buffer.substr(0, *got), expected) << offset;
    const RandomAccess* local = object->local();
    ASSERT_EQ(local == nullptr, store().traits().far);
    if (local == nullptr) continue;
    EXPECT_EQ(local->size_bytes(), 10);
    std::string same(4, '?');
    EXPECT_EQ(same.substr(0, local->ReadAt(offset, same).value()), expected) << offset;
  }
  EXPECT_EQ(RunTask(object->Read({}, 0, {})).value(), 0U);
}

// However much comes with it, it is the same object.
TEST_P(ObjectStoreContract, ObjectThatIsOpenedWithItsFrontIsReadAsAnyOther) {
  for (const std::string bytes : {"", "0", "0123456789", "0123456789abcdefghij"}) {
    const std::string name = "n" + std::to_string(bytes.size());
    Create(name, bytes);
    const auto opened = RunTask(store().OpenFront({}, Path(name), 10));
    ASSERT_TRUE(opened.has_value()) << ToString(opened.error());
    OpenObject& object = **opened;
    EXPECT_EQ(object.info().etag, Open(name)->info().etag);
    EXPECT_EQ(object.info().modified, Open(name)->info().modified);
    EXPECT_EQ(object.size_bytes(), static_cast<int64_t>(bytes.size()));
    for (const size_t offset : {0U, 1U, 5U, 9U, 10U, 15U, 20U, 30U}) {
      std::string buffer(7, '?');
      const auto got = RunTask(object.Read({}, static_cast<int64_t>(offset), buffer));
      ASSERT_TRUE(got.has_value()) << ToString(got.error());
      EXPECT_EQ(buffer.substr(0, *got), bytes.substr(std::min(offset, bytes.size()), 7)) << name << " " << offset;
    }
  }
  EXPECT_EQ(CodeOf(RunTask(store().OpenFront({}, Path("none"), 10))), ErrorCode::kNotFound);
}

TEST_P(ObjectStoreContract, WhatIsReplacedBehindItsFrontIsNotMixed) {
  Create("a", std::string(100, 'o'));
  const auto object = RunTask(store().OpenFront({}, Path("a"), 10)).value();
  under_test_->PassTime();
  ASSERT_TRUE(RunTask(store().Put({}, Path("a"), std::string(100, 'n'))).has_value());
  std::string buffer(50, '?');
  const auto rest = RunTask(object->Read({}, 20, buffer));
  EXPECT_TRUE(rest ? buffer == std::string(50, 'o') : rest.error().code == ErrorCode::kCorruptData);
}

TEST_P(ObjectStoreContract, ManyReadsOfOneObjectGoSideBySide) {
  std::string bytes;
  for (int64_t i = 0; i < 50'000; ++i) bytes += static_cast<char>('a' + i * i % 23);
  Create("a", bytes);
  const auto object = Open("a");
  std::vector<std::string> pieces(50, std::string(1'000, '?'));
  const auto read = [&](size_t i) -> Task<Status> {
    LF_CO_TRY(const size_t got, co_await object->Read({}, static_cast<int64_t>(i) * 1'000, pieces[i]));
    EXPECT_EQ(got, 1'000U);
    co_return Status{};
  };
  ASSERT_TRUE(RunTask(ParallelFor(pieces.size(), pieces.size(), read)).has_value());
  std::string whole;
  for (const std::string& piece : pieces) whole += piece;
  EXPECT_EQ(whole, bytes);
}

TEST_P(ObjectStoreContract, SeveralThreadsReadAtOnceWhereBytesAreNear) {
  std::string bytes;
  for (int64_t i = 0; i < 50'000; ++i) bytes += static_cast<char>('a' + i * i % 23);
  Create("a", bytes);
  const auto object = Open("a");
  const RandomAccess* local = object->local();
  if (local == nullptr) return;
  std::vector<std::jthread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      std::string buffer(1000, '?');
      for (int64_t offset = thread * 100; offset + 1000 < 50'000; offset += 777) {
        ASSERT_EQ(local->ReadAt(offset, buffer).value(), buffer.size());
        ASSERT_EQ(buffer, bytes.substr(static_cast<size_t>(offset), buffer.size()));
      }
    });
  }
}

TEST_P(ObjectStoreContract, ReplacedObjectIsNeverMixedIntoARead) {
  Create("a", std::string(100'000, 'o'));
  const auto object = Open("a");
  std::string buffer(50'000, '?');
  ASSERT_EQ(RunTask(object->Read({}, 50'000, buffer)).value(), buffer.size());
  under_test_->PassTime();
  ASSERT_TRUE(RunTask(store().Put({}, Path("a"), std::string(100'000, 'n'))).has_value());
  const auto rest = RunTask(object->Read({}, 0, buffer));
  if (rest) {
    EXPECT_EQ(buffer, std::string(50'000, 'o'));
  } else {
    EXPECT_EQ(rest.error().code, ErrorCode::kCorruptData);
  }
  if (const RandomAccess* local = object->local()) {
    const auto again = local->ReadAt(0, buffer);
    EXPECT_TRUE(again ? buffer == std::string(50'000, 'o') : again.error().code == ErrorCode::kCorruptData);
  }
}

TEST_P(ObjectStoreContract, EtagNamesTheContent) {
  Create("a", "one");
  const std::string first = RunTask(store().Head({}, Path("a"))).value().etag;
  EXPECT_FALSE(first.empty());
  EXPECT_EQ(Open("a")->info().etag, first);
  EXPECT_EQ(Open("a")->address().etag, first);
  under_test_->PassTime();
  ASSERT_TRUE(RunTask(store().Put({}, Path("a"), "two")).has_value());
  EXPECT_NE(RunTask(store().Head({}, Path("a"))).value().etag, first);
}

TEST_P(ObjectStoreContract, ChecksumsThatAreKeptAreThoseOfTheBytes) {
  Create("a", "content");
  const ObjectInfo info = RunTask(store().Head({}, Path("a"))).value();
  if (info.checksums.crc64) EXPECT_EQ(*info.checksums.crc64, Crc64Of("content"));
  EXPECT_EQ(Open("a")->info(), info);
}

}  // namespace lakeferry
