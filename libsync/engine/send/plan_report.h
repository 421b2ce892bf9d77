// What `lakeferry plan` tells of a group: the next cut and what it would send.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/cut_evidence.h"
#include "base/ids.h"
#include "base/time.h"

namespace lakeferry::engine {

struct CutSummary {
  TimeMs time;
  std::vector<std::string> run_ids;
  bool atomic = true;
  CutEvidence evidence = {};  // what that rests on
};

struct TablePlan {
  std::string table;
  std::optional<Version> from_version;  // absent: the whole table
  Version to_version;
  int64_t files = 0;  // data objects to send
  int64_t bytes = 0;
  // From then on VACUUM at the source may delete the first of them; absent: the source needs all of them itself.
  std::optional<TimeMs> files_may_vanish = {};
  int64_t vanishing_files = 0;  // so many of them, some later
};

// `lakeferry plan`.
struct PlanReport {
  std::string group;
  TimeMs time;                    // when this was so
  std::optional<CutSummary> cut;  // absent: nothing to do
  std::string reason;             // why there is none
  std::vector<TablePlan> tables;
};

}  // namespace lakeferry::engine
