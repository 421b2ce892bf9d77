// How the random logs are written: actions as lines, with what writers may add and leave out, and checkpoints.
#pragma once

#include <string>
#include <vector>

#include "tests/replay/dice.h"
#include "tests/replay/table_model.h"

namespace lakeferry::delta {

// One action as a line without its end; the path in one of its spellings.
[[nodiscard]] std::string LineOf(const Operation& operation, Dice& dice);
// Lines in any order with blank ones, CR LF and unknown actions between them, with or without a last line end.
[[nodiscard]] std::string CommitText(std::vector<std::string> lines, Dice& dice);
// A V2 checkpoint in JSON that says it is of `version`.
[[nodiscard]] std::string JsonCheckpoint(const TableModel& table, int64_t version, Dice& dice);
// A classic checkpoint in Parquet, in so many parts.
[[nodiscard]] std::vector<std::string> ParquetCheckpoint(const TableModel& table, size_t parts, Dice& dice);

}  // namespace lakeferry::delta
