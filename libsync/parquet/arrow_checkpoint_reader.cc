#include "parquet/arrow_checkpoint_reader.h"

#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>
#include <arrow/util/byte_size.h>
#include <fmt/format.h>
#include <parquet/metadata.h>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "parquet/action_batch.h"
#include "parquet/arrow_status.h"
#include "parquet/checkpoint_columns.h"
#include "parquet/footer_check.h"
#include "parquet/group_reader.h"
#include "parquet/read_ahead.h"

namespace lakeferry::parquet {
namespace {

// Every action names a path or an identifier of its own, so that even the best compression leaves far fewer rows to a
// byte. A footer that claims more would have us count null rows for hours.
constexpr int64_t kRowsPerByteMax = 8;
// A few bytes that stand for a long text in every row are legal, and with equal statistics even likely; but not without
// end: what is decoded is kept by whoever receives it.
constexpr int64_t kDecodedPerByteMax = 1000;

Status CheckRowCounts(const ::parquet::FileMetaData& file, int64_t file_bytes, std::string_view where) {
  const int64_t rows_max = file_bytes * kRowsPerByteMax;
  int64_t rows = 0;
  for (int i = 0; i < file.num_row_groups(); ++i) {
    const int64_t group_rows = file.RowGroup(i)->num_rows();
    if (group_rows < 0 || group_rows > rows_max - rows) {
      return CorruptCheckpoint(
          fmt::format("the checkpoint's footer claims more rows than its {} bytes can hold", file_bytes), where);
    }
    rows += group_rows;
  }
  if (rows != file.num_rows()) {
    return CorruptCheckpoint(
        fmt::format("the checkpoint's footer counts {} rows, its row groups {}", file.num_rows(), rows), where);
  }
  return {};
}

// The batches of one file on their way to the sink.
class Delivery {
 public:
  Delivery(int64_t decoded_max, std::string_view where, delta::ActionSink& sink)
      : decoded_left_(decoded_max), where_(where), feed_(sink) {}

  Status Take(const BatchPtr& batch) {
    LF_TRY(const int64_t bytes, CallArrow(where_, [&] { return arrow::util::ReferencedBufferSize(*batch); }));
    decoded_left_ -= bytes;
    if (decoded_left_ < 0) {
      return CorruptCheckpoint(fmt::format("the checkpoint decodes to more than {} times its size", kDecodedPerByteMax),
                               where_);
    }
    if (auto fed = feed_.Feed(*batch); !fed) return FailAt(std::move(fed).error(), std::string(where_));
    return {};
  }

 private:
  int64_t decoded_left_;
  std::string_view where_;
  ActionFeed feed_;
};

}  // namespace

Status ArrowCheckpointReader::Read(const RandomAccess& file, std::string_view where, delta::ActionSink& sink) const {
  // Pools of our own: the first counts what this call uses, the second stops it. Arrow's default pool is left alone.
  arrow::ProxyMemoryPool counted(arrow::system_memory_pool());
  arrow::CappedMemoryPool pool(&counted, limits_.memory_bytes_max);
  const BatchSize size{.bytes = limits_.batch_bytes, .rows_max = limits_.batch_rows_max};
  LF_TRY_OK(CheckFooter(file, limits_.memory_bytes_max, where));
  LF_TRY(auto reader, GroupReader::Open(file, where, size, &pool));
  const FooterPtr footer = reader->footer();
  LF_TRY_OK(CatchArrow(where, [&] { return CheckRowCounts(*footer, file.size_bytes(), where); }));
  LF_TRY(const auto columns, CatchArrow(where, [&] { return ChooseColumns(*footer, sink.wants_files(), where); }));
  if (columns.base.empty()) return {};

  Delivery delivery(std::max(limits_.memory_bytes_max, file.size_bytes() * kDecodedPerByteMax), where, sink);
  const auto take = [&](const BatchPtr& batch) { return delivery.Take(batch); };
  const int groups = footer->num_row_groups();
  const int threads = std::min(limits_.threads_ahead, groups - 1);
  if (threads <= 0) {
    for (int group = 0; group < groups; ++group) LF_TRY_OK(reader->Read(group, columns, take));
    return {};
  }
  std::vector<std::unique_ptr<GroupReader>> readers;
  readers.push_back(std::move(reader));
  while (std::cmp_less(readers.size(), threads)) {
    LF_TRY(readers.emplace_back(), GroupReader::Open(file, where, size, &pool, footer));
  }
  ReadAhead ahead(std::move(readers), groups, columns);
  LF_TRY_OK(ahead.Start());
  for (int group = 0; group < groups; ++group) LF_TRY_OK(ahead.Read(group, take));
  return {};
}

}  // namespace lakeferry::parquet
