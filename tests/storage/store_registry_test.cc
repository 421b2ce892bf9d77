#include "storage/store_registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/thread_pool.hpp>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "storage/file/file_store_factory.h"
#include "tests/support/manual_clock.h"
#include "tests/support/memory_store.h"
#include "tests/support/run_task.h"
#include "tests/support/temp_folder.h"

namespace lakeferry {
namespace {

using testing::HasSubstr;
using testing::Not;
using enum StoreRight;

// Hands out stores in memory and says what it was asked for.
class MemoryAdapter final : public StoreAdapter {
 public:
  Result<std::shared_ptr<ObjectStore>> Make(const Location& location, const StoreRef& ref) override {
    asked.push_back(std::string(RightName(ref.right)) + " as '" + ref.credential + "'");
    return std::make_shared<MemoryStore>(location.Print(), &clock_);
  }
  Task<std::vector<Result<StorePlace>>> Locate(Call, std::vector<Location> locations) override {
    std::vector<Result<StorePlace>> places;
    for (const Location& location : locations) places.push_back(StorePlace{.root_first = {location.Print()}});
    co_return places;
  }
  Task<Result<bool>> ShareClock(Call, Location, Location) override { co_return true; }

  std::vector<std::string> asked;

 private:
  ManualClock clock_;
};

class StoreRegistryTest : public testing::Test {
 protected:
  StoreRegistryTest() {
    stores_.Add(Scheme::kFile, &files_);
    stores_.Add(Scheme::kS3, &memory_);
    stores_.Add(Scheme::kS3a, &memory_);
  }
  std::shared_ptr<ObjectStore> Open(std::string uri, StoreRight right = kReadSource, std::string credential = {}) {
    return stores_.Open({.uri = std::move(uri), .credential = std::move(credential), .right = right}).value();
  }
  Error Refused(std::string uri) {
    const auto store = stores_.Open({.uri = std::move(uri), .right = kReadSource});
    return store ? Error{} : store.error();
  }

  FileStoreFactory files_{1};
  MemoryAdapter memory_;
  StoreRegistry stores_;
};

TEST_F(StoreRegistryTest, ASchemeLeadsToItsAdapter) {
  EXPECT_EQ(Open("file:///nowhere/a")->uri(), "file:///nowhere/a");
  EXPECT_EQ(Open("s3a://b/a", kWriteTarget, "ops")->uri(), "s3a://b/a");
  EXPECT_THAT(memory_.asked, testing::ElementsAre("write target as 'ops'"));
}

TEST_F(StoreRegistryTest, OnePlaceIsOneStoreAsLongAsItIsHeld) {
  const auto first = Open("s3://b/a");
  EXPECT_EQ(Open("s3a://b/a/"), first);
  EXPECT_NE(Open("s3://b/c"), first);
  const std::weak_ptr<ObjectStore> held = Open("s3://b/d");
  EXPECT_TRUE(held.expired());
  const auto folder = Open("file:///nowhere/a");
  EXPECT_EQ(Open("file:/nowhere/a/"), folder);
  EXPECT_NE(Open("file:///nowhere/b"), folder);
}

// Counts in `alive` what it has handed out and nobody has given back.
template <class T>
struct CountedMemory {
  using value_type = T;
  explicit CountedMemory(size_t* count) : alive(count) {}
  template <class U>
  explicit CountedMemory(const CountedMemory<U>& other) : alive(other.alive) {}
  T* allocate(size_t n) {
    ++*alive;
    return std::allocator<T>().allocate(n);
  }
  void deallocate(T* memory, size_t n) {
    --*alive;
    std::allocator<T>().deallocate(memory, n);
  }
  template <class U>
  bool operator==(const CountedMemory<U>& other) const {
    return alive == other.alive;
  }

  size_t* alive;
};

class CountedAdapter final : public StoreAdapter {
 public:
  Result<std::shared_ptr<ObjectStore>> Make(const Location& location, const StoreRef&) override {
    return std::allocate_shared<MemoryStore>(CountedMemory<MemoryStore>(&alive), location.Print(), &clock_);
  }
  Task<std::vector<Result<StorePlace>>> Locate(Call, std::vector<Location>) override {
    co_return std::vector<Result<StorePlace>>();
  }
  Task<Result<bool>> ShareClock(Call, Location, Location) override { co_return true; }

  size_t alive = 0;  // stores whose memory is still taken

 private:
  ManualClock clock_;
};

// A service opens its tables at once when it starts, and from then on each for a moment.
TEST(StoreRegistryMemory, OfStoresThatNobodyHoldsFewAreKept) {
  constexpr size_t kTables = 2'000;
  CountedAdapter memory;
  {
    StoreRegistry stores;
    stores.Add(Scheme::kS3, &memory);
    const auto open = [&](size_t table) {
      return stores.Open({.uri = "s3://b/" + std::to_string(table), .right = kReadSource}).value();
    };
    std::vector<std::shared_ptr<ObjectStore>> held;
    for (size_t table = 0; table < kTables; ++table) held.push_back(open(table));
    EXPECT_EQ(memory.alive, kTables);
    for (size_t table = 0; table < kTables; ++table) EXPECT_EQ(open(table), held[table]);
    held.clear();
    for (size_t round = 0; round < 2; ++round) {
      for (size_t table = 0; table < kTables; ++table) std::ignore = open(table);
    }
    EXPECT_LE(memory.alive, 65U);
  }
  EXPECT_EQ(memory.alive, 0U);
}

TEST_F(StoreRegistryTest, RightsAndCredentialsShareNoStore) {
  std::vector<std::shared_ptr<ObjectStore>> stores;
  for (const auto* uri : {"s3://b/a", "file:///nowhere/a"}) {
    for (const StoreRight right : {kReadSource, kWriteStaging, kReadStaging, kWriteTarget}) {
      for (const auto* credential : {"", "one", "two"}) stores.push_back(Open(uri, right, credential));
    }
  }
  for (size_t i = 0; i < stores.size(); ++i) {
    for (size_t j = 0; j < i; ++j) EXPECT_NE(stores[i], stores[j]) << i << " " << j;
  }
}

TEST_F(StoreRegistryTest, ASchemeThatIsNotBuiltIsNamedWithThoseThatAre) {
  for (const auto* uri : {"gs://bucket/x", "az://c/x", "abfss://c@acct.dfs.core.windows.net/x",
                          "wasbs://c@acct.blob.core.windows.net/x"}) {
    const Error error = Refused(uri);
    EXPECT_EQ(error.code, ErrorCode::kInvalidArgument) << uri;
    EXPECT_THAT(error.message, HasSubstr("not built into this version")) << uri;
    EXPECT_THAT(error.message, HasSubstr("'" + std::string(SchemeName(*SchemeOf(uri))) + "'")) << uri;
    EXPECT_EQ(error.where.text(), uri);
    EXPECT_THAT(error.remedy, HasSubstr("that it knows: file://, s3:// and s3a://")) << uri;
  }
}

TEST_F(StoreRegistryTest, WhatIsNoLocationIsRefusedWithoutItsSecrets) {
  EXPECT_EQ(Refused("/srv/lake").code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(Refused("ftp://h/x").message, HasSubstr("ftp:// is no scheme of a store"));
  EXPECT_THAT(ToString(Refused("s3://key:hunter2@b/x")), Not(HasSubstr("hunter2")));
  EXPECT_THAT(memory_.asked, testing::IsEmpty());
}

TEST_F(StoreRegistryTest, AnAdapterThatIsAddedAgainIsReplaced) {
  MemoryAdapter other;
  stores_.Add(Scheme::kS3, &other);
  std::ignore = Open("s3://b/a");
  EXPECT_EQ(other.asked.size(), 1U);
  EXPECT_THAT(memory_.asked, testing::IsEmpty());
}

TEST_F(StoreRegistryTest, APlaceIsToldWithoutAStoreThatAnybodyIsGiven) {
  const TempFolder folder;
  std::filesystem::create_directory(folder / "a");
  std::filesystem::create_directory_symlink(folder / "a", folder / "link");
  const auto place = [&](const std::string& uri) {
    return RunTask(stores_.Locate({}, {uri})).at(0).value().root_first;
  };
  EXPECT_EQ(place("file://" + folder / "a"), place("file://" + folder / "link"));
  EXPECT_NE(place("file://" + folder / "a"), place("file://" + folder.path()));
  const std::string a = "file://" + folder / "a";
  const auto places = RunTask(stores_.Locate({}, {"gs://b/x", a, "no uri", "file://" + folder.path(), "s3://b/x"}));
  ASSERT_EQ(places.size(), 5U);
  EXPECT_EQ(places[0].error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(places[1].value().root_first, place(a));
  EXPECT_EQ(places[2].error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(places[1].value().root_first, testing::Contains(places[3].value().root_first.front())) << "lies in it";
  EXPECT_THAT(places[4].value().root_first, testing::ElementsAre("s3://b/x"));
}

TEST_F(StoreRegistryTest, ClocksAreSharedWithinOneAdapterAtMost) {
  const TempFolder folder;
  const std::string here = "file://" + folder.path();
  EXPECT_TRUE(RunTask(stores_.ShareClock({}, here, here + "/below")).value());
  EXPECT_TRUE(RunTask(stores_.ShareClock({}, "s3://a/x", "s3a://b/x")).value());
  EXPECT_FALSE(RunTask(stores_.ShareClock({}, here, "s3://a/x")).value());
  EXPECT_FALSE(RunTask(stores_.ShareClock({}, here, "gs://a/x")).has_value());
}

TEST(StoreRights, AreNamedAndSayWhoWrites) {
  EXPECT_EQ(RightName(kReadSource), "read source");
  EXPECT_EQ(RightName(kWriteStaging), "write staging");
  EXPECT_EQ(RightName(kReadStaging), "read staging");
  EXPECT_EQ(RightName(kWriteTarget), "write target");
  EXPECT_TRUE(MayWrite(kWriteStaging) && MayWrite(kWriteTarget));
  EXPECT_FALSE(MayWrite(kReadSource) || MayWrite(kReadStaging));
}

}  // namespace
}  // namespace lakeferry
