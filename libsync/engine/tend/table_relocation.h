// A table whose source or target was given another place on purpose: whether it is there what it was, by its table id,
// its live files and, of a replica, what the group's last epoch left in its log.
#pragma once

#include <string>
#include <vector>

#include "engine/environment.h"
#include "plan/group/group_spec.h"

namespace lakeferry::engine {

struct Relocation {
  enum class Kind {
    kNoEpoch,     // the table is in no epoch that would know another place
    kSame,        // the place is the one of the last epoch
    kThere,       // proven at its new place
    kToMove,      // a target: proven at its old place, and nothing is at the new one
    kComesWhole,  // a target: there is nothing at either place
  };
  Kind kind = Kind::kNoEpoch;
  Epoch epoch;                       // the one that it was held against
  std::string from;                  // the place by that epoch
  std::string to;                    // the place by the configuration
  std::vector<std::string> checked;  // what was found to be as it was, for people
};

// Looks at the source (sender) or target (receiver) of `table`, which is one of the group's; writes nothing. kDiverged
// or kRefused where something else is there, naming what differs, or where anything but the place has changed in the
// configuration; the stores' errors. `env` must outlive the task.
Task<Result<Relocation>> LookForRelocation(Call call, const Environment& env, plan::GroupSpec spec, Role role,
                                           std::string table);

// The sender goes on from the table's source at the place that it has by the configuration, without `sources: moved`;
// its passes prove it again. No other process may work on the group. The metadata store's errors.
Task<Status> NoteRelocated(Call call, const Environment& env, plan::GroupSpec spec, std::string table);

}  // namespace lakeferry::engine
