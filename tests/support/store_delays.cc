#include "tests/support/store_delays.h"

#include <fmt/format.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>

#include "base/check.h"

namespace lakeferry {

MemoryStoreHooks StoreDelays::Hooks() {
  return {.before_effect = [this](std::string uri, StoreOperation operation,
                                  ObjectPath path) { return Delay(std::move(uri), operation, std::move(path)); },
          .after_effect = {}};
}

std::string StoreDelays::Rounds() const {
  std::string text;
  for (const auto& [round, calls] : calls_) {
    for (const auto& [call, count] : calls) text += fmt::format("{}: {} x {}\n", round, count, call);
  }
  return text;
}

int StoreDelays::Count(const std::string& call) const {
  int count = 0;
  for (const auto& [round, calls] : calls_) {
    const auto found = calls.find(call);
    if (found != calls.end()) count += found->second;
  }
  return count;
}

Task<Status> StoreDelays::Delay(std::string uri, StoreOperation operation, ObjectPath path) {
  ++calls_[(now_ - began_) / each_][fmt::format("{} {}/{}", StoreOperationName(operation), uri, path.parent().text())];
  auto timer = std::make_shared<boost::asio::steady_timer>(loop_, boost::asio::steady_timer::time_point::max());
  sleeping_.emplace(now_ + each_, timer);
  co_await timer->async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
  co_return Status{};
}

void StoreDelays::WakeNext() {
  now_ = sleeping_.begin()->first;
  for (auto next = sleeping_.begin(); next != sleeping_.end() && next->first == now_; next = sleeping_.erase(next)) {
    next->second->cancel();
  }
}

void StoreDelays::RunToEnd(Task<void> task) {
  std::exception_ptr failure;
  bool done = false;
  boost::asio::co_spawn(loop_, std::move(task), [&](std::exception_ptr error) {
    failure = error;
    done = true;
  });
  while (!done) {
    loop_.restart();
    if (loop_.poll() > 0) continue;
    if (sleeping_.empty()) {
      LF_CHECK(loop_.run_one() > 0, "the task came to its end");  // what a pool is at comes back by itself
    } else {
      WakeNext();
    }
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace lakeferry
