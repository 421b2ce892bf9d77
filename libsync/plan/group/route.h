// Route: a way that epochs take, from tables at one end through a staging location to tables at the other. Replication,
// failback, restore and drill differ in their route; what is done on it is the same, and knows no role.
#pragma once

#include <string>

#include "base/ids.h"
#include "delta/table_features.h"
#include "plan/document/signed_document.h"
#include "plan/group/table_list.h"

namespace lakeferry::plan {

// Where the epochs of one group lie between the ends.
struct StagingSite {
  std::string group;
  std::string uri;
  std::string name;  // what both ends call it; signed documents say it, so that none counts in another place
  DocumentKeys keys;
  // In which this side works. Whoever takes a group over goes on in the next; manifests of a later one are refused.
  Generation generation{1};
};

struct Route {
  std::string workspace;
  std::string from;  // the region that epochs come from
  delta::ReplicationMode mode = delta::ReplicationMode::kClone;
  // Whoever stages puts data files straight below their tables' targets; logs and documents lie in staging all the
  // same.
  bool direct = false;
  StagingSite staging;
  TableList tables;  // read at source_uri, written at target_uri

  [[nodiscard]] const std::string& group() const { return staging.group; }
  // Null where it has no such table.
  [[nodiscard]] const TableSpec* Find(const std::string& table) const;
};

}  // namespace lakeferry::plan
