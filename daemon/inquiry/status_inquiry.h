// What `status` and `history` say, asked of a metadata store: by commands, which own it for a moment, and by a daemon
// that answers over HTTP.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "daemon/output/history_output.h"
#include "daemon/output/status_output.h"
#include "env/state_store.h"
#include "plan/group/bandwidth.h"

namespace lakeferry {

struct StatusQuestion {
  Role role = Role::kSender;
  std::vector<plan::GroupSpec> groups;
  plan::Bandwidth bandwidth = {};  // of the process
  RoleProcess process = {};
  TimeMs now;
};

// What past epochs tell of groups, as long as they are the ones that it was told by: whoever asks every second reads
// them only where there is a new one.
class PastOfGroups {
 public:
  // Of the group whose newest epochs are these.
  Task<Result<plan::PastEpochs>> Of(StateStore& state, Role role, std::string group, Epoch applied, Epoch staged);

 private:
  struct Known {
    Epoch applied;
    Epoch staged;
    plan::PastEpochs past;
  };
  std::map<std::pair<Role, std::string>, Known> known_;
};

// `records`: those of the store (StateStore::Groups). What is referred to outlives the task. Errors: those of the
// store; kInvalidArgument for a time zone that nobody knows.
Task<Result<StatusReport>> StatusOf(StateStore& state, const plan::ZoneSource& zones, PastOfGroups& past,
                                    StatusQuestion question, std::vector<GroupRecord> records);

// The newest epochs that the role has seen, at most `limit`.
Task<Result<HistoryReport>> HistoryOf(StateStore& state, Role role, std::string group, int64_t limit);

}  // namespace lakeferry
