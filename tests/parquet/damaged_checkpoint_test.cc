// Files that are cut short, mangled or made to mislead: an error or the truth, never a crash, never fewer files.
#include <random>

#include "base/bytes_access.h"
#include "parquet/arrow_checkpoint_reader.h"
#include "tests/parquet/action_text.h"
#include "tests/parquet/fixture_files.h"

namespace lakeferry::parquet {
namespace {

constexpr std::string_view kDamagedPath = "table/_delta_log/00000000000000000009.checkpoint.parquet";

Status Read(std::string bytes, TextSink& sink) {
  return ArrowCheckpointReader().Read(BytesAccess(std::move(bytes)), kDamagedPath, sink);
}

void ExpectCorrupt(const Status& status) {
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kCorruptLog);
  EXPECT_EQ(status.error().where.text(), kDamagedPath);
  EXPECT_FALSE(status.error().message.empty());
  EXPECT_FALSE(status.error().remedy.empty());
}

TEST(DamagedCheckpoint, EmptyFileIsCorrupt) {
  TextSink sink;
  ExpectCorrupt(Read("", sink));
}

TEST(DamagedCheckpoint, TextIsCorrupt) {
  TextSink sink;
  ExpectCorrupt(Read("{\"protocol\":{\"minReaderVersion\":1,\"minWriterVersion\":2}}\n", sink));
}

TEST(DamagedCheckpoint, EveryTruncationIsCorrupt) {
  const std::string bytes = FixtureBytes("deltars.parquet");
  for (size_t size = 0; size < bytes.size(); size += 61) {
    TextSink sink;
    SCOPED_TRACE(size);
    ExpectCorrupt(Read(bytes.substr(0, size), sink));
  }
}

TEST(DamagedCheckpoint, MissingMiddleIsCorrupt) {
  std::string bytes = FixtureBytes("spark_features.parquet");
  bytes.erase(1000, 500);
  TextSink sink;
  ExpectCorrupt(Read(std::move(bytes), sink));
}

class Mangled : public testing::TestWithParam<std::string> {};

INSTANTIATE_TEST_SUITE_P(RealEngines, Mangled, testing::ValuesIn(CheckpointNames()),
                         [](const auto& info) { return info.param; });

// Most damage is found; what is not (a bit in a page without a checksum) gives other actions but neither a crash nor
// another code.
TEST_P(Mangled, RandomDamageGivesAnErrorOrActions) {
  const std::string good = FixtureBytes(GetParam() + ".parquet");
  std::mt19937 random(20240229);
  int refused = 0;
  for (int round = 0; round < 150; ++round) {
    std::string bytes = good;
    for (int flips = 1 + static_cast<int>(random() % 4); flips > 0; --flips) {
      // Half of the damage to the footer, where it does most.
      const size_t from = random() % 2 == 0 ? 0 : bytes.size() / 2;
      bytes[from + random() % (bytes.size() - from)] ^= static_cast<char>(1U << (random() % 8));
    }
    TextSink sink;
    const auto status = Read(std::move(bytes), sink);
    if (status) continue;
    ++refused;
    EXPECT_EQ(status.error().code, ErrorCode::kCorruptLog);
    EXPECT_EQ(status.error().where.text(), kDamagedPath);
  }
  EXPECT_GT(refused, 0);
}

}  // namespace
}  // namespace lakeferry::parquet
