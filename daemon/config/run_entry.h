// What `lakeferry runs add` was given, as a run: times that a person or a script wrote, and a state in whatever word
// its scheduler has for it. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/run.h"
#include "plan/group/group_spec.h"

namespace lakeferry {

struct RunEntry {
  std::string workflow;
  std::string run_id;
  std::string start;  // empty: as the ledger has it
  std::string end;
  std::string state;
};

// kInvalidArgument, with the option: a name that is empty, no UTF-8 or too long (CheckRunName), a time that is none, is
// epoch seconds or names no time zone, a state that is none (with how to enter what it means), an end that the state
// does not go with. "now" is `now`. What an end leaves open (ParseWrittenTime) it has in Run::end_slack, but for what
// lies after `now`: a run is entered when it has ended. The start is left at the epoch where the entry has none.
[[nodiscard]] Result<Run> ReadRunEntry(const RunEntry& entry, TimeMs now);

// kInvalidArgument for a run that ends before it starts, and for one whose times lie ahead of `now` by more than
// `ahead`, by which the clocks of whoever tells it and of this machine may differ. Where the end was cut off to a
// second or a day in which the run began, it is told again from the start on: no run ends before it starts.
[[nodiscard]] Result<Run> WithCheckedTimes(Run run, TimeMs now, Millis ahead);

// Why nobody asks for runs of the workflow, with the nearest name that somebody does; empty where a group does.
[[nodiscard]] std::string UnknownWorkflow(const std::vector<plan::GroupSpec>& groups, const std::string& workflow);

}  // namespace lakeferry
