// Offload: runs a blocking call on a pool and resumes the awaiting coroutine on its own executor. Adapters use it for
// file I/O, hashing, SQLite and Parquet, so that the engine thread never blocks.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "async/task.h"

namespace lakeferry {

// The same for a call that keeps what comes of it. Apart, because what Asio makes of each takes seconds to compile.
Task<void> OffloadWork(boost::asio::any_io_executor pool, std::function<void()> function);

// `call` runs on `pool`; it must not touch anything the engine thread uses meanwhile.
template <typename Function>
Task<std::invoke_result_t<Function&>> Offload(boost::asio::any_io_executor pool, Function function) {
  struct Work {
    Function function;
    std::optional<std::invoke_result_t<Function&>> result;
  };
  auto work = std::make_shared<Work>(Work{.function = std::move(function), .result = {}});
  co_await OffloadWork(std::move(pool), [work] { work->result.emplace(work->function()); });
  co_return *std::move(work->result);
}

}  // namespace lakeferry
