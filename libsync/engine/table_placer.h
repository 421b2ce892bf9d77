// TablePlacer: brings the data files of one epoch from staging into a replica's folder, each verified before anything
// refers to it, and verifies the staged commits of a mirror. Nothing readers see changes.
#pragma once

#include <optional>
#include <stop_token>
#include <vector>

#include "engine/object_copy.h"
#include "engine/staging_area.h"
#include "engine/work_meter.h"
#include "plan/manifest.h"

namespace lakeferry::engine {

struct Placed {
  int64_t files = 0;
  int64_t bytes = 0;
  // An object that the epoch builds upon and the target has lost; absent for none.
  std::optional<ObjectPath> lost;
};

// `env`, `staging` and `target` must outlive its tasks.
class TablePlacer {
 public:
  TablePlacer(const Environment& env, const StagingArea& staging, ObjectStore& target, std::stop_token stop)
      : env_(env), staging_(staging), target_(target), stop_(std::move(stop)) {}

  // Told of every file that is there; must outlive the tasks.
  void set_meter(WorkMeter* meter) { meter_ = meter; }

  // Idempotent: an object that the target holds as the manifest says is kept, whatever became of its staged copy.
  // kCorruptData where a staged object is missing or is not what the manifest says; kDiverged where the target holds
  // another object of that name; kRefused for a path into the log; kCancelled; the stores' errors.
  Task<Result<Placed>> Place(Epoch epoch, plan::ManifestTable table);

 private:
  Task<Status> PlaceAll(std::vector<plan::StagedFile> files);
  Task<Status> PlaceOne(plan::StagedFile file);
  Task<Status> PlaceAndNote(plan::StagedFile file);
  Task<Result<PutOutcome>> Bring(plan::StagedFile file);
  // Whether the target holds this very file, which is as young then as one placed now: VACUUM takes old files that no
  // log names yet.
  Task<Result<bool>> KeepPlaced(plan::StagedFile file);
  // Whether the target holds this very file; kDiverged where it holds another of its name.
  Task<Result<bool>> IsThere(plan::StagedFile file);
  // What of `files` the target lacks, or has in another size: the first of them.
  Task<Result<std::optional<ObjectPath>>> FindLost(std::vector<plan::PresentFile> files);
  Task<Status> LookFor(plan::PresentFile file, std::optional<ObjectPath>* lost);
  Task<Status> CheckAll(std::vector<plan::StagedFile> files);
  Task<Status> CheckOne(plan::StagedFile file);
  Task<Status> CheckStaged(plan::StagedFile file);

  const Environment& env_;
  const StagingArea& staging_;
  ObjectStore& target_;
  std::stop_token stop_;
  WorkMeter* meter_ = nullptr;
};

}  // namespace lakeferry::engine
