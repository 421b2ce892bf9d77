// FileNames: what the files of one epoch are called at one clone. A file has its source's name but where the target
// holds another under it, which older versions of the clone read (delta/reused_name.h). The target itself says so: its
// folder of such names, and the clone's log.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "delta/action.h"
#include "engine/apply/reused_names.h"
#include "engine/log/table_log.h"
#include "engine/staging/staging_area.h"

namespace lakeferry::engine {

class FileNames {
 public:
  // What the clone's folder of reused names holds, where that is known: Look does not list it then.
  void SetTaken(NameHashes taken) { taken_ = std::move(taken); }
  // The same, with those of this epoch, once everything is placed.
  [[nodiscard]] const std::optional<NameHashes>& taken() const { return taken_; }
  // Before anything is placed. Costs a listing; where it shows that names were used again which the epoch names too,
  // also a replay of the clone's log at `head`. Errors: those of reading the parts, the store's.
  Task<Status> Look(Call call, const StagingArea& staging, Epoch epoch, plan::ManifestTable table, const TableLog& log,
                    std::optional<Version> head);
  // After everything is placed: where a name was found taken, what the clone at `head` still has under it. Errors: the
  // store's.
  Task<Status> LookUpReplaced(Call call, const TableLog& log, plan::ManifestTable table, std::optional<Version> head);

  // True: the target holds what was put there because this name was taken.
  [[nodiscard]] bool WasTaken(const ObjectPath& path) const;
  // Where the clone has the object of a live file, by its source's name.
  [[nodiscard]] ObjectPath LiveName(const ObjectPath& path) const;
  // That the epoch's file of this name was placed as `name`.
  void SetPlaced(const ObjectPath& path, const ObjectPath& name);

  // Gives an add of the epoch the name that its file has; what the clone has of the same logical file under another
  // name is returned: it has to go.
  Result<std::optional<delta::AddFile>> Rename(delta::AddFile& add) const;
  // The same for a remove.
  Status Rename(delta::RemoveFile& remove) const;

 private:
  class LiveFilesOf;
  Task<Status> ListTaken(Call call, const TableLog& log);
  Task<Status> Learn(Call call, const TableLog& log, Version head, const std::set<ObjectPath>& paths);
  [[nodiscard]] bool Empty() const { return live_.empty() && placed_.empty(); }

  std::optional<NameHashes> taken_;             // absent until it is known
  std::map<ObjectPath, ObjectPath> placed_;     // of the epoch's files, those that may be called otherwise
  std::map<std::string, delta::AddFile> live_;  // of the clone, by the key that the source knows
  std::map<ObjectPath, ObjectPath> live_names_;
};

// Whether an epoch before `before` brought the table an object of this name with these bytes. Reads manifests, newest
// first; what of them is lost is passed over. Errors: the store's.
Task<Result<bool>> WasBrought(Call call, const StagingArea& staging, Epoch before, std::string table,
                              plan::StagedFile object);

// Whether an add of the epoch names the object as a data file: it may be called otherwise, a deletion vector may not.
Task<Result<bool>> IsDataFile(Call call, const StagingArea& staging, Epoch epoch, plan::ManifestTable table,
                              ObjectPath path);

}  // namespace lakeferry::engine
