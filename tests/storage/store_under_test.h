// StoreUnderTest: a store as the contract of env/object_store.h is tried on it, and the fixture of those tests. Whoever
// instantiates ObjectStoreContract needs no more; the tests are in object_store_contract.h.
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
#include "tests/support/buffer_of.h"
#include "tests/support/run_task.h"

namespace lakeferry {

// A fresh, empty store and whatever it needs to live.
class StoreUnderTest {
 public:
  virtual ~StoreUnderTest() = default;
  virtual ObjectStore& store() = 0;
  // Another store, from which this one can copy objects without moving bytes.
  virtual ObjectStore& neighbour() = 0;
  virtual TimeMs Now() = 0;
  // Time goes on by at least a second, for the store's modification times.
  virtual void PassTime() = 0;
  // Whether a writer can go on with what another left.
  [[nodiscard]] virtual bool resumes() const { return false; }
  // Whether what a writer left can be taken away.
  [[nodiscard]] virtual bool drops_unfinished() const { return resumes(); }
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
    auto listing = RunTask(ListAll({}, store(), Path(folder), std::move(start_after)));
    EXPECT_TRUE(listing.has_value()) << ToString(listing.error());
    return listing ? *listing : Listing{};
  }
  // Every page of a recursive listing.
  Listing Below(std::string_view folder) {
    ListRequest request{.folder = Path(folder), .recursive = true};
    Listing all;
    do {
      auto page = RunTask(store().List({}, request));
      EXPECT_TRUE(page.has_value()) << ToString(page.error());
      if (!page) break;
      std::ranges::move(page->listing.objects, std::back_inserter(all.objects));
      std::ranges::move(page->listing.folders, std::back_inserter(all.folders));
      request.resume = page->resume;
    } while (!request.resume.empty());
    return all;
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
  Result<CopyOutcome> CopyFrom(std::string_view from, std::string_view path) {
    const auto object = RunTask(under_test_->neighbour().Open({}, Path(from))).value();
    std::string buffer(1'000, '?');
    EXPECT_TRUE(RunTask(object->Read({}, 0, buffer)).has_value());
    return RunTask(store().CopyIfAbsent({}, object->address(), Path(path)));
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
  std::unique_ptr<OpenObject> Open(std::string_view path) {
    auto object = RunTask(store().Open({}, Path(path)));
    EXPECT_TRUE(object.has_value());
    return object ? std::move(*object) : nullptr;
  }
  std::unique_ptr<ObjectWriter> Begin(std::string_view path) {
    auto writer = RunTask(store().Begin({}, Path(path), {}));
    EXPECT_TRUE(writer.has_value());
    return writer ? std::move(*writer) : nullptr;
  }
  // Whether the store says that it resumes, which it may know once something was written to it. Then `large_` are the
  // bytes of an object of two and a half parts.
  bool Resumes() {
    Create("first/of/all");
    if (!store().traits().resumes) return false;
    large_part_ = Begin("never")->part_bytes();
    const size_t size = 2 * large_part_ + large_part_ / 2;
    large_.reserve(size);
    while (large_.size() < size) large_ += static_cast<char>('a' + large_.size() * large_.size() % 23);
    return true;
  }
  [[nodiscard]] std::string_view Part(int64_t number) const {
    return std::string_view(large_).substr(static_cast<size_t>(number) * large_part_, large_part_);
  }
  // One that goes on with what a writer before has left of the large object.
  std::unique_ptr<ObjectWriter> GoOn(std::string_view path) {
    auto writer =
        RunTask(store().Begin({}, Path(path), {.size_bytes = static_cast<int64_t>(large_.size()), .resume = true}));
    EXPECT_TRUE(writer.has_value());
    return writer ? std::move(*writer) : nullptr;
  }
  static bool TakesOver(ObjectWriter& writer, int64_t number, std::string_view bytes) {
    return writer.TakeOver(number, BufferOf(bytes));
  }
  // The third part of it and a first one, and then nothing is heard of the writer any more.
  void LeaveSome(std::string_view path, std::string_view first) {
    const auto writer = GoOn(path);
    ASSERT_TRUE(WritePart(*writer, 2, Part(2)).has_value());
    ASSERT_TRUE(WritePart(*writer, 0, first).has_value());
  }
  void LeaveSome(std::string_view path) { LeaveSome(path, Part(0)); }
  // What is not there already.
  void WriteRest(ObjectWriter& writer) {
    for (int64_t number = 0; number < 3; ++number) {
      if (!TakesOver(writer, number, Part(number))) {
        ASSERT_TRUE(WritePart(writer, number, Part(number)).has_value());
      }
    }
  }
  static Result<Buffer> WritePart(ObjectWriter& writer, int64_t number, std::string_view bytes) {
    return RunTask(writer.Write({}, number, BufferOf(bytes)));
  }
  // In parts, the last of them first.
  static void Write(ObjectWriter& writer, const std::string& bytes) {
    const size_t part = writer.part_bytes();
    for (size_t number = (bytes.size() + part - 1) / part; number > 0; --number) {
      const Buffer memory = RunTask(writer.Write({}, static_cast<int64_t>(number - 1),
                                                 BufferOf(std::string_view(bytes).substr((number - 1) * part, part))))
                                .value();
      if (bytes.size() >= part) EXPECT_GT(memory.capacity(), 0U) << "the memory comes back";
    }
  }
  static Result<PutOutcome> Commit(ObjectWriter& writer, const std::string& bytes) {
    return RunTask(writer.CommitIfAbsent({}, static_cast<int64_t>(bytes.size()), {.crc64 = Crc64Of(bytes)}));
  }
  Result<PutOutcome> WriteAndCommit(std::string_view path, const std::string& bytes) {
    const auto writer = Begin(path);
    Write(*writer, bytes);
    return Commit(*writer, bytes);
  }

  std::unique_ptr<StoreUnderTest> under_test_ = GetParam().make();
  std::string large_;
  size_t large_part_ = 0;
};

}  // namespace lakeferry
