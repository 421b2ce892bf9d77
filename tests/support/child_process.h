// ChildProcess: runs a function in a forked child, to be killed or waited for.
#pragma once

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>

#include "base/check.h"

namespace lakeferry {

class ChildProcess {
 public:
  // The child ends with what `body` returns and runs nothing else of the parent's: no exit handlers, no destructors.
  // `body` must start its own threads; those of the parent are not there.
  explicit ChildProcess(const std::function<int()>& body) : id_(::fork()) {
    LF_CHECK(id_ >= 0, "a child can be started");
    if (id_ == 0) ::_exit(body());
  }
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  ~ChildProcess() {
    if (id_ > 0) Kill();
  }

  [[nodiscard]] pid_t id() const { return id_; }
  void Kill() {
    ::kill(id_, SIGKILL);
    Wait();
  }
  // The exit status, or -1 where it died of a signal.
  int Wait() {
    int status = 0;
    ::waitpid(id_, &status, 0);
    id_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  pid_t id_;
};

}  // namespace lakeferry
