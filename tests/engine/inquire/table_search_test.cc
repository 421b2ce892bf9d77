// Which tables are found below a place.
#include "engine/inquire/table_search.h"

#include <fmt/format.h>

#include "tests/engine/world.h"

namespace lakeferry::engine {
namespace {

using ::testing::ElementsAre;

class TableSearchTest : public ::testing::Test {
 protected:
  void Put(const std::string& path) { lake_.Set(path, "x"); }
  void Table(const std::string& folder) {
    Put(folder + (folder.empty() ? "" : "/") + TestTable::LogName(0));
    Put(folder + (folder.empty() ? "" : "/") + "day=1/part-0.parquet");
  }
  Result<std::vector<std::string>> Find() {
    const auto found = world_.Run(FindTables({}, world_.west, "mem://lake"));
    if (!found) return std::unexpected(found.error());
    std::vector<std::string> texts;
    for (const ObjectPath& one : *found) texts.push_back(one.text());
    return texts;
  }
  World world_;
  MemoryStore& lake_ = world_.stores.At("mem://lake");
};

TEST_F(TableSearchTest, TablesOfAnyDepthAreFoundAndNothingWithinThem) {
  for (const char* folder : {"raw/orders", "raw/prices", "top", "a/b/c/d"}) Table(folder);
  Table("raw/orders/nested");
  Table("_hidden/table");
  Table(".trash/table");
  Put("raw/no_table/part-0.parquet");
  EXPECT_THAT(Find().value(), ElementsAre("a/b/c/d", "raw/orders", "raw/prices", "top"));
}

TEST_F(TableSearchTest, ThePlaceItselfMayBeATable) {
  Table("");
  Table("below");
  EXPECT_THAT(Find().value(), ElementsAre(""));
}

TEST_F(TableSearchTest, NothingIsToldFromNoTable) {
  EXPECT_THAT(Find(), FailedWith(ErrorCode::kNotFound, "nothing is there"));
  Put("notes/readme.txt");
  EXPECT_THAT(Find(), FailedWith(ErrorCode::kNotFound, "there is no Delta table at or below it"));
}

TEST_F(TableSearchTest, FoldersAreLookedAtToADepth) {
  std::string folder = "1";
  for (size_t i = 2; i <= kSearchDepthMax; ++i) folder += fmt::format("/{}", i);
  Table(folder);
  EXPECT_EQ(Find().value().size(), 1U);
  world_.stores.At("mem://lake").objects().clear();
  Table(folder + "/further");
  EXPECT_THAT(Find(), FailedWith(ErrorCode::kNotFound, "no Delta table"));
}

TEST_F(TableSearchTest, TooManyFoldersAreNotLookedAt) {
  for (size_t i = 0; i < kSearchFoldersMax; ++i) Put(fmt::format("{}/x", i));
  EXPECT_THAT(Find(), FailedWith(ErrorCode::kInvalidArgument, "more than 100000 folders"));
}

TEST_F(TableSearchTest, AStoreThatCannotBeListedIsItsOwnError) {
  Table("a");
  lake_.set_hooks({.before_effect = [](std::string, StoreOperation, ObjectPath path) -> Task<Status> {
    if (path.text() != "a") co_return Status{};
    co_return Fail(ErrorCode::kUnauthorized, "denied", path.text());
  }});
  EXPECT_THAT(Find(), FailedWith(ErrorCode::kUnauthorized, "denied"));
}

}  // namespace
}  // namespace lakeferry::engine
