// Reading a log piece by piece and several commits at a time: what comes out is what one after another would give.
#include "engine/log/table_log.h"

#include <fmt/format.h>

#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <new>

#include "async/within_memory.h"
#include "tests/engine/world.h"

namespace lakeferry::engine {
namespace {

constexpr size_t kMib = size_t{1} << 20;

// With threads of its own, as in the daemon.
class TableLogTest : public ::testing::Test {
 protected:
  TableLogTest() { world_.west.cores = pool_.get_executor(); }
  ~TableLogTest() override { pool_.join(); }

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
    return Load();
  }
  Result<delta::Snapshot> Load(const std::function<void()>& meanwhile = [] {}) {
    const TableLog log(std::shared_ptr<ObjectStore>(&world_.source(), [](ObjectStore*) {}), world_.west);
    const auto listing = world_.Run(log.ListAll({}));
    EXPECT_THAT(listing, Succeeded());
    meanwhile();
    return world_.Run(log.Load({}, *listing, std::nullopt, totals_));
  }
  // Version 0 and `count` commits, each of which removes the files of the one before and adds its own.
  void MakeCommits(int count, int files) {
    world_.table().Create();
    for (int version = 1; version <= count; ++version) {
      std::string text;
      for (int i = 0; i < files; ++i) {
        if (version > 1) text += TestTable::Remove(fmt::format("{}-{}", version - 1, i)) + "\n";
        text += Add(fmt::format("{}-{}", version, i)) + "\n";
      }
      world_.source().Set(TestTable::LogName(version), std::move(text));
    }
  }

  boost::asio::thread_pool pool_{3};
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

TEST_F(TableLogTest, LineThatCannotBeCarriedIsRefusedByItsNumber) {
  for (const size_t mib : {16, 40}) {
    EXPECT_THAT(
        LoadWith(Add("a") + "\n" + Add("long", mib * kMib) + "\n" + Add("b")),
        FailedWith(ErrorCode::kUnsupportedTable, "line 2 holds more than can be carried: field 'tags' of 'add'"));
  }
}

TEST_F(TableLogTest, LineOfAnyLengthIsReadWhereNobodyNeedsIt) {
  for (const size_t mib : {1, 18, 40}) {
    totals_ = {};
    const std::string info =
        R"({"commitInfo":{"operationParameters":{"predicate":")" + std::string(mib * kMib, '7') + R"("}}})";
    EXPECT_THAT(LoadWith(Add("a") + "\n" + info + "\n" + Add("b") + "\n"), Succeeded()) << mib;
    EXPECT_EQ(totals_.files, 2) << mib;
  }
}

TEST_F(TableLogTest, TruncatedCommitIsDamage) {
  std::string text;
  for (int i = 0; i < 10'000; ++i) text += Add(fmt::format("file-{}", i)) + "\n";
  text.resize(text.size() - 20);
  EXPECT_THAT(LoadWith(text), FailedWith(ErrorCode::kCorruptLog, "line 10000"));
  EXPECT_THAT(LoadWith(""), FailedWith(ErrorCode::kCorruptLog, "empty"));
}

TEST_F(TableLogTest, BlankCommitOfAnySizeIsDamage) {
  for (const size_t bytes : {size_t{1}, kMib, 3 * kMib}) {
    EXPECT_THAT(LoadWith(std::string(bytes, '\n')), FailedWith(ErrorCode::kCorruptLog, "empty")) << bytes;
  }
  EXPECT_THAT(LoadWith(std::string(3 * kMib, '\n') + Add("a") + std::string(3 * kMib, '\n')), Succeeded());
  EXPECT_EQ(totals_.files, 1);
}

// Protocol: "Sidecar File Information" has writers name the file alone, and allows any path to it.
TEST_F(TableLogTest, SidecarsOfACheckpointMayHaveAbsolutePaths) {
  world_.table().Create();
  world_.table().Commit({world_.table().Add("a")});
  const std::string first = world_.Text(world_.source(), TestTable::LogName(0));
  const auto checkpoint_with = [&](const std::string& sidecar) {
    world_.source().Set("_delta_log/00000000000000000001.checkpoint.80a083e8-7026-4e79-81be-64bd76c43a11.json",
                        first.substr(first.find('\n') + 1) + R"({"checkpointMetadata":{"version":1}})" + "\n" +
                            R"({"sidecar":{"path":")" + sidecar + R"(","sizeInBytes":1,"modificationTime":1}})" + "\n");
  };
  world_.source().Set("_delta_log/_sidecars/s.parquet", Add("of-the-sidecar"));
  checkpoint_with("mem://west/t/_delta_log/_sidecars/s.parquet");
  EXPECT_THAT(Load(), Succeeded());
  EXPECT_FALSE(world_.log.Has("checkpoint unreadable"));
  for (const char* elsewhere : {"s3://other/s.parquet", "../../../outside.parquet"}) {
    checkpoint_with(elsewhere);
    EXPECT_THAT(Load(), Succeeded()) << elsewhere;
    EXPECT_TRUE(world_.log.Has("checkpoint unreadable")) << elsewhere;
    world_.log.lines.clear();
  }
}

TEST_F(TableLogTest, CommitsOfEverySizeComeNewestFirst) {
  MakeCommits(40, 3);
  std::string large;
  for (int i = 0; i < 30'000; ++i) large += Add(fmt::format("large-{}", i)) + "\n";
  ASSERT_GT(large.size(), 2 * kMib);
  world_.source().Set(TestTable::LogName(41), std::move(large));
  std::string removal;
  for (int i = 0; i < 10'000; ++i) removal += TestTable::Remove(fmt::format("large-{}", i)) + "\n";
  world_.source().Set(TestTable::LogName(42), std::move(removal));
  EXPECT_THAT(Load(), Succeeded());
  EXPECT_EQ(totals_.files, 3 + 20'000);
}

TEST_F(TableLogTest, OfSeveralDamagedCommitsTheNewestIsNamed) {
  MakeCommits(20, 2);
  for (const int version : {3, 14, 16}) world_.source().Set(TestTable::LogName(version), "{\"add\":");
  const auto loaded = Load();
  EXPECT_THAT(loaded, FailedWith(ErrorCode::kCorruptLog, "line 1"));
  EXPECT_THAT(loaded.error().where.text(), ::testing::HasSubstr("00000000000000000016.json"));
}

TEST_F(TableLogTest, CommitThatVanishesMeanwhileIsNamed) {
  MakeCommits(20, 2);
  const auto vanish = [this] {
    for (const int version : {2, 9}) world_.source().objects().erase(TestTable::LogName(version));
  };
  EXPECT_THAT(Load(vanish), FailedWith(ErrorCode::kNotFound, "version 9 of the table is gone"));
}

TEST_F(TableLogTest, DamageInALaterPieceIsNamedByItsLineInTheCommit) {
  std::string text;
  for (int i = 1; i < 50'000; ++i) text += Add(fmt::format("file-{}", i)) + "\n";
  ASSERT_GT(text.size(), 4 * kMib);
  EXPECT_THAT(LoadWith(text + "{\"add\":\n" + text), FailedWith(ErrorCode::kCorruptLog, "line 50000"));
}

TEST_F(TableLogTest, FileNamedTwiceAcrossPiecesIsDamage) {
  std::string text;
  for (int i = 0; i < 40'000; ++i) text += Add(fmt::format("file-{}", i)) + "\n";
  EXPECT_THAT(LoadWith(text + Add("file-7")), FailedWith(ErrorCode::kCorruptLog, "file-7"));
}

// Small commits are read whole, several at a time: what is said of their sizes has to be so.
TEST_F(TableLogTest, CommitThatIsLongerThanItWasListedIsReadByTheNextAttempt) {
  MakeCommits(3, 2);
  std::string large;
  for (int i = 0; i < 9'000; ++i) large += Add(fmt::format("file-{}", i), 60) + "\n";
  ASSERT_GT(large.size(), kMib);
  EXPECT_THAT(Load([&] { world_.source().Set(TestTable::LogName(2), large); }),
              FailedWith(ErrorCode::kUnavailable, "longer than it was when the log was listed"));
  EXPECT_THAT(Load(), Succeeded());
}

// Takes files until one of them cannot be held any more.
class FullSink final : public delta::FileSink {
 public:
  explicit FullSink(int room) : room_(room) {}
  Status OnLive(delta::AddFile&&) override {
    if (--room_ < 0) throw std::bad_alloc();
    return {};
  }
  void Restart() override {}

 private:
  int room_;
};

// Whoever waits for what ran out of memory must hear of it, on whatever thread that was.
TEST_F(TableLogTest, LackOfMemoryEndsTheReadingOfCommitsOfAnySize) {
  MakeCommits(20, 50);
  std::string large;
  for (int i = 0; i < 40'000; ++i) large += Add(fmt::format("file-{}", i), 60) + "\n";
  world_.source().Set(TestTable::LogName(21), std::move(large));
  const TableLog log(std::shared_ptr<ObjectStore>(&world_.source(), [](ObjectStore*) {}), world_.west);
  const auto listing = world_.Run(log.ListAll({}));
  ASSERT_THAT(listing, Succeeded());
  const std::vector<std::pair<int64_t, int>> ends = {{20, 0}, {20, 30}, {21, 0}, {21, 30'000}, {21, 40'020}};
  for (const auto& [version, room] : ends) {
    SCOPED_TRACE(testing::Message() << version << " " << room);
    FullSink full(room);
    EXPECT_THAT(world_.Run(TaskWithinMemory(log.Load({}, *listing, Version(version), full))),
                FailedWith(ErrorCode::kUnavailable, "not enough memory"));
  }
}

TEST_F(TableLogTest, LackOfMemoryForWhatTheStoreGivesEndsTheReadingToo) {
  MakeCommits(12, 2);
  std::string large;
  for (int i = 0; i < 40'000; ++i) large += Add(fmt::format("file-{}", i), 60) + "\n";
  world_.source().Set(TestTable::LogName(7), std::move(large));
  for (int nth = 1; nth <= 25; ++nth) {
    int count = 0;
    const auto out = [&count, nth](std::string, StoreOperation at, ObjectPath) -> Task<Status> {
      const bool reads = at == StoreOperation::kRead || at == StoreOperation::kOpen;
      if (reads && ++count == nth) throw std::bad_alloc();
      co_return Status{};
    };
    EXPECT_THAT(Load([&] { world_.source().set_hooks({.before_effect = out, .after_effect = {}}); }),
                FailedWith(ErrorCode::kUnavailable, "not enough memory"))
        << nth;
    world_.source().set_hooks({});
  }
}

}  // namespace
}  // namespace lakeferry::engine
