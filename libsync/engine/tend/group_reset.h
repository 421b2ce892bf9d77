// What a side has to put aside for a group to start anew: looked at, and proven to be the group's, before anything is
// touched. Reads only.
#pragma once

#include <string>
#include <vector>

#include "engine/environment.h"
#include "plan/group/group_spec.h"

namespace lakeferry::engine {

// A folder of one of the group's stores.
struct ToPutAside {
  std::string what;   // for people: "target of table a"
  std::string uri;    // of the store
  std::string below;  // the folder in it; empty: the store's root
};

// Sender: the group's folder in staging. Receiver: the targets that hold a replica of the group. What is not there is
// left out. kRefused where one of them is not the group's, or the configuration says that source and target, the
// workspace or the region are not those of the last epoch: then nothing is to be moved. The stores' errors. `env` must
// outlive the task.
Task<Result<std::vector<ToPutAside>>> FindForReset(Call call, const Environment& env, plan::GroupSpec spec, Role role);

}  // namespace lakeferry::engine
