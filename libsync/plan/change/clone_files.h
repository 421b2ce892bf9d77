// CloneFiles: the objects that a clone needs for a table's actions, each once, and the actions as the clone has them:
// all that they name lies below the replica's own root. Files elsewhere are imported, under names that follow from
// their paths. Pure.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "delta/action.h"
#include "delta/import_roots.h"
#include "plan/change/file_set.h"
#include "plan/document/manifest.h"
#include "plan/group/group_spec.h"

namespace lakeferry::plan {

// Errors of every method: kInvalidArgument for a path that cannot name an object, kRefused for one inside a log,
// kCorruptLog for a vector that names no file.
class CloneFiles {
 public:
  // Files may lie below the table's source, its import roots and the sources of other tables. `seed`, `take`: as of
  // FileSet; without them for Rename only.
  explicit CloneFiles(const TableSpec& spec, uint64_t seed = 0, FileSet::Taker take = {});

  // The add's file and vector go over; renames them. kUnsupportedTable for a file below no allowed root, or whose name
  // another one has.
  Status Send(delta::AddFile& add);
  // The vector alone: the file, which is returned, is at the replica. Errors: as Send, for the vector.
  Result<PresentFile> SendVector(delta::AddFile& add);
  // The remove of what Send once renamed. Reads nothing, and so needs no root.
  Status Rename(delta::RemoveFile& remove) const;
  // The name that a path of the log has in the clone; of one that can have none, the path.
  [[nodiscard]] std::string NameInClone(const std::string& path) const;

  // As if nothing had been sent.
  void Clear() { files_.Clear(); }

 private:
  // What a path of the log is in the clone.
  struct Name {
    std::string text;  // as the log of the clone has it
    ObjectPath object;
    bool renamed = false;               // it is not this object below the source's root
    std::optional<ObjectPath> at_home;  // but that one there; absent: it lies elsewhere
  };
  // Absent for an absolute path that leads elsewhere.
  [[nodiscard]] Result<std::optional<ObjectPath>> AtHome(const std::string& path) const;
  [[nodiscard]] Result<Name> NameOf(const std::string& path) const;
  // Of a vector of type "p", which becomes one of type "u".
  [[nodiscard]] Result<Name> RenameVector(delta::DeletionVector& vector) const;
  // `path`: as the log had it.
  Status Insert(Name name, const std::string& path, std::optional<int64_t> size);
  Status InsertVector(std::optional<delta::DeletionVector>& vector);

  FileSet files_;
  std::shared_ptr<const std::string> home_;
  Result<delta::Place> home_place_;
  delta::ImportRoots roots_;
};

}  // namespace lakeferry::plan
