#include "workflow/command/child_output.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/shown_text.h"

namespace lakeferry {
namespace {

using SteadyClock = std::chrono::steady_clock;
constexpr int kLookMs = 50;  // how often a stop is looked for
constexpr size_t kErrorBytesMax = 4096;
constexpr size_t kShownErrorBytes = 500;

// Both ends of a pipe, which close with it.
class Pipe {
 public:
  Pipe() { good_ = ::pipe2(ends_, O_CLOEXEC) == 0; }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    CloseWriter();
    CloseReader();
  }
  [[nodiscard]] bool good() const { return good_; }
  [[nodiscard]] int reader() const { return ends_[0]; }
  [[nodiscard]] int writer() const { return ends_[1]; }
  void CloseWriter() { Close(ends_[1]); }
  void CloseReader() { Close(ends_[0]); }

 private:
  static void Close(int& fd) {
    if (fd >= 0) ::close(fd);
    fd = -1;
  }
  int ends_[2] = {-1, -1};
  bool good_ = false;
};

std::vector<char*> Pointers(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

std::vector<std::string> EnvironmentOf(const ChildOrder& order) {
  std::vector<std::string> all = order.environment;
  for (const char* name : kPassedVariables) {
    if (const char* value = std::getenv(name)) all.push_back(fmt::format("{}={}", name, value));
  }
  return all;
}

// 0, or what went wrong.
int Start(const ChildOrder& order, const Pipe& out, const Pipe& err, pid_t& id) {
  std::vector<std::string> words = order.command;
  std::vector<std::string> variables = EnvironmentOf(order);
  posix_spawn_file_actions_t actions{};
  posix_spawnattr_t attributes{};
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, out.writer(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err.writer(), STDERR_FILENO);
  posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  posix_spawnattr_setpgroup(&attributes, 0);
  sigset_t signals;
  sigemptyset(&signals);
  posix_spawnattr_setsigmask(&attributes, &signals);
  sigfillset(&signals);
  posix_spawnattr_setsigdefault(&attributes, &signals);
  const int error = ::posix_spawn(&id, words.front().c_str(), &actions, &attributes, Pointers(words).data(),
                                  Pointers(variables).data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

// A child and its group, which end with this.
class Group {
 public:
  explicit Group(pid_t id) : id_(id) {}
  Group(const Group&) = delete;
  Group& operator=(const Group&) = delete;
  ~Group() { Finish(); }
  // Its number stays its own until Finish.
  [[nodiscard]] bool ended() const {
    siginfo_t info{};
    return ::waitid(P_PID, static_cast<id_t>(id_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == id_;
  }
  // Whoever is left of it is killed. The wait status.
  int Finish() {
    if (id_ == 0) return status_;
    ::kill(-id_, SIGKILL);
    while (::waitpid(id_, &status_, 0) < 0 && errno == EINTR) continue;
    id_ = 0;
    return status_;
  }

 private:
  pid_t id_;
  int status_ = 0;
};

struct Written {
  std::string out;
  std::string err;  // its end
};

// What can be read now; false at the end of the pipe.
bool ReadSome(Pipe& pipe, std::string& text) {
  std::array<char, 1 << 16> room;
  const ssize_t got = ::read(pipe.reader(), room.data(), room.size());
  if (got > 0) text.append(room.data(), static_cast<size_t>(got));
  if (got == 0) pipe.CloseReader();
  return got > 0;
}

// Waits a little for either; true where something came.
bool ReadBoth(Pipe& out, Pipe& err, Written& written, int wait_ms) {
  std::array<pollfd, 2> waiting{pollfd{.fd = out.reader(), .events = POLLIN, .revents = 0},
                                pollfd{.fd = err.reader(), .events = POLLIN, .revents = 0}};
  if (::poll(waiting.data(), waiting.size(), wait_ms) <= 0) return false;
  bool came = false;
  if (waiting[0].revents != 0) came = ReadSome(out, written.out);
  if (waiting[1].revents != 0) came = ReadSome(err, written.err) || came;
  if (written.err.size() > 2 * kErrorBytesMax) written.err.erase(0, written.err.size() - kErrorBytesMax);
  return came;
}

std::unexpected<Error> Failed(ErrorCode code, const ChildOrder& order, std::string_view why, std::string_view said) {
  std::string message = fmt::format("the program for runs {}", why);
  while (said.ends_with('\n')) said.remove_suffix(1);
  const size_t begin = said.size() > kErrorBytesMax ? said.size() - kErrorBytesMax : 0;
  if (!said.empty()) message += ": " + OneLine(FitToShow(said.substr(begin), kShownErrorBytes));
  return Fail(code, std::move(message), order.command.front(),
              "run it by hand, as the user of the service, to see what is wrong");
}

// Until it has ended and all that it wrote is read, whoever else holds the pipes.
Status Follow(const ChildOrder& order, Group& group, Pipe& out, Pipe& err, Written& written,
              const std::stop_token& stop) {
  const SteadyClock::time_point end = SteadyClock::now() + order.longest;
  for (;;) {
    const bool ended = group.ended();  // before the look: what it wrote is there then
    const bool came = ReadBoth(out, err, written, ended ? 0 : kLookMs);
    if (written.out.size() > order.bytes_max) {
      return Failed(ErrorCode::kInvalidArgument, order, fmt::format("writes more than {} bytes", order.bytes_max), {});
    }
    if (ended && !came) return {};
    if (stop.stop_requested()) return Fail(ErrorCode::kCancelled, "stopped", order.command.front());
    if (SteadyClock::now() >= end) {
      return Failed(ErrorCode::kUnavailable, order,
                    fmt::format("took longer than {} ms, and was ended", order.longest.count()), written.err);
    }
  }
}

}  // namespace

Result<std::string> RunChild(const ChildOrder& order, const std::stop_token& stop) {
  Pipe out;
  Pipe err;
  if (!out.good() || !err.good()) {
    return Failed(ErrorCode::kUnavailable, order, fmt::format("cannot be started: {}", std::strerror(errno)), {});
  }
  pid_t id = 0;
  const int error = Start(order, out, err, id);
  if (error != 0) {
    return Failed(ErrorCode::kInvalidArgument, order, fmt::format("cannot be started: {}", std::strerror(error)), {});
  }
  out.CloseWriter();
  err.CloseWriter();
  Group group(id);
  Written written;
  LF_TRY_OK(Follow(order, group, out, err, written, stop));
  const int status = group.Finish();
  if (WIFSIGNALED(status)) {
    return Failed(ErrorCode::kUnavailable, order, fmt::format("was ended by signal {}", WTERMSIG(status)), written.err);
  }
  if (WEXITSTATUS(status) != 0) {
    return Failed(ErrorCode::kUnavailable, order, fmt::format("ended with exit code {}", WEXITSTATUS(status)),
                  written.err);
  }
  return std::move(written.out);
}

}  // namespace lakeferry
