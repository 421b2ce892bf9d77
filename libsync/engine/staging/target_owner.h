// Whose table lies at a target, by what it shows itself and what receipts say: before anybody is told to delete or to
// move something there.
#pragma once

#include <string>

#include "engine/staging/staging_area.h"
#include "plan/group/group_spec.h"

namespace lakeferry::engine {

struct TargetOwner {
  enum class Kind {
    kNobody,      // no log is there
    kOurs,        // a clone with the group's marker, or a mirror that a receipt of the group names
    kOtherGroup,  // a clone with the marker of another group
    kSomebody,
  };
  Kind kind = Kind::kNobody;
  std::string group = {};  // the other one
};

// Of the target of `table`. The stores' errors; of a log that cannot be read nobody knows whose it is: kSomebody.
Task<Result<TargetOwner>> OwnerOf(Call call, const Environment& env, const StagingArea& staging,
                                  delta::ReplicationMode mode, plan::TableSpec table);

// What is to be done where the table there is not ours: nothing to it.
[[nodiscard]] std::string OthersRemedy(const TargetOwner& owner, const plan::TableSpec& table);

// An error about the target of `table`. Where that is a table of somebody else, it says so, and its remedy touches
// nothing there; otherwise it is left as it is.
Task<Error> HeedOwner(Call call, const Environment& env, const StagingArea& staging, delta::ReplicationMode mode,
                      plan::TableSpec table, Error error);

}  // namespace lakeferry::engine
