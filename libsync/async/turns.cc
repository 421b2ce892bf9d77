#include "async/turns.h"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <memory>
#include <stop_token>

namespace lakeferry {

struct Turns::Waiter {
  Waiter(Turns& turns, int64_t number, const boost::asio::any_io_executor& executor)
      : turns_(turns), number_(number), come_(std::make_shared<Event>(executor)) {
    turns_.waiting_.emplace(number_, this);
  }
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;
  ~Waiter() { turns_.waiting_.erase(number_); }

  Turns& turns_;
  int64_t number_;
  std::shared_ptr<Event> come_;
};

Task<Status> Turns::Await(Call call, int64_t number) {
  LF_CO_TRY_OK(failed_);
  LF_CO_TRY_OK(CheckWanted(call));
  if (number == next_) co_return Status();
  const boost::asio::any_io_executor executor = co_await boost::asio::this_coro::executor;
  const Waiter waiter(*this, number, executor);
  // A stop may come from any thread; the event is touched on its executor only.
  const std::stop_callback on_stop(call.stop, [executor, weak = std::weak_ptr(waiter.come_)] {
    boost::asio::post(executor, [weak] {
      if (const auto come = weak.lock()) come->Set();
    });
  });
  co_await waiter.come_->Wait();
  LF_CO_TRY_OK(failed_);
  co_return CheckWanted(call);
}

void Turns::Pass() {
  const auto waiting = waiting_.find(++next_);
  if (waiting != waiting_.end()) waiting->second->come_->Set();
}

void Turns::Fail(Error error) {
  if (failed_) failed_ = std::unexpected(std::move(error));
  for (const auto& [number, waiter] : waiting_) waiter->come_->Set();
}

}  // namespace lakeferry
