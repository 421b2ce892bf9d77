// What threatens a group that still works, in words for people.
#pragma once

#include <map>
#include <string>

#include "base/ids.h"
#include "env/state_store.h"

namespace lakeferry::engine {

struct GroupRisk {
  Risk risk = Risk::kNone;
  std::string text;
  std::string remedy;
};

// The worse of both, and both texts where they are alike.
[[nodiscard]] GroupRisk Worse(GroupRisk a, GroupRisk b);

// Of receipts that do not count, each with its reason: a warning that names the first of them; none for none.
[[nodiscard]] GroupRisk RiskOf(const std::map<Epoch, std::string>& uncounted);

}  // namespace lakeferry::engine
