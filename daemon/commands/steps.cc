#include "daemon/commands/steps.h"

#include <fmt/format.h>

#include <optional>

#include "base/location.h"
#include "state/role_lock.h"
#include "storage/file/put_aside.h"

namespace lakeferry {

Status CheckNobodyWorks(const Config& config, Role role, std::string_view done) {
  const std::optional<RoleHolder> holder = RoleLock::Look(config.metadata_store, role);
  if (!holder || !holder->held) return {};
  return Fail(ErrorCode::kRefused,
              fmt::format("the {} runs (process {}), and would go on with what is {}", RoleName(role),
                          holder->process.empty() ? "unknown" : holder->process, done),
              config.metadata_store, fmt::format("stop it first: systemctl stop lakeferry-{}", RoleName(role)));
}

Status Rename(Step& step) {
  LF_TRY(const Location from, Location::Parse(step.from));
  LF_TRY(const Location to, Location::Parse(step.to));
  if (from.scheme() != Scheme::kFile || to.scheme() != Scheme::kFile) {
    step.state = StepState::kByPerson;
    return {};
  }
  LF_TRY_OK(PutAside(from.path(), to.path()));
  step.state = StepState::kDone;
  return {};
}

}  // namespace lakeferry
