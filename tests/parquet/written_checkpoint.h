// Checkpoints that no engine of ours writes: a Parquet file in memory from a schema and rows in JSON.
#pragma once

#include <arrow/type.h>

#include <string>

namespace lakeferry::parquet {

// The file; rows as arrow::json takes them: [{"add": {"path": "x"}}, ...] (maps as lists of pairs). The test ends on an
// error of Arrow's.
[[nodiscard]] std::string WriteParquet(const arrow::FieldVector& columns, const std::string& rows);

// The same rows `times` over, as one row group.
[[nodiscard]] std::string WriteParquetRepeated(const arrow::FieldVector& columns, const std::string& rows, int times);

// The same rows once, in row groups of so many, and without the statistics that tell how many values are null.
[[nodiscard]] std::string WriteParquetWithoutStatistics(const arrow::FieldVector& columns, const std::string& rows,
                                                        int64_t group_rows);

// A struct column of a checkpoint.
[[nodiscard]] std::shared_ptr<arrow::Field> Action(const std::string& name, const arrow::FieldVector& fields);

// add with the fields that the protocol requires, and `more`.
[[nodiscard]] std::shared_ptr<arrow::Field> AddColumn(const arrow::FieldVector& more = {});

}  // namespace lakeferry::parquet
