// What `lakeferry sync` did as a JSON document (docs/json.md, the stable contract) and as text. Pure.
#pragma once

#include <string>
#include <vector>

#include "daemon/output/group_answer.h"
#include "engine/group/pass.h"
#include "env/state_store.h"

namespace lakeferry {

// One pass of one role over one group.
struct SyncedGroup {
  Role role = Role::kSender;
  GroupAnswer<engine::PassResult> pass;
};

[[nodiscard]] std::string ToJson(const std::vector<SyncedGroup>& groups);
[[nodiscard]] std::string ToText(const std::vector<SyncedGroup>& groups);

}  // namespace lakeferry
