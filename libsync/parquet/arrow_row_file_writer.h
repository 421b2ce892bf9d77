// ArrowRowFileWriter: data files of rows that this program makes itself, through Apache Arrow, in the form that every
// reader of Delta takes: Snappy, lists in three levels, pages with checksums. Stateless; any thread.
#pragma once

#include "delta/row_file.h"

namespace lakeferry::parquet {

class ArrowRowFileWriter final : public delta::RowFileWriter {
 public:
  [[nodiscard]] Result<std::string> Write(std::span<const delta::Column> columns,
                                          std::span<const delta::Row> rows) const override;
};

}  // namespace lakeferry::parquet
