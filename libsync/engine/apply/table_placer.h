// TablePlacer: brings the data files of one epoch from staging into a replica's folder, each verified before anything
// refers to it, and verifies the staged commits of a mirror. Nothing readers see changes. A name that the source has
// used before, for a file that the target still has, is given up for another (engine/apply/file_names.h) by a clone,
// and refused by a mirror, which keeps every byte of the log.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "engine/apply/file_names.h"
#include "engine/copy/object_copy.h"
#include "engine/copy/work_meter.h"
#include "engine/staging/staging_area.h"
#include "plan/document/manifest.h"

namespace lakeferry::engine {

struct Placed {
  int64_t files = 0;
  int64_t bytes = 0;
  // An object that the epoch builds upon and the target has lost; absent for none.
  std::optional<ObjectPath> lost;
};

// Everything given must outlive its tasks.
class TablePlacer {
 public:
  // `names`: of a clone, where the epoch's files are noted that lie under other names; null for a mirror.
  TablePlacer(const Environment& env, const StagingArea& staging, const TableLog& target, FileNames* names)
      : env_(env), staging_(staging), log_(target), target_(target.store()), names_(names) {}

  // Told of every file that is there; must outlive the tasks.
  void set_meter(WorkMeter* meter) { meter_ = meter; }

  // `head`: the replica's version, where there is one.
  // Idempotent: an object that the target holds as the manifest says is kept, whatever became of its staged copy.
  // kCorruptData where an object that is staged, or was placed by the sender, is missing or is not what the manifest
  // says; kDiverged where the target holds another object of that name that no epoch has brought; kUnsupportedTable
  // where an epoch before has, and there can be no other name; kCancelled; the stores' errors. What the manifest may
  // name was decided before (plan/rules/epoch_rules.h).
  Task<Result<Placed>> Place(Call call, Epoch epoch, plan::ManifestTable table, std::optional<Version> head);

 private:
  enum class Held { kNothing, kThisFile, kAnother };
  // Neighbours that are placed together.
  using Bundle = std::span<const plan::StagedFile>;
  [[nodiscard]] std::vector<Bundle> BundlesOf(Bundle files) const;
  // What is staged, and what the sender has placed itself.
  Task<Status> BringAll(Call call, std::vector<plan::StagedFile> files);
  Task<Status> TakePlaced(Call call, std::vector<plan::StagedFile> files);
  Task<Status> PlaceAll(Call call, std::vector<plan::StagedFile> files);
  Task<Status> PlaceBundle(Call call, Bundle files);
  // By copies of their bytes, which share what makes them durable: of small files that costs less than a link each.
  Task<Status> PlaceTogether(Call call, Bundle files);
  Task<Status> PlaceOne(Call call, plan::StagedFile file);
  // What there is to do after an attempt that came to `outcome`.
  Task<Status> Finish(Call call, plan::StagedFile file, Result<PutOutcome> outcome);
  // True: it is there. False: the name is taken by another file.
  Task<Result<bool>> IsPlaced(Call call, plan::StagedFile file, Result<PutOutcome> outcome);
  // Its name is taken. Errors as of Place.
  Task<Status> PlaceUnderAnotherName(Call call, plan::StagedFile file);
  // Whether what has the name came from the source, by an epoch before or by a sender that places files itself.
  Task<Result<bool>> IsReuse(Call call, plan::StagedFile file);
  Task<void> Note(Call call, Bundle placed);
  Task<Result<CopyOutcome>> CopyAsStaged(Call call, plan::StagedFile file);
  Task<Result<PutOutcome>> Bring(Call call, plan::StagedFile file);
  // What the target holds under the file's name. The very file is as young then as one placed now: VACUUM takes old
  // files that no log names yet.
  Task<Result<Held>> KeepPlaced(Call call, plan::StagedFile file);
  // What of `files` the target lacks, or has in another size: the first of them.
  Task<Result<std::optional<ObjectPath>>> FindLost(Call call, std::vector<plan::PresentFile> files);
  Task<Status> LookFor(Call call, plan::PresentFile file, std::optional<ObjectPath>* lost);
  Task<Status> CheckAll(Call call, std::vector<plan::StagedFile> files);
  Task<Status> CheckOne(Call call, plan::StagedFile file);
  Task<Status> CheckStaged(Call call, plan::StagedFile file);
  // The staged object, pinned, read to its end and found to be what the manifest says.
  Task<Result<std::unique_ptr<OpenObject>>> OpenVerified(Call call, plan::StagedFile file);

  const Environment& env_;
  const StagingArea& staging_;
  const TableLog& log_;
  ObjectStore& target_;
  FileNames* names_;
  Epoch epoch_;
  plan::ManifestTable table_;
  WorkMeter* meter_ = nullptr;
};

}  // namespace lakeferry::engine
