// PlacedFiles: what a sender has put at its place below a target by itself is found there and compared, as a staged
// object is before it is placed. What a store vouches for is looked at and not read; many files of one folder are found
// in its listing.
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
  using Folder = std::vector<plan::StagedFile>;
  Task<Status> CheckFolder(Call call, const Folder& files, int64_t live);
  // What is found of `files` in so many pages of their folder.
  Task<Result<std::map<ObjectPath, ObjectInfo>>> Find(Call call, const Folder& files, size_t pages_max) const;
  Task<Status> CheckOne(Call call, const plan::StagedFile& file, const ObjectInfo* listed);
  Task<Status> Compare(Call call, const plan::StagedFile& file, const ObjectInfo& info);
  Task<Status> KeepYoung(Call call, const plan::StagedFile& file, const ObjectInfo& info);
  [[nodiscard]] Error Damage(std::string what, const plan::StagedFile& file) const;

  const Environment& env_;
  const StagingArea& staging_;
  ObjectStore& target_;
};

}  // namespace lakeferry::engine
