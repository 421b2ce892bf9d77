// Offload: runs a blocking call on a pool and resumes the awaiting coroutine on its own executor. Adapters use it for
// file I/O, hashing, SQLite and Parquet, so that the engine thread never blocks.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <type_traits>
#include <utility>

#include "env/task.h"

namespace lakeferry {

// `call` runs on `pool`; it must not touch anything the engine thread uses meanwhile.
template <typename Call>
Task<std::invoke_result_t<Call&>> Offload(boost::asio::any_io_executor pool, Call call) {
  using R = std::invoke_result_t<Call&>;
  auto body = [](Call inner) -> Task<R> { co_return inner(); };
  co_return co_await boost::asio::co_spawn(pool, body(std::move(call)), boost::asio::use_awaitable);
}

}  // namespace lakeferry
