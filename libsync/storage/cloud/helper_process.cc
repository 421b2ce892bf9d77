#include "storage/cloud/helper_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "storage/file/unique_fd.h"

namespace lakeferry {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;
constexpr std::chrono::milliseconds kLook(100);  // how often a stop is looked for

// Its file descriptors and what it gets instead of our signals.
class Preparation {
 public:
  explicit Preparation(int output) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions_, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
    posix_spawnattr_init(&attributes_);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setpgroup(&attributes_, 0);
    sigset_t signals;
    sigemptyset(&signals);
    posix_spawnattr_setsigmask(&attributes_, &signals);
    sigfillset(&signals);
    posix_spawnattr_setsigdefault(&attributes_, &signals);
  }
  Preparation(const Preparation&) = delete;
  Preparation& operator=(const Preparation&) = delete;
  ~Preparation() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }
  // 0, or what went wrong.
  int Start(const std::vector<std::string>& command, pid_t& id) {
    std::vector<char*> words;
    words.reserve(command.size() + 1);
    for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);
    return posix_spawnp(&id, words.front(), &actions_, &attributes_, words.data(), environ);
  }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

// A child and its group, which end with this.
class Child {
 public:
  explicit Child(pid_t id) : id_(id) {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() { Finish(); }

  // Whether it has ended; its number stays its own until Finish.
  [[nodiscard]] bool ended() const {
    siginfo_t info{};
    return ::waitid(P_PID, static_cast<id_t>(id_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == id_;
  }
  // Whoever is left of the group is killed. The wait status.
  int Finish() {
    if (id_ == 0) return status_;
    ::kill(-id_, SIGKILL);
    while (::waitpid(id_, &status_, 0) < 0 && errno == EINTR) {
    }
    id_ = 0;
    return status_;
  }

 private:
  pid_t id_;
  int status_ = 0;
};

enum class Look { kMore, kNothing, kEnd };

// What is in the pipe, after at most `wait`.
Look LookAt(int pipe, std::chrono::milliseconds wait, std::span<char> room, size_t& size) {
  pollfd waiting{.fd = pipe, .events = POLLIN, .revents = 0};
  if (::poll(&waiting, 1, static_cast<int>(wait.count())) <= 0) return Look::kNothing;
  const ssize_t got = ::read(pipe, room.data() + size, room.size() - size);
  if (got < 0) return Look::kNothing;
  size += static_cast<size_t>(got);
  return got == 0 ? Look::kEnd : Look::kMore;
}

std::unexpected<Error> Failed(ErrorCode code, const std::string& program, std::string_view why) {
  return Fail(code, fmt::format("the program for credentials {}", why), program,
              "run it by hand, as the user of the service, to see what is wrong");
}

// Until it has ended and all that it wrote is in the room, whoever else holds the pipe.
Status Follow(int pipe, Child& child, std::span<char> room, size_t& size, const std::string& program, SteadyTime end,
              const std::stop_token& stop) {
  for (;;) {
    const bool ended = child.ended();  // before the look: what it wrote is there then
    const Look look = LookAt(pipe, ended ? std::chrono::milliseconds(0) : kLook, room, size);
    if (size == room.size()) return Failed(ErrorCode::kInvalidArgument, program, "writes more than 64 KiB");
    if (ended && look != Look::kMore) return {};
    if (stop.stop_requested()) return Fail(ErrorCode::kCancelled, "stopped", program);
    if (std::chrono::steady_clock::now() >= end) {
      return Failed(ErrorCode::kUnavailable, program, "took too long, and was ended");
    }
    if (look == Look::kEnd) ::poll(nullptr, 0, 5);
  }
}

}  // namespace

Result<Secret> RunHelper(const std::vector<std::string>& command, std::chrono::milliseconds longest,
                         const std::stop_token& stop) {
  const std::string& program = command.front();
  const SteadyTime end = std::chrono::steady_clock::now() + longest;
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) return Failed(ErrorCode::kUnavailable, program, std::strerror(errno));
  const UniqueFd pipe(ends[0]);
  UniqueFd output(ends[1]);
  pid_t id = 0;
  const int error = Preparation(output.get()).Start(command, id);
  if (error != 0) {
    return Failed(ErrorCode::kInvalidArgument, program, fmt::format("cannot be started: {}", std::strerror(error)));
  }
  output = UniqueFd();
  Child child(id);
  Status followed;
  Secret secret = Secret::Filled(kHelperBytesMax + 1, [&](std::span<char> room) {
    size_t size = 0;
    followed = Follow(pipe.get(), child, room, size, program, end, stop);
    return followed ? size : 0;
  });
  if (!followed) return std::unexpected(followed.error());
  const int status = child.Finish();
  if (WIFSIGNALED(status)) {
    return Failed(ErrorCode::kUnauthorized, program, fmt::format("was ended by signal {}", WTERMSIG(status)));
  }
  if (WEXITSTATUS(status) != 0) {
    return Failed(ErrorCode::kUnauthorized, program, fmt::format("ended with exit code {}", WEXITSTATUS(status)));
  }
  return secret;
}

Result<std::vector<std::string>> SplitWords(std::string_view line) {
  std::vector<std::string> words;
  bool in_word = false;
  char quote = '\0';
  for (size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    const bool blank = c == ' ' || c == '\t' || c == '\n';
    if (quote == '\0' && blank) {
      in_word = false;
      continue;
    }
    if (!in_word) words.emplace_back();
    in_word = true;
    if (c == '\\' && quote != '\'' && i + 1 < line.size()) {
      const bool kept = quote == '"' && line[i + 1] != '"' && line[i + 1] != '\\';
      if (kept) words.back() += c;
      words.back() += line[++i];
    } else if (quote == c) {
      quote = '\0';
    } else if (quote == '\0' && (c == '"' || c == '\'')) {
      quote = c;
    } else {
      words.back() += c;
    }
  }
  if (quote != '\0') return Fail(ErrorCode::kInvalidArgument, "a quote in the command is not closed");
  if (words.empty() || words.front().empty()) return Fail(ErrorCode::kInvalidArgument, "the command is empty");
  return words;
}

}  // namespace lakeferry
