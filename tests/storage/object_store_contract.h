// The contract of env/object_store.h as tests, one for each sentence that an adapter can fail. Include it in one file
// of a test executable, and instantiate ObjectStoreContract in any file of it with each store.
#pragma once

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <functional>
#include <iterator>
#include <memory>
#include <ostream>
#include <set>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "async/task_group.h"
#include "base/crc64.h"
#include "env/object_store.h"
#include "env/store_calls.h"
#include "tests/storage/store_under_test.h"
#include "tests/support/buffer_of.h"
#include "tests/support/run_task.h"

namespace lakeferry {

TEST_P(ObjectStoreContract, ListOfAFolderThatDoesNotExistIsEmpty) {
  EXPECT_EQ(List("nowhere/at/all").objects.size(), 0U);
  EXPECT_EQ(List("").folders.size(), 0U);
}

TEST_P(ObjectStoreContract, ListShowsDirectChildrenAscendingByBytes) {
  for (const auto* name : {"f/b", "f/a", "f/a.b", "f/\xC3\xA9", "f/Z", "f/10", "f/9", "f/sub/deep", "g/other"})
    Create(name);
  EXPECT_THAT(Names("f"), testing::ElementsAre("f/10", "f/9", "f/Z", "f/a", "f/a.b", "f/b", "f/\xC3\xA9"));
}

TEST_P(ObjectStoreContract, ListShowsFoldersThatHaveSomethingBelowAscending) {
  for (const auto* name : {"f/z/1", "f/a!/1", "f/a/deep/er/1", "f/a/2", "f/plain"}) Create(name);
  EXPECT_THAT(Folders("f"), testing::ElementsAre("f/a", "f/a!", "f/z"));
  EXPECT_THAT(Folders(""), testing::ElementsAre("f"));
}

TEST_P(ObjectStoreContract, ListShowsNoFolderWhoseLastObjectWasDeleted) {
  Create("f/a/deep/1");
  Create("f/b/1");
  ASSERT_TRUE(RunTask(DeleteOne({}, store(), Path("f/a/deep/1"))).has_value());
  EXPECT_THAT(Folders("f"), testing::ElementsAre("f/b"));
}

TEST_P(ObjectStoreContract, ListShowsOnlyNamesGreaterThanStartAfter) {
  for (const auto* name : {"f/1", "f/2", "f/3", "f/21/x", "f/4/x", "f/10/x"}) Create(name);
  EXPECT_THAT(Names("f", "2"), testing::ElementsAre("f/3"));
  EXPECT_THAT(Names("f", "1z"), testing::ElementsAre("f/2", "f/3"));
  EXPECT_THAT(Folders("f", "2"), testing::ElementsAre("f/21", "f/4"));
}

TEST_P(ObjectStoreContract, ListShowsAllObjectsHoweverMany) {
  std::vector<std::string> expected;
  for (int i = 0; i < 2500; ++i) expected.push_back("many/" + std::to_string(100000 + i));
  for (const std::string& name : expected) ASSERT_TRUE(RunTask(store().Put({}, Path(name), "")).has_value());
  EXPECT_EQ(Names("many"), expected);
}

TEST_P(ObjectStoreContract, ListAndHeadTellTheSameSizeAndTime) {
  Create("f/a", "12345");
  const Listing listing = List("f");
  ASSERT_EQ(listing.objects.size(), 1U);
  const auto head = RunTask(store().Head({}, Path("f/a")));
  ASSERT_TRUE(head.has_value());
  EXPECT_EQ(head->modified, listing.objects[0].modified);
  EXPECT_EQ(listing.objects[0].size_bytes, 5);
  if (!listing.objects[0].etag.empty()) EXPECT_EQ(listing.objects[0].etag, head->etag);
  EXPECT_EQ(head->size_bytes, 5);
  EXPECT_EQ(head->path.text(), "f/a");
}

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

TEST_P(ObjectStoreContract, UnfinishedWriteIsNeitherListedNorFound) {
  const auto writer = Begin("f/half");
  Write(*writer, "half of it");
  EXPECT_EQ(Names("f").size(), 0U);
  EXPECT_EQ(Folders("").size(), 0U);
  EXPECT_EQ(CodeOf(RunTask(store().Head({}, Path("f/half")))), ErrorCode::kNotFound);
}

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

TEST_P(ObjectStoreContract, RecursiveListingShowsEverythingBelowOnceAndNoFolders) {
  std::vector<std::string> expected;
  for (int folder = 0; folder < 40; ++folder) {
    for (int i = 0; i < 60; ++i) expected.push_back(fmt::format("top/{}/x/{}/{:03}", folder % 7, folder, i));
  }
  for (const auto* name : {"top/00", "top/0!/z", "top/a"}) expected.emplace_back(name);
  for (const std::string& name : expected) Create(name);
  Create("topmost");
  Create("other/1");
  const Listing all = Below("top");
  std::vector<std::string> names;
  for (const ObjectInfo& info : all.objects) names.push_back(info.path.text());
  EXPECT_THAT(names, testing::UnorderedElementsAreArray(expected));
  EXPECT_TRUE(all.folders.empty());
  EXPECT_TRUE(Below("nowhere").objects.empty());
  EXPECT_EQ(Below("").objects.size(), expected.size() + 2);
}

// Whoever deletes what it was told of goes on with the next page.
TEST_P(ObjectStoreContract, RecursiveListingGoesOnWhileWhatItShowedIsDeleted) {
  for (int folder = 0; folder < 50; ++folder) {
    for (int i = 0; i < 60; ++i) Create(fmt::format("top/{:02}/{:02}/{}", folder % 9, folder, i));
  }
  ListRequest request{.folder = Path("top"), .recursive = true};
  std::set<std::string> seen;
  do {
    auto page = RunTask(store().List({}, request)).value();
    std::vector<ObjectPath> names;
    for (const ObjectInfo& info : page.listing.objects) {
      EXPECT_TRUE(seen.insert(info.path.text()).second) << info.path.text();
      names.push_back(info.path);
    }
    ASSERT_TRUE(RunTask(DeleteAll({}, store(), names, 2)).has_value());
    request.resume = page.resume;
  } while (!request.resume.empty());
  EXPECT_EQ(seen.size(), 3'000U);
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

TEST_P(ObjectStoreContract, DeletedNameCanBeCreatedAgain) {
  Create("a", "one");
  ASSERT_TRUE(RunTask(DeleteOne({}, store(), Path("a"))).has_value());
  EXPECT_EQ(PutIfAbsent("a", "two").value(), PutOutcome::kCreated);
  EXPECT_EQ(Bytes("a"), "two");
}

TEST_P(ObjectStoreContract, NamesAreBytesAsTheyAre) {
  const std::vector<std::string> names = {"n/ leading", "n/%41", "n/a b+c=d", "n/back\\slash", "n/\xF0\x9F\x8C\x8A"};
  for (const std::string& name : names) Create(name, name);
  EXPECT_EQ(Names("n"), names);
  for (const std::string& name : names) EXPECT_EQ(Bytes(name), name);
}

TEST_P(ObjectStoreContract, ACallThatWasStoppedDoesNothing) {
  Create("a", "old");
  const auto object = Open("a");
  const auto writer = Begin("b");
  std::stop_source stop;
  stop.request_stop();
  const Call call{.stop = stop.get_token()};
  std::string buffer(3, '?');
  EXPECT_EQ(CodeOf(RunTask(store().List(call, {}))), ErrorCode::kCancelled);
  EXPECT_EQ(CodeOf(RunTask(store().Head(call, Path("a")))), ErrorCode::kCancelled);
  EXPECT_EQ(CodeOf(RunTask(store().Get(call, Path("a"), 10))), ErrorCode::kCancelled);
  EXPECT_EQ(CodeOf(RunTask(store().Open(call, Path("a")))), ErrorCode::kCancelled);
  EXPECT_EQ(CodeOf(RunTask(object->Read(call, 0, buffer))), ErrorCode::kCancelled);
  EXPECT_EQ(CodeOf(RunTask(store().PutIfAbsent(call, Path("c"), "new"))), ErrorCode::kCancelled);
  EXPECT_EQ(CodeOf(RunTask(store().PutEachIfAbsent(call, {{.path = Path("c"), .bytes = "new"}})).at(0)),
            ErrorCode::kCancelled);
  EXPECT_EQ(CodeOf(RunTask(store().GetEach(call, {Path("a")}, 10)).at(0)), ErrorCode::kCancelled);
  EXPECT_EQ(CodeOf(RunTask(store().Put(call, Path("a"), "new"))), ErrorCode::kCancelled);
  EXPECT_EQ(CodeOf(RunTask(store().Begin(call, Path("d"), {}))), ErrorCode::kCancelled);
  EXPECT_EQ(CodeOf(RunTask(writer->Write(call, 0, BufferOf("new")))), ErrorCode::kCancelled);
  EXPECT_EQ(CodeOf(RunTask(writer->CommitIfAbsent(call, 0, {}))), ErrorCode::kCancelled);
  EXPECT_EQ(CodeOf(RunTask(store().CopyIfAbsent(call, object->address(), Path("e")))), ErrorCode::kCancelled);
  EXPECT_EQ(CodeOf(RunTask(store().Touch(call, Path("a")))), ErrorCode::kCancelled);
  EXPECT_EQ(CodeOf(RunTask(store().Delete(call, {Path("a")}))), ErrorCode::kCancelled);
  EXPECT_THAT(Names(""), testing::ElementsAre("a"));
  EXPECT_EQ(Bytes("a"), "old");
}

TEST_P(ObjectStoreContract, UriIsTheOneTheStoreWasOpenedWith) {
  EXPECT_NE(store().uri().find("://"), std::string_view::npos);
}

}  // namespace lakeferry
