// Refreshing: credentials of any cloud that end and are asked for anew before they do. One asks, whoever comes
// meanwhile gets what is good still, or waits for the one.
#pragma once

#include <algorithm>
#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "async/call.h"
#include "async/event.h"
#include "async/task.h"
#include "base/result.h"
#include "base/time.h"
#include "env/clock.h"

namespace lakeferry {

// So long before their end credentials are asked for anew; where they live shorter, in the middle of their life.
inline constexpr Millis kRefreshBefore{300'000};
// After an attempt that failed, those that are good still serve for so long before the next.
inline constexpr Millis kRefreshPause{15'000};
// One attempt.
inline constexpr Millis kRefreshLongest{60'000};

// When to ask for others; absent for those that last.
[[nodiscard]] inline std::optional<TimeMs> RefreshTime(std::optional<TimeMs> ends, TimeMs now) {
  if (!ends) return std::nullopt;
  return *ends - std::min(kRefreshBefore, (*ends - now) / 2);
}

// `Value` has `ends`, a time or nothing. Lives on one executor; must outlive whoever waits.
template <typename Value>
class Refreshing {
 public:
  using Fetch = std::function<Task<Result<Value>>(Call call)>;

  // `fetch` asks for fresh ones; `clock` outlives this.
  Refreshing(boost::asio::any_io_executor executor, const Clock& clock, Fetch fetch)
      : executor_(std::move(executor)), clock_(clock), fetch_(std::move(fetch)) {}

  // Those that are good at this moment. The errors of `fetch`: of the attempt that was waited for; after one that its
  // own caller has stopped, the next who waits makes another.
  Task<Result<Value>> Get(Call call) {
    for (;;) {
      LF_CO_TRY_OK(CheckWanted(call, clock_.Monotonic()));
      if (IsGood() && (!IsDue() || refresh_)) co_return *value_;
      if (!refresh_) {
        Result<Value> fresh = co_await Refresh(call);
        co_return fresh;
      }
      const std::shared_ptr<Attempt> attempt = refresh_;
      co_await attempt->over.Wait();
      if (attempt->error && attempt->error->code != ErrorCode::kCancelled) co_return std::unexpected(*attempt->error);
    }
  }

  // What is good at this moment, without asking for anything.
  [[nodiscard]] std::optional<Value> Peek() const { return IsGood() ? value_ : std::nullopt; }
  // One that somebody else has asked for.
  void Take(Value value) {
    due_ = RefreshTime(value.ends, clock_.WallTime());
    before_ = std::exchange(value_, std::move(value));
  }

  // What is kept serves no longer. Whoever asks for that says of which; others that came meanwhile stay.
  template <typename Same>
  void Drop(Same&& same) {
    if (value_ && same(*value_)) value_.reset();
  }

 private:
  struct Attempt {
    explicit Attempt(boost::asio::any_io_executor executor) : over(std::move(executor)) {}
    Event over;
    std::optional<Error> error;
  };
  // Ends an attempt, however its coroutine ends.
  struct Ending {
    Refreshing* owner;
    std::shared_ptr<Attempt> attempt;
    ~Ending() {
      owner->refresh_.reset();
      attempt->over.Set();
    }
  };

  [[nodiscard]] bool IsGood() const { return value_ && (!value_->ends || clock_.WallTime() < *value_->ends); }
  [[nodiscard]] bool IsDue() const {
    return due_ && clock_.WallTime() >= *due_ && (!failed_ || clock_.Monotonic() >= *failed_ + kRefreshPause);
  }

  Task<Result<Value>> Refresh(Call call) {
    const auto attempt = std::make_shared<Attempt>(executor_);
    refresh_ = attempt;
    const Ending ending{.owner = this, .attempt = attempt};
    attempt->error = Fail(ErrorCode::kCancelled, "stopped").error();
    Result<Value> fresh = co_await fetch_(call.Within(clock_.Monotonic(), kRefreshLongest));
    if (fresh) {
      attempt->error.reset();
      failed_.reset();
      due_ = RefreshTime(fresh->ends, clock_.WallTime());
      before_ = std::exchange(value_, *fresh);
      co_return fresh;
    }
    attempt->error = fresh.error();
    failed_ = clock_.Monotonic();
    if (IsGood() && fresh.error().code != ErrorCode::kCancelled) co_return *value_;
    co_return fresh;
  }

  boost::asio::any_io_executor executor_;
  const Clock& clock_;
  Fetch fetch_;
  std::optional<Value> value_;
  std::optional<Value> before_;  // texts about requests that it signed come later
  std::optional<TimeMs> due_;
  std::optional<Millis> failed_;
  std::shared_ptr<Attempt> refresh_;
};

}  // namespace lakeferry
