// `watch`: status again and again.
#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "daemon/commands/commands.h"
#include "daemon/commands/status_report.h"
#include "daemon/output/watch_output.h"
#include "daemon/wiring/log_sink.h"

namespace lakeferry {
namespace {

constexpr Millis kIntervalMin{250};
constexpr size_t kRowsUnknown = 24;

// The one thing that a signal handler may touch.
std::atomic<bool> asked_to_end = false;
void EndOnSignal(int) { asked_to_end = true; }

// While it lives, signals end the watch and not the process.
class EndsBySignal {
 public:
  EndsBySignal() {
    asked_to_end = false;
    struct sigaction action{};
    action.sa_handler = EndOnSignal;  // without SA_RESTART: it ends the wait
    ::sigaction(SIGINT, &action, &interrupt_);
    ::sigaction(SIGTERM, &action, &terminate_);
  }
  ~EndsBySignal() {
    ::sigaction(SIGINT, &interrupt_, nullptr);
    ::sigaction(SIGTERM, &terminate_, nullptr);
  }
  EndsBySignal(const EndsBySignal&) = delete;
  EndsBySignal& operator=(const EndsBySignal&) = delete;

 private:
  struct sigaction interrupt_{};
  struct sigaction terminate_{};
};

// While it lives, a terminal shows a screen of its own, and gives keys at once.
class OwnScreen {
 public:
  explicit OwnScreen(std::ostream& out) : out_(out) {
    out_ << "\x1b[?1049h\x1b[?25l" << std::flush;
    keys_ = ::isatty(STDIN_FILENO) == 1 && ::tcgetattr(STDIN_FILENO, &before_) == 0;
    if (!keys_) return;
    termios now = before_;
    now.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
    ::tcsetattr(STDIN_FILENO, TCSANOW, &now);
  }
  ~OwnScreen() {
    if (keys_) ::tcsetattr(STDIN_FILENO, TCSANOW, &before_);
    out_ << "\x1b[?25h\x1b[?1049l" << std::flush;
  }
  OwnScreen(const OwnScreen&) = delete;
  OwnScreen& operator=(const OwnScreen&) = delete;
  [[nodiscard]] bool keys() const { return keys_; }
  [[nodiscard]] static size_t Rows() {
    winsize size{};
    return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 ? size.ws_row : kRowsUnknown;
  }

 private:
  std::ostream& out_;
  termios before_{};
  bool keys_ = false;
};

// False where it is to end: by a signal or by 'q'.
bool Wait(Millis interval, bool keys) {
  const auto until = std::chrono::steady_clock::now() + interval;
  while (!asked_to_end) {
    const auto left = std::chrono::ceil<Millis>(until - std::chrono::steady_clock::now());
    if (left <= Millis(0)) return true;
    pollfd key{.fd = keys ? STDIN_FILENO : -1, .events = POLLIN, .revents = 0};
    if (::poll(&key, 1, static_cast<int>(left.count())) <= 0 || key.revents == 0) continue;
    char pressed = 0;
    if (::read(STDIN_FILENO, &pressed, 1) <= 0) keys = false;
    if (pressed == 'q') return false;
  }
  return false;
}

// The metadata store, opened anew until there is one.
class Watched {
 public:
  Watched(const Config& config, Logger& log) : config_(config), log_(log) {}
  Result<StatusReport> Read(std::optional<Role> role, const std::vector<plan::GroupSpec>& groups) {
    std::error_code unknown;
    const bool there = std::filesystem::exists(config_.metadata_store, unknown);
    if (!wiring_ || !there_) {
      LF_TRY(wiring_, Wiring::Make(config_, log_, StateUse::kLook));
    }
    there_ = there;
    return ReadStatus(role, *wiring_, config_, groups);
  }

 private:
  const Config& config_;
  Logger& log_;
  bool there_ = false;
  std::unique_ptr<Wiring> wiring_;
};

void Show(Invocation& invocation, const StatusReport& report, const OwnScreen* screen, WatchedGroups& before) {
  WatchedGroups now = WatchedOf(report);
  if (screen != nullptr) {
    invocation.out << InPlace(WithoutSecrets(ToText(report)), OwnScreen::Rows());
  } else if (!invocation.options.json) {
    invocation.out << WithoutSecrets(ChangesText(before, report));
  } else if (now != before) {
    invocation.out << ToJson(report);
  }
  invocation.out.flush();
  before = std::move(now);
}

}  // namespace

Result<int> RunWatch(Invocation& invocation, const WatchOptions& options) {
  LF_TRY(const Config config, LoadConfig(invocation));
  LF_TRY(const std::vector<plan::GroupSpec> groups, SelectGroups(config, options.group));
  LF_TRY(const Millis interval, ParseDuration(options.interval));
  if (interval < kIntervalMin) {
    return Fail(ErrorCode::kInvalidArgument, "the interval is too short", "--interval", "250ms or more");
  }
  LogSink log(CommandLog(invocation, config));
  Watched watched(config, log);
  const EndsBySignal signals;
  std::optional<OwnScreen> screen;
  const bool in_place = !invocation.options.json && ::isatty(STDOUT_FILENO) == 1;
  WatchedGroups before;
  do {
    LF_TRY(const StatusReport report, watched.Read(ChosenRole(options.role, config), groups));
    if (in_place && !screen) screen.emplace(invocation.out);
    Show(invocation, report, screen ? &*screen : nullptr, before);
  } while (invocation.out.good() && Wait(interval, screen && screen->keys()));
  return kExitDone;
}

}  // namespace lakeferry
