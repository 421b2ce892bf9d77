// RoleLock: at most one process is the sender, and one the receiver, of a metadata store. The kernel gives the lock
// back when the process ends, however it ends.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "env/state_store.h"

namespace lakeferry {

// Who works in a role beside a metadata store.
struct RoleHolder {
  bool held = false;
  std::string process = {};  // its number, for people; empty where none is
};

class RoleLock {
 public:
  // Takes the lock "<path>.<role>.lock" beside the metadata store `path`; blocking, without waiting. kRefused naming
  // the process that has it. kUnauthorized or kOutOfSpace where the lock file cannot be made.
  static Result<RoleLock> Acquire(const std::string& path, Role role);

  // As Acquire, but a holder is waited for up to `patience`: most commands are done in less. Blocks the thread.
  static Result<RoleLock> AcquireWithin(const std::string& path, Role role, Millis patience);

  // Without taking it, and without anything being made. Absent where it cannot be told: no right to look at the file.
  [[nodiscard]] static std::optional<RoleHolder> Look(const std::string& path, Role role);

  RoleLock(RoleLock&& other) noexcept;
  RoleLock& operator=(RoleLock&& other) noexcept;
  ~RoleLock();

 private:
  explicit RoleLock(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace lakeferry
