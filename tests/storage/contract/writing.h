// The contract of env/object_store.h: what is written is there whole or not at all, and replaces nothing. One of the
// rooms of object_store_contract.h.
#pragma once

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "async/task_group.h"
#include "env/object_store.h"
#include "tests/storage/store_under_test.h"
#include "tests/support/buffer_of.h"
#include "tests/support/run_task.h"

namespace lakeferry {

TEST_P(ObjectStoreContract, UnfinishedWriteIsNeitherListedNorFound) {
  const auto writer = Begin("f/half");
  Write(*writer, "half of it");
  EXPECT_EQ(Names("f").size(), 0U);
  EXPECT_EQ(Folders("").size(), 0U);
  EXPECT_EQ(CodeOf(RunTask(store().Head({}, Path("f/half")))), ErrorCode::kNotFound);
}

TEST_P(ObjectStoreContract, PutIfAbsentCreatesOnceAndNeverReplaces) {
  EXPECT_EQ(PutIfAbsent("log/0", "first").value(), PutOutcome::kCreated);
  EXPECT_EQ(PutIfAbsent("log/0", "second").value(), PutOutcome::kExisted);
  EXPECT_EQ(PutIfAbsent("log/0", "first").value(), PutOutcome::kExisted);
  EXPECT_EQ(Bytes("log/0"), "first");
}

TEST_P(ObjectStoreContract, OfTwoConcurrentPutIfAbsentExactlyOneCreates) {
  using namespace boost::asio::experimental::awaitable_operators;
  for (int round = 0; round < 20; ++round) {
    const ObjectPath path = Path("race/" + std::to_string(round));
    auto both = [](ObjectStore& store, ObjectPath name) -> Task<std::pair<Result<PutOutcome>, Result<PutOutcome>>> {
      auto outcomes = co_await (store.PutIfAbsent({}, name, "a") && store.PutIfAbsent({}, name, "b"));
      co_return std::pair(std::get<0>(outcomes), std::get<1>(outcomes));
    };
    const auto [a, b] = RunTask(both(store(), path));
    ASSERT_TRUE(a && b);
    EXPECT_NE(*a == PutOutcome::kCreated, *b == PutOutcome::kCreated);
    EXPECT_EQ(Bytes(path.text()), *a == PutOutcome::kCreated ? "a" : "b");
  }
}

TEST_P(ObjectStoreContract, PutCreatesAndReplaces) {
  ASSERT_TRUE(RunTask(store().Put({}, Path("hint"), "a long first content")).has_value());
  ASSERT_TRUE(RunTask(store().Put({}, Path("hint"), "short")).has_value());
  EXPECT_EQ(Bytes("hint"), "short");
  EXPECT_THAT(Names(""), testing::ElementsAre("hint"));
}

TEST_P(ObjectStoreContract, CommitPublishesTheWholeInTheOrderOfItsParts) {
  std::string bytes;
  for (int64_t i = 0; i < 3'500'000; ++i) bytes += static_cast<char>('a' + i * i % 23);
  EXPECT_EQ(WriteAndCommit("data/part-0", bytes).value(), PutOutcome::kCreated);
  EXPECT_EQ(Bytes("data/part-0"), bytes);
  EXPECT_EQ(WriteAndCommit("data/part-1", "short").value(), PutOutcome::kCreated);
  EXPECT_EQ(Bytes("data/part-1"), "short");
}

TEST_P(ObjectStoreContract, PartsAreWrittenSideBySide) {
  const auto writer = Begin("a");
  const size_t part = writer->part_bytes();
  std::string bytes;
  for (size_t i = 0; i < 5 * part / 2; ++i) bytes += static_cast<char>('a' + i * i % 23);
  const auto write = [&](size_t number) -> Task<Status> {
    const std::string_view piece = std::string_view(bytes).substr(number * part, part);
    LF_CO_TRY_OK(co_await writer->Write({}, static_cast<int64_t>(number), BufferOf(piece)));
    co_return Status{};
  };
  ASSERT_TRUE(RunTask(ParallelFor(3, 3, write)).has_value());
  EXPECT_EQ(Commit(*writer, bytes).value(), PutOutcome::kCreated);
  EXPECT_TRUE(Bytes("a") == bytes);
}

TEST_P(ObjectStoreContract, CommitOfNothingMakesAnEmptyObject) {
  const auto writer = Begin("empty");
  EXPECT_EQ(Commit(*writer, "").value(), PutOutcome::kCreated);
  EXPECT_EQ(Bytes("empty"), "");
}

TEST_P(ObjectStoreContract, CommitOfAnotherSizeThanWasWrittenPublishesNothing) {
  const auto writer = Begin("a");
  Write(*writer, "content");
  EXPECT_EQ(CodeOf(RunTask(writer->CommitIfAbsent({}, 6, {}))), ErrorCode::kCorruptData);
  EXPECT_EQ(Names("").size(), 0U);
}

TEST_P(ObjectStoreContract, CommitNeverReplaces) {
  const auto first = Begin("a");
  const auto second = Begin("a");
  Write(*first, "first");
  Write(*second, "second");
  EXPECT_EQ(Commit(*second, "second").value(), PutOutcome::kCreated);
  EXPECT_EQ(Commit(*first, "first").value(), PutOutcome::kExisted);
  EXPECT_EQ(Bytes("a"), "second");
}

TEST_P(ObjectStoreContract, WriterDestroyedWithoutCommitLeavesNothing) {
  {
    const auto writer = Begin("f/a");
    Write(*writer, "lost");
  }
  EXPECT_EQ(Names("f").size(), 0U);
  EXPECT_EQ(Folders("").size(), 0U);
  EXPECT_EQ(PutIfAbsent("f/a", "new").value(), PutOutcome::kCreated);
}

TEST_P(ObjectStoreContract, AbortedWriterLeavesNothing) {
  const auto writer = Begin("f/a");
  Write(*writer, "lost");
  ASSERT_TRUE(RunTask(writer->Abort({})).has_value());
  EXPECT_EQ(Names("f").size(), 0U);
  EXPECT_EQ(Folders("").size(), 0U);
}

TEST_P(ObjectStoreContract, ABatchIsCreatedWhereverItsNamesLieAndReadInItsOrder) {
  std::vector<WholeObject> objects;
  std::vector<ObjectPath> paths;
  for (int i = 0; i < 40; ++i) {
    paths.push_back(Path(fmt::format("f{}/g/{}", i % 3, i)));
    objects.push_back({.path = paths.back(), .bytes = fmt::format("{} bytes", i)});
  }
  for (const Result<PutOutcome>& outcome : RunTask(store().PutEachIfAbsent({}, objects))) {
    EXPECT_EQ(outcome.value(), PutOutcome::kCreated);
  }
  EXPECT_EQ(Names("f1/g").size(), 13U);
  const auto read = RunTask(store().GetEach({}, paths, 100));
  ASSERT_EQ(read.size(), objects.size());
  for (size_t i = 0; i < read.size(); ++i) EXPECT_EQ(read[i].value(), objects[i].bytes);
}

TEST_P(ObjectStoreContract, AnObjectOfABatchThatFailsDoesNotKeepOthers) {
  Create("f/taken", "old");
  const auto outcomes = RunTask(store().PutEachIfAbsent({}, {{.path = Path("f/a"), .bytes = "a"},
                                                             {.path = Path("f/taken"), .bytes = "new"},
                                                             {.path = ObjectPath(), .bytes = "x"},
                                                             {.path = Path("f/b"), .bytes = "b"},
                                                             {.path = Path("f/b"), .bytes = "again"}}));
  ASSERT_EQ(outcomes.size(), 5U);
  EXPECT_EQ(outcomes[0].value(), PutOutcome::kCreated);
  EXPECT_EQ(outcomes[1].value(), PutOutcome::kExisted);
  EXPECT_EQ(CodeOf(outcomes[2]), ErrorCode::kInvalidArgument);
  EXPECT_EQ(outcomes[3].value(), PutOutcome::kCreated);
  EXPECT_EQ(outcomes[4].value(), PutOutcome::kExisted);
  const auto read = RunTask(store().GetEach({}, {Path("f/a"), Path("never"), Path("f/taken"), Path("f/b")}, 2));
  ASSERT_EQ(read.size(), 4U);
  EXPECT_EQ(read[0].value(), "a");
  EXPECT_EQ(CodeOf(read[1]), ErrorCode::kNotFound);
  EXPECT_EQ(CodeOf(read[2]), ErrorCode::kCorruptData) << "longer than the limit";
  EXPECT_EQ(read[3].value(), "b");
}

}  // namespace lakeferry
