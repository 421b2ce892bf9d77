// What a process is doing, as values: taken between two steps of its engine, without asking it to stop. The line for
// the service manager is made from it, and whatever else shows the process to people.
#pragma once

#include <string>
#include <vector>

#include "engine/run/pass_counters.h"
#include "env/state_store.h"

namespace lakeferry::engine {

struct ReplicatorSnapshot {
  std::vector<GroupRecord> groups;  // as each worker knows its own now; of one that has not begun, name and role alone
  CountersByGroup counters = {};    // a group that no pass has ended over yet is not here
  int64_t copies_waiting = 0;       // copies of all groups that wait until others have ended
  int64_t passes_waiting = 0;       // passes that somebody asked for and that have not ended
};

// One line for people: by role, groups, how many fail and how many are held.
[[nodiscard]] std::string StatusLine(const ReplicatorSnapshot& snapshot);

}  // namespace lakeferry::engine
