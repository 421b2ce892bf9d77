// OffloadWithin: as Offload (async/offload.h), but waited for only as long as the call says: a device that does not
// answer holds its thread, and nobody else.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

#include "async/call.h"
#include "async/offload.h"

namespace lakeferry {

// kShort: a look, which takes less time than to wake a thread for it; it waits until some have gathered.
enum class JobLength { kShort, kLong };

// The same for a function that keeps what comes of it. False where the call was over before it had ended.
Task<bool> OffloadWorkWithin(boost::asio::any_io_executor pool, Call call, std::function<void()> function,
                             JobLength length);

// Why nobody waits any longer for what `where` was asked: kCancelled after a stop, else kUnavailable.
[[nodiscard]] Error NoAnswer(const Call& call, std::string_view where);

// Absent when a stop or the deadline of `call` came first. `function` then goes on by itself, and what comes of it is
// dropped: it must own all that it touches. The pool must have ended before the awaiting coroutine's executor does.
template <typename Function>
Task<std::optional<std::invoke_result_t<Function&>>> OffloadWithin(boost::asio::any_io_executor pool, Call call,
                                                                   Function function,
                                                                   JobLength length = JobLength::kLong) {
  using Answer = std::invoke_result_t<Function&>;
  if (length == JobLength::kLong && !call.deadline && !call.stop.stop_possible()) {
    Answer answer = co_await Offload(std::move(pool), std::move(function));
    co_return std::optional<Answer>(std::move(answer));
  }
  struct Work {
    Function function;
    std::optional<Answer> answer;
  };
  auto work = std::make_shared<Work>(Work{.function = std::move(function), .answer = {}});
  const bool ended = co_await OffloadWorkWithin(
      std::move(pool), std::move(call), [work] { work->answer.emplace(work->function()); }, length);
  if (!ended) co_return std::nullopt;
  co_return std::move(work->answer);
}

}  // namespace lakeferry
