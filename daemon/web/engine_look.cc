#include "daemon/web/engine_look.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace lakeferry::web {
namespace {

constexpr Millis kViewAge{500};
constexpr Millis kPatience{1'000};
constexpr Millis kLookEvery{2};

Task<EngineView> TakeView(const std::function<EngineView()>& take) { co_return take(); }

}  // namespace

EngineLook::EngineLook(boost::asio::any_io_executor server, boost::asio::any_io_executor engine,
                       std::function<EngineView()> take, Clock& clock)
    : engine_(std::move(engine)), take_(std::move(take)), clock_(clock), tasks_(std::move(server)) {}

Task<void> EngineLook::Ask() {
  EngineView view = co_await boost::asio::co_spawn(engine_, TakeView(take_), boost::asio::use_awaitable);
  view_ = std::move(view);
  view_.known = true;
  view_.taken = clock_.Monotonic();
  asking_ = false;
}

Task<EngineView> EngineLook::Look() {
  const Millis began = clock_.Monotonic();
  if (view_.known && began - view_.taken < kViewAge) co_return view_;
  if (!asking_) {
    asking_ = true;
    tasks_.Spawn(Ask());
  }
  while (asking_ && clock_.Monotonic() - began < kPatience) co_await clock_.SleepFor({}, kLookEvery);
  co_return view_;
}

Task<void> EngineLook::Join() { co_await tasks_.Join(); }

}  // namespace lakeferry::web
