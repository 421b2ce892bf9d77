// A group of one table whose world is checked, and how its findings are named.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/inquire/group_check.h"
#include "tests/engine/world.h"

namespace lakeferry::engine {

inline auto HasFinding(plan::Severity severity, const std::string& what) {
  using plan::Finding;
  return ::testing::Contains(::testing::AllOf(::testing::Field(&Finding::severity, severity),
                                              ::testing::Field(&Finding::what, ::testing::HasSubstr(what))));
}

// Its table "t" has been created by a run.
class CheckedGroup {
 protected:
  explicit CheckedGroup(delta::ReplicationMode mode = delta::ReplicationMode::kClone) : world_({"t"}, mode) {
    world_.CreateAll();
  }
  void Replicate() {
    ASSERT_THAT(world_.Send(), Succeeded());
    ASSERT_THAT(world_.Receive(), Succeeded());
  }
  std::vector<plan::Finding> Check(Role role, const CheckScope& scope = {}) {
    Environment& env = role == Role::kSender ? world_.west : world_.east;
    return world_.Run(CheckGroup({}, env, world_.spec, role, scope));
  }
  World world_;
};

}  // namespace lakeferry::engine
