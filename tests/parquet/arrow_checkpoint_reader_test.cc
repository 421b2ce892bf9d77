#include "parquet/arrow_checkpoint_reader.h"

#include <algorithm>
#include <filesystem>
#include <thread>

#include "base/bytes_access.h"
#include "tests/parquet/action_text.h"
#include "tests/parquet/fixture_files.h"

namespace lakeferry::parquet {
namespace {

constexpr std::string_view kWhere = "table/_delta_log/00000000000000000009.checkpoint.parquet";

class Fixture : public testing::TestWithParam<std::string> {};

std::string NameOf(const testing::TestParamInfo<std::string>& info) { return info.param; }

INSTANTIATE_TEST_SUITE_P(RealEngines, Fixture, testing::ValuesIn(CheckpointNames()), NameOf);

TEST_P(Fixture, GivesTheActionsThatSparkReadsFromIt) {
  TextSink sink;
  const auto status = ArrowCheckpointReader().Read(BytesAccess(FixtureBytes(GetParam() + ".parquet")), kWhere, sink);
  ASSERT_TRUE(status) << ToString(status.error());
  EXPECT_EQ(sink.Sorted(), ExpectedLines(GetParam()));
}

TEST_P(Fixture, GivesTheSameActionsInBatchesOfOneRow) {
  TextSink whole;
  TextSink single;
  const std::string bytes = FixtureBytes(GetParam() + ".parquet");
  ASSERT_TRUE(ArrowCheckpointReader().Read(BytesAccess(bytes), kWhere, whole));
  ASSERT_TRUE(ArrowCheckpointReader({.batch_rows_max = 1}).Read(BytesAccess(bytes), kWhere, single));
  EXPECT_FALSE(whole.lines().empty());
  EXPECT_EQ(single.lines(), whole.lines());
}

TEST(ArrowCheckpointReader, FixturesCoverEveryForm) {
  const auto names = CheckpointNames();
  for (const char* name :
       {"deltars", "spark_features", "spark_multipart_1", "spark_multipart_2", "spark_no_stats", "spark_partitions",
        "spark_struct_stats", "spark_v2_json_sidecar_1", "spark_v2_parquet", "spark_v2_parquet_sidecar_1"}) {
    EXPECT_THAT(names, testing::Contains(name));
  }
}

TEST(ArrowCheckpointReader, ErrorOfTheSinkEndsTheReadingAndIsReturnedAsItIs) {
  struct Refusing final : delta::ActionSink {
    int adds = 0;
    Status OnAdd(delta::AddFile&&) override {
      return ++adds < 2 ? Status{} : Status(Fail(ErrorCode::kCancelled, "stopped", "elsewhere"));
    }
  } sink;
  const auto status = ArrowCheckpointReader().Read(BytesAccess(FixtureBytes("spark_partitions.parquet")), kWhere, sink);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error(), (Error{.code = ErrorCode::kCancelled, .message = "stopped", .where = "elsewhere"}));
  EXPECT_EQ(sink.adds, 2);
}

// A file of which the reads fail from the n-th on.
class FailingAccess final : public RandomAccess {
 public:
  FailingAccess(std::string bytes, int good_reads) : bytes_(std::move(bytes)), left_(good_reads) {}
  [[nodiscard]] int64_t size_bytes() const override { return bytes_.size_bytes(); }
  Result<size_t> ReadAt(int64_t offset, std::span<char> buffer) const override {
    if (left_-- <= 0) return Fail(ErrorCode::kUnavailable, "no answer", "the store");
    return bytes_.ReadAt(offset, buffer);
  }

 private:
  BytesAccess bytes_;
  mutable int left_;
};

TEST(ArrowCheckpointReader, ErrorOfTheFileIsReturnedAsItIs) {
  const std::string bytes = FixtureBytes("spark_features.parquet");
  int reads = 0;
  for (;; ++reads) {
    TextSink sink;
    const auto status = ArrowCheckpointReader().Read(FailingAccess(bytes, reads), kWhere, sink);
    if (status) break;
    EXPECT_EQ(status.error(), (Error{.code = ErrorCode::kUnavailable, .message = "no answer", .where = "the store"}));
    ASSERT_LT(reads, 1000);
  }
  EXPECT_GT(reads, 5);
}

TEST(ArrowCheckpointReader, UsesNoThreadButTheCallers) {
  const auto threads = [] {
    const auto tasks = std::filesystem::directory_iterator("/proc/self/task");
    return std::distance(begin(tasks), end(tasks));
  };
  const auto before = threads();
  TextSink sink;
  ASSERT_TRUE(ArrowCheckpointReader().Read(BytesAccess(FixtureBytes("spark_features.parquet")), kWhere, sink));
  EXPECT_EQ(threads(), before);
}

TEST(ArrowCheckpointReader, OneReaderServesSeveralThreadsAtOnce) {
  const ArrowCheckpointReader reader;
  const std::vector<std::string> names = {"deltars", "spark_features", "spark_partitions", "spark_struct_stats"};
  std::vector<TextSink> sinks(names.size());
  {
    std::vector<std::jthread> threads;
    for (size_t i = 0; i < names.size(); ++i) {
      threads.emplace_back(
          [&, i] { EXPECT_TRUE(reader.Read(BytesAccess(FixtureBytes(names[i] + ".parquet")), kWhere, sinks[i])); });
    }
  }
  for (size_t i = 0; i < names.size(); ++i) EXPECT_EQ(sinks[i].Sorted(), ExpectedLines(names[i])) << names[i];
}

TEST(ArrowCheckpointReader, FooterBeyondTheMemoryLimitIsAnErrorThatSaysSo) {
  TextSink sink;
  const auto status = ArrowCheckpointReader({.memory_bytes_max = 4096})
                          .Read(BytesAccess(FixtureBytes("spark_features.parquet")), kWhere, sink);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kCorruptLog);
  EXPECT_EQ(status.error().where.text(), kWhere);
  EXPECT_THAT(status.error().message, testing::HasSubstr("footer announces more than fits into 4 KiB"));
}

}  // namespace
}  // namespace lakeferry::parquet
