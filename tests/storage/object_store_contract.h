// The contract of env/object_store.h as tests, one for each sentence that an adapter can fail. Include it in one file
// of a test executable, and instantiate ObjectStoreContract there with each store.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "env/object_store.h"
#include "tests/support/run_task.h"

namespace lakeferry {

// A fresh, empty store and whatever it needs to live.
class StoreUnderTest {
 public:
  virtual ~StoreUnderTest() = default;
  virtual ObjectStore& store() = 0;
  // Another store, from which this one can place objects without moving bytes.
  virtual ObjectStore& neighbour() = 0;
  virtual TimeMs Now() = 0;
  // Whether an object can have another modification time than that of its writing.
  [[nodiscard]] virtual bool KeepsTimes() const { return true; }
  // Time goes on by at least a second, for the store's modification times.
  virtual void PassTime() = 0;
};

struct StoreKind {
  std::string name;
  std::function<std::unique_ptr<StoreUnderTest>()> make;
};
inline void PrintTo(const StoreKind& kind, std::ostream* out) { *out << kind.name; }

class ObjectStoreContract : public testing::TestWithParam<StoreKind> {
 protected:
  static ObjectPath Path(std::string_view text) { return ObjectPath::Of(text); }
  ObjectStore& store() { return under_test_->store(); }

  Listing List(std::string_view folder, std::string start_after = {}) {
    auto listing = RunTask(store().List({}, Path(folder), std::move(start_after)));
    EXPECT_TRUE(listing.has_value()) << ToString(listing.error());
    return listing ? *listing : Listing{};
  }
  std::vector<std::string> Names(std::string_view folder, std::string start_after = {}) {
    std::vector<std::string> names;
    for (const ObjectInfo& info : List(folder, std::move(start_after)).objects) names.push_back(info.path.text());
    return names;
  }
  std::vector<std::string> Folders(std::string_view folder, std::string start_after = {}) {
    std::vector<std::string> names;
    for (const ObjectPath& path : List(folder, std::move(start_after)).folders) names.push_back(path.text());
    return names;
  }
  // The neighbour's object as `path`, read before as the receiver does.
  Result<ObjectStore::Placement> PlaceFrom(std::string_view from, std::string_view path) {
    const auto reader = RunTask(under_test_->neighbour().OpenRead({}, Path(from))).value();
    std::string buffer(1'000, '?');
    while (RunTask(reader->Read({}, buffer)).value() > 0) continue;
    return RunTask(store().PlaceFrom({}, *reader, Path(path)));
  }
  Result<PutOutcome> PutIfAbsent(std::string_view path, std::string bytes) {
    return RunTask(store().PutIfAbsent({}, Path(path), std::move(bytes)));
  }
  void Create(std::string_view path, std::string bytes = "x") {
    const auto outcome = PutIfAbsent(path, std::move(bytes));
    ASSERT_TRUE(outcome.has_value()) << ToString(outcome.error());
    ASSERT_EQ(*outcome, PutOutcome::kCreated);
  }
  std::string Bytes(std::string_view path) {
    auto bytes = RunTask(store().Get({}, Path(path), size_t{1} << 30));
    return bytes ? *bytes : "error: " + ToString(bytes.error());
  }
  template <typename T>
  static ErrorCode CodeOf(const Result<T>& result) {
    EXPECT_FALSE(result.has_value());
    return result ? ErrorCode::kInternal : result.error().code;
  }
  std::unique_ptr<ObjectReader> OpenRead(std::string_view path) {
    auto reader = RunTask(store().OpenRead({}, Path(path)));
    EXPECT_TRUE(reader.has_value());
    return reader ? std::move(*reader) : nullptr;
  }
  std::unique_ptr<RandomAccess> OpenRandom(std::string_view path) {
    auto opened = RunTask(store().OpenRandom({}, Path(path)));
    EXPECT_TRUE(opened.has_value());
    return opened ? std::move(*opened) : nullptr;
  }
  std::unique_ptr<ObjectWriter> OpenWrite(std::string_view path) {
    auto writer = RunTask(store().OpenWrite({}, Path(path)));
    EXPECT_TRUE(writer.has_value());
    return writer ? std::move(*writer) : nullptr;
  }
  void Write(ObjectWriter& writer, std::string_view bytes) {
    const auto status = RunTask(writer.Write({}, std::span(bytes.data(), bytes.size())));
    EXPECT_TRUE(status.has_value());
  }

  std::unique_ptr<StoreUnderTest> under_test_ = GetParam().make();
};

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
  ASSERT_TRUE(RunTask(store().Delete({}, Path("f/a/deep/1"))).has_value());
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
  EXPECT_EQ(*head, listing.objects[0]);
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
  const auto writer = OpenWrite("f/half");
  Write(*writer, "half of it");
  EXPECT_EQ(Names("f").size(), 0U);
  EXPECT_EQ(Folders("").size(), 0U);
  EXPECT_EQ(CodeOf(RunTask(store().Head({}, Path("f/half")))), ErrorCode::kNotFound);
}

TEST_P(ObjectStoreContract, WhatIsNotThereIsNotFound) {
  EXPECT_EQ(CodeOf(RunTask(store().Head({}, Path("f/a")))), ErrorCode::kNotFound);
  EXPECT_EQ(CodeOf(RunTask(store().Get({}, Path("f/a"), 10))), ErrorCode::kNotFound);
  EXPECT_EQ(CodeOf(RunTask(store().OpenRead({}, Path("f/a")))), ErrorCode::kNotFound);
  EXPECT_EQ(CodeOf(RunTask(store().OpenRandom({}, Path("f/a")))), ErrorCode::kNotFound);
}

TEST_P(ObjectStoreContract, AFolderIsNoObject) {
  Create("f/a");
  EXPECT_EQ(CodeOf(RunTask(store().Head({}, Path("f")))), ErrorCode::kNotFound);
  EXPECT_EQ(CodeOf(RunTask(store().Get({}, Path("f"), 10))), ErrorCode::kNotFound);
  EXPECT_TRUE(RunTask(store().Delete({}, Path("f"))).has_value());
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

TEST_P(ObjectStoreContract, ReadFillsTheBufferAndIsZeroOnlyAtTheEnd) {
  Create("a", "0123456789");
  const auto reader = OpenRead("a");
  EXPECT_EQ(reader->size_bytes(), 10);
  std::string buffer(4, '?');
  std::string all;
  for (const size_t expected : {4U, 4U, 2U, 0U, 0U}) {
    const auto got = RunTask(reader->Read({}, buffer));
    ASSERT_TRUE(got.has_value());
    EXPECT_EQ(*got, expected);
    all.append(buffer, 0, *got);
  }
  EXPECT_EQ(all, "0123456789");
}

TEST_P(ObjectStoreContract, ReplacedObjectIsNeverMixedIntoARead) {
  const std::string old_bytes(100'000, 'o');
  Create("a", old_bytes);
  const auto reader = OpenRead("a");
  std::string buffer(50'000, '?');
  ASSERT_EQ(RunTask(reader->Read({}, buffer)).value(), buffer.size());
  under_test_->PassTime();
  ASSERT_TRUE(RunTask(store().Put({}, Path("a"), std::string(100'000, 'n'))).has_value());
  const auto rest = RunTask(reader->Read({}, buffer));
  if (rest) {
    EXPECT_EQ(buffer, std::string(50'000, 'o'));
  } else {
    EXPECT_EQ(rest.error().code, ErrorCode::kCorruptData);
  }
}

TEST_P(ObjectStoreContract, ReadAtGivesWhatStandsThere) {
  Create("a", "0123456789");
  const auto file = OpenRandom("a");
  EXPECT_EQ(file->size_bytes(), 10);
  for (const auto& [offset, expected] : std::vector<std::pair<int64_t, std::string>>{
           {6, "6789"}, {0, "0123"}, {3, "3456"}, {8, "89"}, {9, "9"}, {10, ""}, {11, ""}, {int64_t{1} << 40, ""}}) {
    std::string buffer(4, '?');
    const auto got = file->ReadAt(offset, buffer);
    ASSERT_TRUE(got.has_value());
    EXPECT_EQ(buffer.substr(0, *got), expected) << offset;
  }
  EXPECT_EQ(file->ReadAt(0, {}).value(), 0U);
}

TEST_P(ObjectStoreContract, SeveralThreadsReadAtOnce) {
  std::string bytes;
  for (int64_t i = 0; i < 50'000; ++i) bytes += static_cast<char>('a' + i * i % 23);
  Create("a", bytes);
  const auto file = OpenRandom("a");
  std::vector<std::jthread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      std::string buffer(1000, '?');
      for (int64_t offset = thread * 100; offset + 1000 < 50'000; offset += 777) {
        ASSERT_EQ(file->ReadAt(offset, buffer).value(), buffer.size());
        ASSERT_EQ(buffer, bytes.substr(static_cast<size_t>(offset), buffer.size()));
      }
    });
  }
}

TEST_P(ObjectStoreContract, ReplacedObjectIsNeverMixedIntoReadsAtPlaces) {
  Create("a", std::string(100'000, 'o'));
  const auto file = OpenRandom("a");
  std::string buffer(50'000, '?');
  ASSERT_EQ(file->ReadAt(50'000, buffer).value(), buffer.size());
  under_test_->PassTime();
  ASSERT_TRUE(RunTask(store().Put({}, Path("a"), std::string(100'000, 'n'))).has_value());
  const auto rest = file->ReadAt(0, buffer);
  if (rest) {
    EXPECT_EQ(buffer, std::string(50'000, 'o'));
  } else {
    EXPECT_EQ(rest.error().code, ErrorCode::kCorruptData);
  }
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

TEST_P(ObjectStoreContract, CommitPublishesEverythingWritten) {
  const auto writer = OpenWrite("data/part-0");
  Write(*writer, "one ");
  Write(*writer, "");
  Write(*writer, std::string(300'000, 'b'));
  EXPECT_EQ(RunTask(writer->CommitIfAbsent({})).value(), PutOutcome::kCreated);
  EXPECT_EQ(Bytes("data/part-0"), "one " + std::string(300'000, 'b'));
}

TEST_P(ObjectStoreContract, CommitOfNothingMakesAnEmptyObject) {
  const auto writer = OpenWrite("empty");
  EXPECT_EQ(RunTask(writer->CommitIfAbsent({})).value(), PutOutcome::kCreated);
  EXPECT_EQ(Bytes("empty"), "");
}

TEST_P(ObjectStoreContract, CommitNeverReplaces) {
  const auto first = OpenWrite("a");
  const auto second = OpenWrite("a");
  Write(*first, "first");
  Write(*second, "second");
  EXPECT_EQ(RunTask(second->CommitIfAbsent({})).value(), PutOutcome::kCreated);
  EXPECT_EQ(RunTask(first->CommitIfAbsent({})).value(), PutOutcome::kExisted);
  EXPECT_EQ(Bytes("a"), "second");
}

TEST_P(ObjectStoreContract, WriterDestroyedWithoutCommitLeavesNothing) {
  {
    const auto writer = OpenWrite("f/a");
    Write(*writer, "lost");
  }
  EXPECT_EQ(Names("f").size(), 0U);
  EXPECT_EQ(Folders("").size(), 0U);
  EXPECT_EQ(PutIfAbsent("f/a", "new").value(), PutOutcome::kCreated);
}

TEST_P(ObjectStoreContract, ModifiedIsTheTimeThatWasSetWhereTheStoreKeepsOne) {
  under_test_->PassTime();
  // Past and to come, and before the beginning of time.
  const std::vector<int64_t> times = {1'600'000'000'123, ToEpochMs(under_test_->Now()) + 3'600'000, 0, -1, -1'001};
  for (const int64_t time : times) {
    const std::string name = "f/" + std::to_string(time);
    const auto writer = OpenWrite(name);
    Write(*writer, "content");
    ASSERT_EQ(RunTask(writer->SetModified({}, FromEpochMs(time))).value(), under_test_->KeepsTimes());
    ASSERT_EQ(RunTask(writer->CommitIfAbsent({})).value(), PutOutcome::kCreated);
    EXPECT_EQ(Bytes(name), "content");
    const bool as_set = RunTask(store().Head({}, Path(name))).value().modified == FromEpochMs(time);
    EXPECT_EQ(as_set, under_test_->KeepsTimes()) << time;
  }
  for (const ObjectInfo& info : List("f").objects) {
    EXPECT_EQ(info, RunTask(store().Head({}, info.path)).value());
  }
}

TEST_P(ObjectStoreContract, LastTimeThatWasSetCountsAndAnEmptyObjectHasOne) {
  const auto writer = OpenWrite("empty");
  for (const int64_t time : {5'000, 4'000}) {
    EXPECT_EQ(RunTask(writer->SetModified({}, FromEpochMs(time))).value(), under_test_->KeepsTimes());
  }
  ASSERT_EQ(RunTask(writer->CommitIfAbsent({})).value(), PutOutcome::kCreated);
  const bool as_set = RunTask(store().Head({}, Path("empty"))).value().modified == FromEpochMs(4'000);
  EXPECT_EQ(as_set, under_test_->KeepsTimes());
}

TEST_P(ObjectStoreContract, TimeSetForAnObjectThatExistsChangesNothing) {
  Create("a", "old");
  const ObjectInfo before = RunTask(store().Head({}, Path("a"))).value();
  const auto writer = OpenWrite("a");
  Write(*writer, "new");
  ASSERT_TRUE(RunTask(writer->SetModified({}, FromEpochMs(1'000))).has_value());
  EXPECT_EQ(RunTask(writer->CommitIfAbsent({})).value(), PutOutcome::kExisted);
  EXPECT_EQ(RunTask(store().Head({}, Path("a"))).value(), before);
}

TEST_P(ObjectStoreContract, PlaceFromMakesAnEqualObjectOfNow) {
  ASSERT_TRUE(RunTask(under_test_->neighbour().Put({}, Path("staged/1"), "content")).has_value());
  under_test_->PassTime();
  const TimeMs before = under_test_->Now();
  const auto placed = PlaceFrom("staged/1", "t/part=1/1");
  ASSERT_TRUE(placed.has_value());
  EXPECT_EQ(*placed, ObjectStore::Placement::kCreated);
  EXPECT_EQ(Bytes("t/part=1/1"), "content");
  EXPECT_GE(RunTask(store().Head({}, Path("t/part=1/1"))).value().modified, before - Millis(100));
}

TEST_P(ObjectStoreContract, PlaceFromNeverReplaces) {
  ASSERT_TRUE(RunTask(under_test_->neighbour().Put({}, Path("s"), "new")).has_value());
  Create("t", "old");
  EXPECT_EQ(PlaceFrom("s", "t").value(), ObjectStore::Placement::kExisted);
  EXPECT_EQ(Bytes("t"), "old");
}

TEST_P(ObjectStoreContract, PlacedObjectOutlivesItsSource) {
  ASSERT_TRUE(RunTask(under_test_->neighbour().Put({}, Path("s"), "content")).has_value());
  ASSERT_TRUE(PlaceFrom("s", "t").has_value());
  ASSERT_TRUE(RunTask(under_test_->neighbour().Delete({}, Path("s"))).has_value());
  EXPECT_EQ(Bytes("t"), "content");
}

TEST_P(ObjectStoreContract, TouchMakesAnObjectOfNowAndLeavesItsBytes) {
  const auto writer = OpenWrite("f/a");
  Write(*writer, "content");
  ASSERT_TRUE(RunTask(writer->SetModified({}, FromEpochMs(1'600'000'000'000))).has_value());
  ASSERT_EQ(RunTask(writer->CommitIfAbsent({})).value(), PutOutcome::kCreated);
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

// Of a store of another kind: nothing can be placed from it.
class ForeignReader : public ObjectReader {
 public:
  [[nodiscard]] int64_t size_bytes() const override { return 0; }
  Task<Result<size_t>> Read(Call, std::span<char>) override { co_return size_t{0}; }
};

TEST_P(ObjectStoreContract, PlaceFromAStoreOfAnotherKindIsNotPossibleAndDoesNothing) {
  ForeignReader foreign;
  EXPECT_EQ(RunTask(store().PlaceFrom({}, foreign, Path("f/a"))).value(), ObjectStore::Placement::kNotPossible);
  EXPECT_EQ(Folders("").size(), 0U);
}

// Whatever was swapped in under the name was not read.
TEST_P(ObjectStoreContract, WhatIsPlacedIsWhatWasRead) {
  ObjectStore& neighbour = under_test_->neighbour();
  ASSERT_TRUE(RunTask(neighbour.Put({}, Path("s"), "verified")).has_value());
  const auto reader = RunTask(neighbour.OpenRead({}, Path("s"))).value();
  std::string buffer(100, '?');
  ASSERT_EQ(RunTask(reader->Read({}, buffer)).value(), 8U);
  under_test_->PassTime();
  ASSERT_TRUE(RunTask(neighbour.Put({}, Path("s"), "swapped!")).has_value());
  EXPECT_EQ(RunTask(store().PlaceFrom({}, *reader, Path("t"))).value(), ObjectStore::Placement::kNotPossible);
  EXPECT_EQ(CodeOf(RunTask(store().Head({}, Path("t")))), ErrorCode::kNotFound);
}

TEST_P(ObjectStoreContract, PlaceOfTheRootIsWithinThatOfItsParents) {
  const std::vector<std::string> places = RunTask(store().Locate({})).value().root_first;
  const std::vector<std::string> others = RunTask(under_test_->neighbour().Locate({})).value().root_first;
  ASSERT_FALSE(places.empty() || others.empty());
  EXPECT_THAT(others, testing::Not(testing::Contains(places.front())));
  EXPECT_THAT(places, testing::Not(testing::Contains(others.front())));
}

TEST_P(ObjectStoreContract, DeleteIsIdempotent) {
  Create("f/a");
  EXPECT_TRUE(RunTask(store().Delete({}, Path("f/a"))).has_value());
  EXPECT_TRUE(RunTask(store().Delete({}, Path("f/a"))).has_value());
  EXPECT_TRUE(RunTask(store().Delete({}, Path("never/was"))).has_value());
  EXPECT_EQ(CodeOf(RunTask(store().Head({}, Path("f/a")))), ErrorCode::kNotFound);
}

TEST_P(ObjectStoreContract, DeletedNameCanBeCreatedAgain) {
  Create("a", "one");
  ASSERT_TRUE(RunTask(store().Delete({}, Path("a"))).has_value());
  EXPECT_EQ(PutIfAbsent("a", "two").value(), PutOutcome::kCreated);
  EXPECT_EQ(Bytes("a"), "two");
}

TEST_P(ObjectStoreContract, NamesAreBytesAsTheyAre) {
  const std::vector<std::string> names = {"n/ leading", "n/%41", "n/a b+c=d", "n/back\\slash", "n/\xF0\x9F\x8C\x8A"};
  for (const std::string& name : names) Create(name, name);
  EXPECT_EQ(Names("n"), names);
  for (const std::string& name : names) EXPECT_EQ(Bytes(name), name);
}

TEST_P(ObjectStoreContract, UriIsTheOneTheStoreWasOpenedWith) {
  EXPECT_NE(store().uri().find("://"), std::string_view::npos);
}

}  // namespace lakeferry
