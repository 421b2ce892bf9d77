// EpochStager: makes a cut of all tables into a staged epoch. It knows a route and no role: whoever calls it says which
// epoch it is to be, and what it builds upon.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "engine/change/table_change.h"
#include "engine/copy/work_meter.h"
#include "engine/cut/cut_maker.h"
#include "engine/environment.h"
#include "engine/stage/direct_targets.h"
#include "engine/staging/staging_area.h"
#include "plan/document/manifest.h"
#include "plan/group/route.h"

namespace lakeferry::engine {

// Where in its group's chain an epoch stands.
struct EpochPlace {
  Epoch epoch;
  Epoch base_epoch;             // whose tables the cut was scanned from; 0: none
  Epoch previous;               // staged before it; 0: none
  std::string previous_sha256;  // of that one's manifest
  Epoch applied = {};           // the newest that the receiver has applied; 0: none
};

// All that it is given must outlive its tasks.
class EpochStager {
 public:
  // `targets`: of a direct route.
  EpochStager(const Environment& env, const plan::Route& route, const StagingArea& staging, WorkMeter& meter,
              DirectTargets& targets)
      : env_(Shared(env, route)), route_(route), staging_(staging), meter_(meter), targets_(targets) {}

  // What a cut comes to, by table in its order. It must not outlive the stager.
  struct CutRead {
    std::vector<TableChange> changes;
    bool leftovers = false;  // an earlier attempt at the epoch may have staged objects
  };
  // What the cut comes to; tells the meter. Every table is
  // looked at before the first byte moves: what cannot be carried is refused with nothing written. Errors: as of
  // ReadChange.
  Task<Result<CutRead>> Read(Call call, const GroupCut& cut, Epoch epoch, bool untouched) const;
  struct Staged {
    plan::Manifest manifest;
    bool left_data = false;  // something of it lies in staging until it is answered
  };
  // Brings what the changes need to where the receiver finds it, of tables whose files may vanish soonest first, and
  // describes it. No epoch is there yet. Errors: as of TableStager.
  Task<Result<Staged>> Stage(Call call, const GroupCut& cut, CutRead read, EpochPlace place) const;
  // Puts the manifest: from then on the epoch is there. Returns its digest. kRefused where another sender was first;
  // kCorruptData and its like for a manifest that the other side could not read (plan/document/read_back.h).
  Task<Result<std::string>> Publish(Call call, plan::Manifest manifest) const;

 private:
  // What tables that are read and staged side by side may take together is what one may take alone.
  [[nodiscard]] static Environment Shared(const Environment& env, const plan::Route& route);
  Task<Result<bool>> HasLeftovers(Call call, Epoch epoch, bool untouched) const;
  Task<Result<std::vector<TableChange>>> ReadAll(Call call, const GroupCut& cut) const;
  Task<Status> ReadOne(Call call, const TableCut& cut, std::optional<TableChange>& slot) const;
  [[nodiscard]] plan::Manifest Begin(const GroupCut& cut, const EpochPlace& place) const;
  Task<Status> StageOne(Call call, const TableCut& cut, TableChange change, bool leftovers, Epoch applied,
                        Staged& staged, size_t number) const;
  [[nodiscard]] size_t width() const { return static_cast<size_t>(env_.limits.tables_at_once_max); }

  const Environment env_;
  const plan::Route& route_;
  const StagingArea& staging_;
  WorkMeter& meter_;
  DirectTargets& targets_;
};

}  // namespace lakeferry::engine
