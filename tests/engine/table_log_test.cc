// Reading a log piece by piece: lines of every length come out as they are, wherever a piece ends.
#include "engine/table_log.h"

#include <fmt/format.h>

#include "tests/engine/world.h"

namespace lakeferry::engine {
namespace {

constexpr size_t kMib = size_t{1} << 20;

class TableLogTest : public ::testing::Test {
 protected:
  static std::string Add(const std::string& path, size_t tag_bytes = 0) {
    return fmt::format(
        R"({{"add":{{"path":"{}","partitionValues":{{}},"size":1,"modificationTime":1,"dataChange":true,)"
        R"("tags":{{"t":"{}"}}}}}})",
        path, std::string(tag_bytes, 'x'));
  }
  // The table with one more commit of this text.
  Result<delta::Snapshot> LoadWith(std::string text) {
    world_.table().Create();
    world_.source().Set(TestTable::LogName(1), std::move(text));
    const TableLog log(std::shared_ptr<ObjectStore>(&world_.source(), [](ObjectStore*) {}), world_.west);
    const auto listing = world_.Run(log.ListAll());
    EXPECT_THAT(listing, Succeeded());
    return world_.Run(log.Load(*listing, std::nullopt, totals_));
  }

  World world_;
  delta::FileTotals totals_;
};

TEST_F(TableLogTest, LinesThatLieAcrossPiecesAreRead) {
  std::string text;
  for (int i = 0; i < 40'000; ++i) text += Add(fmt::format("file-{}", i), static_cast<size_t>(i % 97)) + "\n";
  ASSERT_GT(text.size(), 4 * kMib);
  EXPECT_THAT(LoadWith(text), Succeeded());
  EXPECT_EQ(totals_.files, 40'000);
}

TEST_F(TableLogTest, LastLineMayLackItsEnd) {
  EXPECT_THAT(LoadWith(Add("a") + "\n" + Add("b", 2 * kMib)), Succeeded());
  EXPECT_EQ(totals_.files, 2);
}

TEST_F(TableLogTest, LongLineBetweenManyShortOnesIsRead) {
  std::string text;
  for (int i = 0; i < 1'000; ++i) text += Add(fmt::format("before-{}", i)) + "\n";
  text += Add("long", 10 * kMib) + "\n";
  for (int i = 0; i < 80'000; ++i) text += Add(fmt::format("after-{}", i)) + "\n";
  EXPECT_THAT(LoadWith(text), Succeeded());
  EXPECT_EQ(totals_.files, 81'001);
}

TEST_F(TableLogTest, LineBeyondTheLimitIsRefusedByItsNumber) {
  EXPECT_THAT(LoadWith(Add("a") + "\n" + Add("long", 40 * kMib) + "\n" + Add("b")),
              FailedWith(ErrorCode::kCorruptLog, "line 2 is longer than 16 MiB"));
}

TEST_F(TableLogTest, TruncatedCommitIsDamage) {
  std::string text;
  for (int i = 0; i < 10'000; ++i) text += Add(fmt::format("file-{}", i)) + "\n";
  text.resize(text.size() - 20);
  EXPECT_THAT(LoadWith(text), FailedWith(ErrorCode::kCorruptLog, "line 10000"));
  EXPECT_THAT(LoadWith(""), FailedWith(ErrorCode::kCorruptLog, "empty"));
}

}  // namespace
}  // namespace lakeferry::engine
