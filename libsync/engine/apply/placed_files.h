// PlacedFiles: what a sender has put at its place below a target by itself is found there and compared, as a staged
// object is before it is placed. What a store vouches for is looked at and not read; many files are found in a listing.
#pragma once

#include <map>
#include <vector>

#include "engine/environment.h"
#include "engine/staging/staging_area.h"
#include "plan/document/manifest.h"

namespace lakeferry::engine {

// Everything given must outlive its tasks.
class PlacedFiles {
 public:
  PlacedFiles(const Environment& env, const StagingArea& staging, ObjectStore& target)
      : env_(env), staging_(staging), target_(target) {}

  // That each is there and is what left. Of those that are older than a day the time is made now, for VACUUM takes old
  // files that no log names yet. `live`: how many files the replica has with the epoch, about.
  // kCorruptData for one that is missing or another; kCancelled; the store's errors.
  Task<Status> Check(Call call, std::vector<plan::StagedFile> files, int64_t live);

 private:
  using Found = std::map<ObjectPath, ObjectInfo>;
  // What listings tell of `files`, as far as that takes fewer requests than to ask for each.
  Task<Result<Found>> Find(Call call, const std::vector<plan::StagedFile>& files, int64_t live) const;
  Task<Status> CheckOne(Call call, const plan::StagedFile& file, const ObjectInfo* listed);
  Task<Status> Compare(Call call, const plan::StagedFile& file, const ObjectInfo& info);
  Task<Status> KeepYoung(Call call, const plan::StagedFile& file, const ObjectInfo& info);
  [[nodiscard]] Error Damage(std::string what, const plan::StagedFile& file) const;

  const Environment& env_;
  const StagingArea& staging_;
  ObjectStore& target_;
};

}  // namespace lakeferry::engine
