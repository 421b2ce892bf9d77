// What commands share that do a role's work by themselves where no service has it (`sync`, `pause`, `resync`).
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/commands/command.h"
#include "state/role_lock.h"

namespace lakeferry {

// A service has its role before it listens, and for a moment after it listened.
inline constexpr Millis kServiceStartsWithin{5'000};

// What work in this process needs. A running service has its own, which not everybody who may ask it can open.
class OwnWiring {
 public:
  OwnWiring(const Config& config, Logger& log) : config_(config), log_(log) {}
  [[nodiscard]] Result<Wiring*> Get();

 private:
  const Config& config_;
  Logger& log_;
  std::unique_ptr<Wiring> wiring_;
};

// This side's roles: the one that `option` names or the configuration, else the only one that the metadata store knows,
// else both.
[[nodiscard]] Result<std::vector<Role>> RolesOf(const std::string& option, const Config& config, OwnWiring& own);

// Absent where another process has the role and may yet listen: after a pause. Its refusal from `give_up` on.
[[nodiscard]] Result<std::optional<RoleLock>> TakeRole(const std::string& store, Role role,
                                                       std::chrono::steady_clock::time_point give_up);

// Delivers what is due of what the role has to tell people, once.
void DeliverNotices(Wiring& wiring, Role role);

}  // namespace lakeferry
