// The border to Arrow: its statuses and exceptions become errors of ours, and none of them passes any further.
// Stateless.
#pragma once

#include <arrow/result.h>
#include <arrow/status.h>

#include <exception>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "base/result.h"

namespace lakeferry::parquet {

// kCorruptLog about the checkpoint file `where`, with the way out.
[[nodiscard]] std::unexpected<Error> CorruptCheckpoint(std::string message, std::string_view where);

// The same for what Arrow said of it; a checkpoint that needs more memory than the reader's limit is named as such.
[[nodiscard]] std::unexpected<Error> CorruptCheckpoint(const arrow::Status& status, std::string_view where);

// Runs `call`, which gives a Result of ours by way of Parquet's functions; what they throw becomes kCorruptLog.
template <typename Function>
[[nodiscard]] std::invoke_result_t<Function> CatchArrow(std::string_view where, Function&& function) {
  try {
    return std::forward<Function>(function)();
  } catch (const std::exception& e) {
    return CorruptCheckpoint(std::string("the checkpoint cannot be read as Parquet: ") + e.what(), where);
  }
}

// Runs `call`, which gives an arrow::Result; its status and what it throws become kCorruptLog.
template <typename Function>
[[nodiscard]] auto CallArrow(std::string_view where, Function&& function)
    -> Result<typename std::invoke_result_t<Function>::ValueType> {
  return CatchArrow(where, [&]() -> Result<typename std::invoke_result_t<Function>::ValueType> {
    auto result = std::forward<Function>(function)();
    if (!result.ok()) return CorruptCheckpoint(result.status(), where);
    return std::move(result).ValueUnsafe();
  });
}

}  // namespace lakeferry::parquet
