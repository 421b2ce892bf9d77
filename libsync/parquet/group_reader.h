// GroupReader: the row groups of one checkpoint file as batches of rows. Used by one thread; each of several threads
// that read a file has one of its own.
#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/random_access.h"
#include "base/result.h"
#include "parquet/checkpoint_columns.h"

namespace parquet {
class RowGroupMetaData;
namespace arrow {
class FileReader;
}  // namespace arrow
}  // namespace parquet

namespace lakeferry::parquet {

class AccessFile;

using BatchPtr = std::shared_ptr<arrow::RecordBatch>;
using FooterPtr = std::shared_ptr<::parquet::FileMetaData>;

struct BatchSize {
  int64_t bytes = 0;     // about as many of decoded columns
  int64_t rows_max = 0;  // but never more rows
};

// Errors: kCorruptLog at `where` for what is no Parquet file or not as its footer says; those of `file` as they are.
class GroupReader {
 public:
  // `file` and `pool` must outlive the reader and the batches it gives. `footer`: of another reader of the file, if
  // any.
  [[nodiscard]] static Result<std::unique_ptr<GroupReader>> Open(const RandomAccess& file, std::string_view where,
                                                                 BatchSize size, arrow::MemoryPool* pool,
                                                                 FooterPtr footer = nullptr);
  ~GroupReader();

  [[nodiscard]] FooterPtr footer() const;

  // Gives the batches of a row group to `take`, whose error is returned as it is. Of `columns` only those are in them
  // that hold anything in the row group; of one that holds nothing there are no batches. Each batch has been looked
  // over: offsets, lengths, texts that are UTF-8.
  Status Read(int group, const CheckpointColumns& columns, const std::function<Status(BatchPtr)>& take);

 private:
  GroupReader(std::string_view where, BatchSize size);
  Result<std::unique_ptr<arrow::RecordBatchReader>> Begin(int group, const CheckpointColumns& columns);
  Result<BatchPtr> Next(arrow::RecordBatchReader& batches) const;
  [[nodiscard]] int64_t BatchRows(const ::parquet::RowGroupMetaData& group, const std::vector<int>& columns) const;
  // The error, or the one that the file failed with: that it could not be read says nothing of what is in it.
  [[nodiscard]] std::unexpected<Error> Cause(Error error) const;

  const std::string where_;
  const BatchSize size_;
  std::shared_ptr<AccessFile> input_;
  std::unique_ptr<::parquet::arrow::FileReader> reader_;
};

}  // namespace lakeferry::parquet
