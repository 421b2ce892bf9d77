// ManagedClones: behind the commits of an epoch the managed tables of the group are made clones of its replicas, side
// by side, and all of them before the epoch counts as applied. What a crash or a refusal leaves is told by the tables'
// own histories.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/copy/work_meter.h"
#include "engine/environment.h"
#include "engine/group/group_book.h"
#include "plan/group/group_spec.h"
#include "plan/managed/clone_history.h"

namespace lakeferry::engine {

// What it is given must outlive its tasks.
class ManagedClones {
 public:
  // `meter` keeps the record fresh while clones run, which may take hours.
  ManagedClones(const Environment& env, const plan::GroupSpec& spec, GroupBook& book, WorkMeter& meter)
      : env_(env), spec_(spec), book_(book), meter_(meter) {}

  // Has every table of `record`, whose replicas stand at their replica_version, in its managed table, and sets
  // managed_version of each and `torn`: from the first clone to the last, as their histories date them. A table that
  // the epoch does not change, and that `left_at` has a clone of, is left as it is. Nothing is cloned before all were
  // looked at. Nothing at all for a group without clones.
  //   kDiverged, kRefused  somebody else wrote a managed table: nothing is cloned
  //   kCancelled           clones under way are cancelled, and made by the next pass
  //   others               the warehouse's, naming what was not cloned; the others are
  Task<Status> Refresh(Call call, const std::map<std::string, TablePosition>& left_at, EpochRecord& record);
  // The same of an epoch that was applied while its group, or a table of it, was not cloned: sets managed_version of
  // what lacks it and is still in the group, and nothing else. Returns whether there was anything to clone.
  Task<Result<bool>> CatchUp(Call call, const std::map<std::string, TablePosition>& left_at, EpochRecord& applied);

 private:
  struct Item {
    TablePosition* position;
    const plan::TableSpec* table;
    std::optional<Version> left;           // the version of its newest clone that is on record
    std::optional<plan::CloneMark> found;  // by the look before
    std::optional<Result<plan::CloneMark>> done = {};
  };
  [[nodiscard]] Result<std::vector<Item>> ToClone(const std::map<std::string, TablePosition>& left_at,
                                                  EpochRecord& record) const;
  [[nodiscard]] SqlPulse Pulse(const Call& call) const;
  Task<Status> LookAt(Call call, SqlWarehouse& warehouse, Item& item) const;
  Task<Status> Clone(Call call, SqlWarehouse& warehouse, Item& item) const;
  // Has it on record that readers may see some tables at the epoch alone from now on.
  Task<Status> NoteTorn(Call call, const std::vector<Item>& items);
  // What was not cloned, told together; kept of it, until the next attempt knows more, that the group may be torn: an
  // error does not always say that nothing was done.
  [[nodiscard]] static Status Finish(Epoch epoch, const std::vector<Item>& items);
  // Enters the versions of all; from the first to the last.
  [[nodiscard]] static Millis TakeOver(const std::vector<Item>& items);

  const Environment& env_;
  const plan::GroupSpec& spec_;
  GroupBook& book_;
  WorkMeter& meter_;
};

}  // namespace lakeferry::engine
