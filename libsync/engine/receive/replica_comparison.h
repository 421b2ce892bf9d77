// ReplicaComparison: replicas are replayed and compared with the newest epoch that is completed here; and whose fault
// it is where they differ.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/compare/live_set_watch.h"
#include "engine/receive/receiver_position.h"
#include "engine/staging/staging_area.h"
#include "plan/group/route.h"

namespace lakeferry::engine {

// Everything given must outlive its tasks. For one pass.
class ReplicaComparison {
 public:
  // `first_seen`: when the group was first looked at.
  ReplicaComparison(const plan::Route& route, const StagingArea& staging, ReceiverPosition& position,
                    LiveSetWatch& live_sets, TimeMs first_seen)
      : route_(route), staging_(staging), position_(position), live_sets_(live_sets), first_seen_(first_seen) {}

  // Compares the table whose turn it is, if one's is. kDiverged where it differs; the stores' errors.
  Task<Status> CompareDue(Call call);
  // Compares what differed before: kDiverged where it still does, but for tables of which the next epoch tells whose
  // fault that is. Those are returned.
  Task<Result<std::vector<std::string>>> CompareDiffering(Call call);
  // What differed does not any more: an epoch was committed upon a replay of it.
  Task<Status> NoteProven(Call call, std::vector<std::string> tables);

 private:
  Task<Status> Compare(Call call, std::string table);
  // What a writer told and was carried is in doubt; then the next epoch, if there is one, is committed only if replays
  // of both sides come to the same, or if it holds the whole table.
  Task<Result<bool>> NextAsks(Call call, std::string table);

  const plan::Route& route_;
  const StagingArea& staging_;
  ReceiverPosition& position_;
  LiveSetWatch& live_sets_;
  TimeMs first_seen_;
};

}  // namespace lakeferry::engine
