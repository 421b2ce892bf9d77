// What threatens a group that still works, in words for people. Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/cut_evidence.h"
#include "base/ids.h"
#include "base/time.h"
#include "plan/record/group_record.h"
#include "plan/retention/table_keeping.h"

namespace lakeferry::plan {

struct GroupRisk {
  Risk risk = Risk::kNone;
  std::string text;
  std::string remedy;
};

// The worse of both, and both texts where they are alike.
[[nodiscard]] GroupRisk Worse(GroupRisk a, GroupRisk b);

// Of receipts that do not count, each with its reason: a warning that names the first of them; none for none.
[[nodiscard]] GroupRisk RiskOf(const std::map<Epoch, std::string>& uncounted);

// Of commits that no run explains: a warning; none for none. `margin`: by which times of commits and of runs may have
// disagreed.
[[nodiscard]] GroupRisk RiskOf(const std::vector<UnexplainedCommit>& unexplained, Millis margin);

// Of what the sources of a group keep, which is cut every `interval`: the worst of all tables. An error: files of the
// cut under way, or commits that no epoch holds, may be gone. A warning: half of the time until then has passed, a
// retention is below twice the interval, or versions between two cuts may be lost.
[[nodiscard]] GroupRisk RiskOf(const std::vector<TableKeeping>& tables, Millis interval, TimeMs now);

}  // namespace lakeferry::plan
