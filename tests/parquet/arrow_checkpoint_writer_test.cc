#include "parquet/arrow_checkpoint_writer.h"

#include <arrow/io/memory.h>
#include <arrow/memory_pool.h>
#include <fmt/format.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>

#include <algorithm>
#include <functional>

#include "base/bytes_access.h"
#include "parquet/arrow_checkpoint_reader.h"
#include "tests/parquet/action_text.h"
#include "tests/support/slow_build.h"

namespace lakeferry::parquet {
namespace {

using delta::ActionSink;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view kWriterPath = "t/_delta_log/00000000000000000001.checkpoint.parquet";

struct Written {
  std::string bytes;
  delta::CheckpointSummary summary;
  size_t piece_max = 0;    // the most that became ready at once
  int64_t memory_max = 0;  // the most that Arrow held meanwhile
};

Written Write(const std::function<Status(ActionSink&, const std::function<void()>& take)>& feed,
              CheckpointSizes sizes = {}) {
  const auto encoder = ArrowCheckpointWriter(sizes).Begin();
  Written written;
  const auto take = [&] {
    const std::string piece = encoder->TakeBytes();
    written.bytes += piece;
    written.piece_max = std::max(written.piece_max, piece.size());
    written.memory_max = std::max(written.memory_max, arrow::default_memory_pool()->bytes_allocated());
  };
  const auto fed = feed(*encoder, take);
  EXPECT_TRUE(fed) << ToString(fed.error());
  const auto summary = encoder->Finish();
  EXPECT_TRUE(summary) << ToString(summary.error());
  take();
  if (summary) written.summary = *summary;
  EXPECT_EQ(static_cast<size_t>(written.summary.bytes), written.bytes.size());
  return written;
}

std::vector<std::string> Lines(const std::string& bytes) {
  TextSink sink;
  const auto status = ArrowCheckpointReader().Read(BytesAccess(bytes), kWriterPath, sink);
  EXPECT_TRUE(status) << ToString(status.error());
  return sink.lines();
}

std::shared_ptr<::parquet::FileMetaData> Footer(const std::string& bytes) {
  return ::parquet::ParquetFileReader::Open(std::make_shared<arrow::io::BufferReader>(arrow::Buffer::FromString(bytes)))
      ->metadata();
}

delta::DeletionVector FileVector() {
  return {.storage_type = "u",
          .path_or_inline_dv = "ab^-aqEH.-t@S}K{vb[*k^",
          .offset = 4,
          .size_in_bytes = 40,
          .cardinality = int64_t{1} << 40};
}
delta::DeletionVector InlineVector() {
  return {.storage_type = "i",
          .path_or_inline_dv = "wi5b=000010000siXQKl0rr91000f55c8Xg0@@D72lkbi5=-{L",
          .size_in_bytes = 44,
          .cardinality = 6};
}

delta::AddFile FullAdd() {
  return {.path = "p=%2523%253F/caf\xC3\xA9 \"x\".parquet",
          .partition_values = {{"p", "#?"}, {"q", std::nullopt}, {"r", ""}},
          .size = int64_t{1} << 41,
          .modification_time = 1'700'000'000'000,
          .data_change = true,
          .stats = "{\"numRecords\":3}",
          .tags = delta::NullableMap{{"t", "1"}, {"u", std::nullopt}},
          .deletion_vector = FileVector(),
          .base_row_id = 0,
          .default_row_commit_version = 17,
          .clustering_provider = "liquid"};
}
delta::AddFile PlainAdd(std::string path) { return {.path = std::move(path), .size = 5, .modification_time = 6}; }

delta::RemoveFile FullRemove() {
  return {.path = "gone",
          .deletion_timestamp = 9,
          .extended_file_metadata = true,
          .partition_values = delta::NullableMap{{"p", std::nullopt}},
          .size = 0,
          .stats = "{}",
          .tags = delta::NullableMap{{"t", "1"}},
          .deletion_vector = InlineVector(),
          .base_row_id = 3,
          .default_row_commit_version = 4};
}

delta::Metadata FullMetadata() {
  return {.id = "id",
          .name = "name",
          .description = "about it",
          .format_provider = "parquet",
          .format_options = {{"o", "1"}},
          .schema_string = R"({"type":"struct","fields":[]})",
          .partition_columns = {"p", "q"},
          .created_time = 1,
          .configuration = {{"delta.appendOnly", "true"}, {"k", ""}}};
}

// What a checkpoint keeps of an action, as the sink of a reader is given it.
template <typename Action>
std::vector<std::string> Expected(std::vector<Action> actions, Status (ActionSink::*receive)(Action&&)) {
  TextSink sink;
  for (Action& action : actions) {
    if constexpr (requires { action.data_change; }) action.data_change = false;
    if constexpr (std::is_same_v<Action, delta::RemoveFile>) action.stats.reset(), action.tags.reset();
    EXPECT_TRUE((sink.*receive)(std::move(action)));
  }
  return sink.lines();
}

template <typename Action>
void ExpectKept(const std::vector<Action>& actions, Status (ActionSink::*receive)(Action&&)) {
  const Written written = Write([&](ActionSink& sink, const auto&) -> Status {
    for (const Action& action : actions) LF_TRY_OK((sink.*receive)(Action(action)));
    return {};
  });
  EXPECT_EQ(Lines(written.bytes), Expected(actions, receive));
  EXPECT_EQ(written.summary.actions, static_cast<int64_t>(actions.size()));
  EXPECT_EQ(written.summary.adds, (std::is_same_v<Action, delta::AddFile>) ? written.summary.actions : 0);
}

TEST(ArrowCheckpointWriter, KeepsAddsWithEveryFieldAndWithNone) {
  delta::AddFile other = PlainAdd("c");
  other.deletion_vector = InlineVector();
  other.tags = delta::NullableMap{};
  other.stats = "";
  ExpectKept<delta::AddFile>({FullAdd(), PlainAdd("b"), other, FullAdd()}, &ActionSink::OnAdd);
}

TEST(ArrowCheckpointWriter, KeepsRemovesButTheirStatsAndTags) {
  delta::RemoveFile empty_map{.path = "c"};
  empty_map.partition_values = delta::NullableMap{};
  ExpectKept<delta::RemoveFile>({FullRemove(), {.path = "b"}, empty_map}, &ActionSink::OnRemove);
}

TEST(ArrowCheckpointWriter, KeepsMetadata) {
  ExpectKept<delta::Metadata>({FullMetadata(), {.id = "i", .schema_string = "{}"}}, &ActionSink::OnMetadata);
}

TEST(ArrowCheckpointWriter, KeepsProtocolsWithAndWithoutFeatures) {
  ExpectKept<delta::Protocol>({{.min_reader_version = 3,
                                .min_writer_version = 7,
                                .reader_features = std::vector<std::string>{"deletionVectors", "columnMapping"},
                                .writer_features = std::vector<std::string>{}},
                               {.min_reader_version = 1, .min_writer_version = 2}},
                              &ActionSink::OnProtocol);
}

TEST(ArrowCheckpointWriter, KeepsTransactions) {
  ExpectKept<delta::Txn>({{.app_id = "a", .version = -1, .last_updated = 5}, {.app_id = "b", .version = 9}},
                         &ActionSink::OnTxn);
}

TEST(ArrowCheckpointWriter, KeepsDomainsButRemovedOnes) {
  ExpectKept<delta::DomainMetadata>({{.domain = "d", .configuration = "{\"a\":1}"}}, &ActionSink::OnDomainMetadata);
  const Written written = Write([](ActionSink& sink, const auto&) {
    return sink.OnDomainMetadata({.domain = "d", .configuration = "", .removed = true});
  });
  EXPECT_THAT(Lines(written.bytes), ElementsAre());
  EXPECT_EQ(written.summary.actions, 0);
}

TEST(ArrowCheckpointWriter, KeepsTheOrderOfDifferentActions) {
  const Written written = Write([](ActionSink& sink, const auto&) -> Status {
    LF_TRY_OK(sink.OnAdd(PlainAdd("a")));
    LF_TRY_OK(sink.OnTxn({.app_id = "t", .version = 1}));
    LF_TRY_OK(sink.OnCdc({.path = "passed over"}));
    LF_TRY_OK(sink.OnCommitInfo({}));
    LF_TRY_OK(sink.OnProtocol({}));
    LF_TRY_OK(sink.OnRemove({.path = "r"}));
    return sink.OnAdd(PlainAdd("b"));
  });
  EXPECT_THAT(Lines(written.bytes), ElementsAre(HasSubstr("\"a\""), HasSubstr("txn"), HasSubstr("protocol"),
                                                HasSubstr("remove"), HasSubstr("\"b\"")));
  EXPECT_EQ(written.summary.actions, 5);
  EXPECT_EQ(written.summary.adds, 2);
}

TEST(ArrowCheckpointWriter, NoActionsAreAFileOfNoRows) {
  const Written written = Write([](ActionSink&, const auto&) { return Status(); });
  EXPECT_THAT(Lines(written.bytes), ElementsAre());
  EXPECT_EQ(written.summary.actions, 0);
}

TEST(ArrowCheckpointWriter, RefusesWhatAClassicCheckpointCannotHold) {
  const auto sidecar = ArrowCheckpointWriter().Begin()->OnSidecar({});
  ASSERT_FALSE(sidecar);
  EXPECT_EQ(sidecar.error().code, ErrorCode::kInternal);
  EXPECT_FALSE(ArrowCheckpointWriter().Begin()->OnCheckpointMetadata(1));
  for (const int64_t size : {int64_t{1} << 31, int64_t{-1}}) {
    delta::AddFile add = FullAdd();
    add.deletion_vector->size_in_bytes = size;
    const auto added = ArrowCheckpointWriter().Begin()->OnAdd(std::move(add));
    ASSERT_FALSE(added);
    EXPECT_EQ(added.error().code, ErrorCode::kCorruptLog);
    EXPECT_THAT(added.error().message, HasSubstr("beyond 32 bits"));
  }
}

// Adds whose every text differs, every seventh with all there is; the rest is between them.
Status FeedMany(ActionSink& sink, int rows, const std::function<void()>& take) {
  for (int i = 0; i < rows; ++i) {
    delta::AddFile add = i % 7 == 0 ? FullAdd() : PlainAdd("");
    add.path = fmt::format("part-{:05}-{:032x}.parquet", i, i * 0x9e3779b97f4a7c15ULL);
    add.stats = fmt::format(R"({{"numRecords":{},"minValues":{{"x":{}}}}})", i, i * 0x9e3779b97f4a7c15ULL) +
                std::string(150, ' ');
    LF_TRY_OK(sink.OnAdd(std::move(add)));
    if (i % 1000 == 0) LF_TRY_OK(sink.OnTxn({.app_id = fmt::format("app {}", i), .version = i}));
    take();
  }
  return {};
}

TEST(ArrowCheckpointWriter, ManyRowsMakeSeveralRowGroupsAndComeBackInOrder) {
  constexpr int kRows = 5'000;
  TextSink expected;
  ASSERT_TRUE(FeedMany(expected, kRows, [] {}));
  for (const CheckpointSizes& sizes : {CheckpointSizes{.batch_rows = 175, .group_rows = 750},
                                       CheckpointSizes{.batch_bytes = 25'000, .group_bytes = 250'000}}) {
    const Written written =
        Write([](ActionSink& sink, const auto& take) { return FeedMany(sink, kRows, take); }, sizes);
    EXPECT_GE(Footer(written.bytes)->num_row_groups(), 5);
    EXPECT_EQ(Footer(written.bytes)->num_rows(), kRows + kRows / 1000);
    auto lines = expected.lines();
    for (auto& line : lines) {
      const std::string change = R"(,"dataChange":true)";
      if (const auto at = line.find(change); at != std::string::npos) line.erase(at, change.size());
    }
    EXPECT_EQ(Lines(written.bytes), lines);
  }
}

#if !LAKEFERRY_SLOW_BUILD  // sizes are what these show, the same in every build

TEST(ArrowCheckpointReader, HoldsPagesAndABatchHoweverLargeTheRowGroupIs) {
  constexpr int kRows = 200'000;
  const Written written = Write([](ActionSink& sink, const auto& take) { return FeedMany(sink, kRows, take); },
                                {.group_rows = kRows * 2, .group_bytes = int64_t{1} << 40});
  ASSERT_EQ(Footer(written.bytes)->num_row_groups(), 1);
  ASSERT_GT(Footer(written.bytes)->RowGroup(0)->total_byte_size(), int64_t{50} << 20);
  struct Counting final : ActionSink {
    int adds = 0;
    Status OnAdd(delta::AddFile&&) override { return ++adds, Status(); }
  } sink;
  const auto status = ArrowCheckpointReader({.memory_bytes_max = int64_t{24} << 20})
                          .Read(BytesAccess(written.bytes), kWriterPath, sink);
  EXPECT_TRUE(status) << ToString(status.error());
  EXPECT_EQ(sink.adds, kRows);
}

TEST(ArrowCheckpointWriter, HoldsOneRowGroupHoweverManyRowsThereAre) {
  constexpr int kRows = 300'000;
  const int64_t before = arrow::default_memory_pool()->bytes_allocated();
  const Written written = Write([](ActionSink& sink, const auto& take) { return FeedMany(sink, kRows, take); });
  EXPECT_GE(Footer(written.bytes)->num_row_groups(), 4);
  EXPECT_LT(written.memory_max - before, int64_t{48} << 20);
  EXPECT_LT(written.piece_max, size_t{24} << 20);
  EXPECT_EQ(arrow::default_memory_pool()->bytes_allocated(), before);
}

#endif

}  // namespace
}  // namespace lakeferry::parquet
