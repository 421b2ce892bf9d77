// Statistics of a file rebuilt from add.stats_parsed, for a checkpoint that keeps no JSON of them. Only what is safe:
// numRecords, nullCount and tightBounds. A minimum or maximum that is dropped costs speed; one that is written
// differently from what the engine meant costs rows.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "parquet/columns.h"

namespace lakeferry::parquet {

class ParsedStats {
 public:
  // kCorruptLog: a field that is of the wrong type.
  [[nodiscard]] static Result<ParsedStats> Make(std::string_view name, ArrayPtr array);
  // The JSON text, null fields left out as Spark does; absent where nothing is known.
  [[nodiscard]] std::optional<std::string> Json(int64_t row) const;

 private:
  StructColumn struct_;
  IntegerColumn num_records_;
  ArrayPtr null_count_;
  BoolColumn tight_bounds_;
};

}  // namespace lakeferry::parquet
