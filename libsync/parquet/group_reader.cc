#include "parquet/group_reader.h"

#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>
#include <parquet/arrow/reader.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>
#include <parquet/properties.h>

#include <algorithm>
#include <utility>

#include "parquet/access_file.h"
#include "parquet/arrow_status.h"
#include "parquet/present_columns.h"

namespace lakeferry::parquet {
namespace {

using FileReaderPtr = std::unique_ptr<::parquet::arrow::FileReader>;

// What of a column is read at once, where its pages are smaller.
constexpr int64_t kReadBytes = int64_t{128} << 10;

Result<FileReaderPtr> OpenParquet(std::shared_ptr<AccessFile> file, FooterPtr footer, arrow::MemoryPool* pool,
                                  std::string_view where) {
  return CallArrow(where, [&] {
    ::parquet::ReaderProperties properties(pool);
    properties.set_page_checksum_verification(true);
    properties.enable_buffered_stream();  // page by page, however large a row group is
    properties.set_buffer_size(kReadBytes);
    ::parquet::ArrowReaderProperties arrow_properties(/*use_threads=*/false);
    arrow_properties.set_pre_buffer(false);  // it would hold whole row groups, and read on a thread pool of Arrow's
    return ::parquet::arrow::FileReader::Make(
        pool, ::parquet::ParquetFileReader::Open(std::move(file), properties, std::move(footer)), arrow_properties);
  });
}

}  // namespace

GroupReader::GroupReader(std::string_view where, BatchSize size) : where_(where), size_(size) {}
GroupReader::~GroupReader() = default;

Result<std::unique_ptr<GroupReader>> GroupReader::Open(const RandomAccess& file, std::string_view where, BatchSize size,
                                                       arrow::MemoryPool* pool, FooterPtr footer) {
  std::unique_ptr<GroupReader> reader(new GroupReader(where, size));
  reader->input_ = std::make_shared<AccessFile>(file, pool);
  auto opened = OpenParquet(reader->input_, std::move(footer), pool, where);
  if (!opened) return reader->Cause(std::move(opened).error());
  reader->reader_ = *std::move(opened);
  return reader;
}

FooterPtr GroupReader::footer() const { return reader_->parquet_reader()->metadata(); }

std::unexpected<Error> GroupReader::Cause(Error error) const {
  if (input_->failure()) error = *input_->failure();
  return std::unexpected(std::move(error));
}

Status GroupReader::Read(int group, const CheckpointColumns& columns, const std::function<Status(BatchPtr)>& take) {
  auto batches = Begin(group, columns);
  if (!batches) return Cause(std::move(batches).error());
  if (*batches == nullptr) return {};
  int64_t rows_left = footer()->RowGroup(group)->num_rows();
  for (;;) {
    auto batch = Next(**batches);
    if (!batch) return Cause(std::move(batch).error());
    if (*batch == nullptr || (*batch)->num_rows() == 0 || (*batch)->num_rows() > rows_left) {
      if (*batch == nullptr && rows_left == 0) return {};
      return CorruptCheckpoint("the checkpoint holds another number of rows than its footer counts", where_);
    }
    rows_left -= (*batch)->num_rows();
    LF_TRY_OK(take(*std::move(batch)));
  }
}

// Null for a row group without actions.
Result<std::unique_ptr<arrow::RecordBatchReader>> GroupReader::Begin(int group, const CheckpointColumns& columns) {
  using Batches = std::unique_ptr<arrow::RecordBatchReader>;
  return CallArrow(where_, [&]() -> arrow::Result<Batches> {
    auto& file = *reader_->parquet_reader();
    const auto chosen = PresentColumns(file, group, columns.ForRowGroup(*file.metadata(), group), columns.keys);
    if (chosen.empty()) return Batches();
    reader_->set_batch_size(BatchRows(*file.metadata()->RowGroup(group), chosen));
    return reader_->GetRecordBatchReader({group}, chosen);
  });
}

// The next batch, or null at the end.
Result<BatchPtr> GroupReader::Next(arrow::RecordBatchReader& batches) const {
  return CallArrow(where_, [&]() -> arrow::Result<BatchPtr> {
    ARROW_ASSIGN_OR_RAISE(auto batch, batches.Next());
    // Offsets within their buffers, children as long as their parents, texts that are UTF-8.
    if (batch != nullptr) ARROW_RETURN_NOT_OK(batch->ValidateFull());
    return batch;
  });
}

int64_t GroupReader::BatchRows(const ::parquet::RowGroupMetaData& group, const std::vector<int>& columns) const {
  int64_t bytes = 0;
  for (const int column : columns) {
    const int64_t chunk = group.ColumnChunk(column)->total_uncompressed_size();
    bytes += std::clamp<int64_t>(chunk, 0, int64_t{1} << 40);
  }
  const int64_t row_bytes = std::max<int64_t>(1, bytes / std::max<int64_t>(1, group.num_rows()));
  return std::clamp<int64_t>(size_.bytes / row_bytes, 1, size_.rows_max);
}

}  // namespace lakeferry::parquet
