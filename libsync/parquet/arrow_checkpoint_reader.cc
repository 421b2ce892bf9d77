#include "parquet/arrow_checkpoint_reader.h"

#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>
#include <arrow/util/byte_size.h>
#include <fmt/format.h>
#include <parquet/arrow/reader.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>
#include <parquet/properties.h>

#include <algorithm>
#include <memory>

#include "parquet/access_file.h"
#include "parquet/action_batch.h"
#include "parquet/arrow_status.h"
#include "parquet/checkpoint_columns.h"
#include "parquet/footer_check.h"
#include "parquet/present_columns.h"

namespace lakeferry::parquet {
namespace {

using FileReaderPtr = std::unique_ptr<::parquet::arrow::FileReader>;
using BatchPtr = std::shared_ptr<arrow::RecordBatch>;

// Every action names a path or an identifier of its own, so that even the best compression leaves far fewer rows to a
// byte. A footer that claims more would have us count null rows for hours.
constexpr int64_t kRowsPerByteMax = 8;
// A few bytes that stand for a long text in every row are legal, and with equal statistics even likely; but not without
// end: what is decoded is kept by whoever receives it.
constexpr int64_t kDecodedPerByteMax = 1000;

// What of a column is read at once, where its pages are smaller.
constexpr int64_t kReadBytes = int64_t{128} << 10;

Result<FileReaderPtr> Open(std::shared_ptr<AccessFile> file, arrow::MemoryPool* pool, std::string_view where) {
  return CallArrow(where, [&] {
    ::parquet::ReaderProperties properties(pool);
    properties.set_page_checksum_verification(true);
    properties.enable_buffered_stream();  // page by page, however large a row group is
    properties.set_buffer_size(kReadBytes);
    ::parquet::ArrowReaderProperties arrow_properties(/*use_threads=*/false);
    arrow_properties.set_pre_buffer(false);  // it would hold whole row groups, and read on a thread pool of Arrow's
    return ::parquet::arrow::FileReader::Make(pool, ::parquet::ParquetFileReader::Open(std::move(file), properties),
                                              arrow_properties);
  });
}

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

// One file while it is read.
class FileRead {
 public:
  FileRead(FileReaderPtr reader, const CheckpointLimits& limits, std::string_view where, delta::ActionSink& sink)
      : reader_(std::move(reader)), limits_(limits), where_(where), feed_(sink) {}

  Status Run(int64_t file_bytes) {
    decoded_left_ = std::max(limits_.memory_bytes_max, file_bytes * kDecodedPerByteMax);
    const auto& file = *reader_->parquet_reader()->metadata();
    LF_TRY_OK(CatchArrow(where_, [&] { return CheckRowCounts(file, file_bytes, where_); }));
    LF_TRY(const auto columns, CatchArrow(where_, [&] { return ChooseColumns(file, where_); }));
    for (int group = 0; group < file.num_row_groups(); ++group) {
      LF_TRY_OK(ReadRowGroup(file, group, columns));
    }
    return {};
  }

 private:
  Status ReadRowGroup(const ::parquet::FileMetaData& file, int group, const CheckpointColumns& columns) {
    int64_t rows_left = 0;
    LF_TRY(const auto batches, CallArrow(where_, [&] {
             auto& reader = *reader_->parquet_reader();
             const auto chosen = PresentColumns(reader, group, columns.ForRowGroup(file, group), columns.keys);
             const auto metadata = file.RowGroup(group);
             rows_left = metadata->num_rows();
             reader_->set_batch_size(BatchRows(*metadata, chosen));
             return reader_->GetRecordBatchReader({group}, chosen);
           }));
    LF_TRY(BatchPtr batch, Next(*batches));
    while (batch != nullptr && batch->num_rows() > 0 && batch->num_rows() <= rows_left) {
      LF_TRY_OK(CountDecoded(*batch));
      if (auto fed = feed_.Feed(*batch); !fed) return FailAt(std::move(fed).error(), std::string(where_));
      rows_left -= batch->num_rows();
      batch.reset();  // before the next one takes its memory
      LF_TRY(batch, Next(*batches));
    }
    if (rows_left != 0 || batch != nullptr) {
      return CorruptCheckpoint("the checkpoint holds another number of rows than its footer counts", where_);
    }
    return {};
  }

  Status CountDecoded(const arrow::RecordBatch& batch) {
    LF_TRY(const int64_t bytes, CallArrow(where_, [&] { return arrow::util::ReferencedBufferSize(batch); }));
    decoded_left_ -= bytes;
    if (decoded_left_ >= 0) return {};
    return CorruptCheckpoint(fmt::format("the checkpoint decodes to more than {} times its size", kDecodedPerByteMax),
                             where_);
  }

  // The next batch, or null at the end.
  Result<BatchPtr> Next(arrow::RecordBatchReader& batches) const {
    return CallArrow(where_, [&]() -> arrow::Result<BatchPtr> {
      ARROW_ASSIGN_OR_RAISE(auto batch, batches.Next());
      // Offsets within their buffers, children as long as their parents, texts that are UTF-8.
      if (batch != nullptr) ARROW_RETURN_NOT_OK(batch->ValidateFull());
      return batch;
    });
  }

  [[nodiscard]] int64_t BatchRows(const ::parquet::RowGroupMetaData& group, const std::vector<int>& columns) const {
    int64_t bytes = 0;
    for (const int column : columns) {
      const int64_t chunk = group.ColumnChunk(column)->total_uncompressed_size();
      bytes += std::clamp<int64_t>(chunk, 0, int64_t{1} << 40);
    }
    const int64_t row_bytes = std::max<int64_t>(1, bytes / std::max<int64_t>(1, group.num_rows()));
    return std::clamp<int64_t>(limits_.batch_bytes / row_bytes, 1, limits_.batch_rows_max);
  }

  FileReaderPtr reader_;
  const CheckpointLimits& limits_;
  std::string_view where_;
  ActionFeed feed_;
  int64_t decoded_left_ = 0;
};

}  // namespace

Status ArrowCheckpointReader::Read(const RandomAccess& file, std::string_view where, delta::ActionSink& sink) const {
  // Pools of our own: the first counts what this call uses, the second stops it. Arrow's default pool is left alone.
  arrow::ProxyMemoryPool counted(arrow::system_memory_pool());
  arrow::CappedMemoryPool pool(&counted, limits_.memory_bytes_max);
  LF_TRY_OK(CheckFooter(file, limits_.memory_bytes_max, where));
  const auto input = std::make_shared<AccessFile>(file, &pool);
  auto reader = Open(input, &pool, where);
  const Status read = reader ? FileRead(*std::move(reader), limits_, where, sink).Run(file.size_bytes())
                             : Status(std::unexpected(std::move(reader).error()));
  // That the file could not be read says nothing of what is in it.
  if (!read && input->failure()) return std::unexpected(*input->failure());
  return read;
}

}  // namespace lakeferry::parquet
