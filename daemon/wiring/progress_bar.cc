#include "daemon/wiring/progress_bar.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <boost/asio/steady_timer.hpp>
#include <string>
#include <tuple>
#include <utility>

namespace lakeferry {
namespace {

constexpr Millis kFirstAfter{1'000};
constexpr Millis kEach{200};
constexpr size_t kWidthUnknown = 80;

size_t WidthOf(int fd) {
  winsize size{};
  return ::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : kWidthUnknown;
}

// What a terminal does not take is not worth a word.
void Write(int fd, const std::string& text) { std::ignore = ::write(fd, text.data(), text.size()); }

}  // namespace

struct ProgressBar::State {
  State(const boost::asio::any_io_executor& engine, const Clock& time, Look ask, int where)
      : timer(engine), clock(time), look(std::move(ask)), fd(where) {}

  void Show() {
    const std::optional<ProgressSample> sample = look();
    if (!sample) return Wipe();
    // One column is left free, so that no terminal begins another line; a line of the log begins where this does.
    Write(fd, "\r" + text.Line(*sample, clock.Monotonic(), WidthOf(fd) - 1) + "\x1b[K\r");
    shown = true;
  }
  void Wipe() {
    if (shown) Write(fd, "\r\x1b[K");
    shown = false;
  }

  boost::asio::steady_timer timer;
  const Clock& clock;
  Look look;
  int fd;
  ProgressText text;
  bool shown = false;
};

ProgressBar::ProgressBar(boost::asio::any_io_executor engine, const Clock& clock, Look look, int fd) {
  if (::isatty(fd) == 0) return;
  state_ = std::make_shared<State>(engine, clock, std::move(look), fd);
  state_->timer.expires_after(kFirstAfter);
  Wait(state_);
}

ProgressBar::~ProgressBar() {
  if (!state_) return;
  state_->timer.cancel();
  state_->Wipe();
}

void ProgressBar::Wait(const std::shared_ptr<State>& state) {
  state->timer.async_wait([weak = std::weak_ptr(state)](const boost::system::error_code& error) {
    const std::shared_ptr<State> live = weak.lock();
    if (error || !live) return;
    live->Show();
    live->timer.expires_after(kEach);
    Wait(live);
  });
}

}  // namespace lakeferry
