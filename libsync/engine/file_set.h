// FileSet: the objects that actions refer to, each once, with the paths made safe. Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "delta/action.h"
#include "engine/table_change.h"

namespace lakeferry::engine {

class FileSet {
 public:
  // `table_uri`: the source's root, for absolute paths. `allow_absolute`: clone mode may make paths below the root
  // relative; a mirror cannot change a byte.
  FileSet(std::string table_uri, bool allow_absolute)
      : table_uri_(std::move(table_uri)), allow_absolute_(allow_absolute) {}

  // The object of a path. kUnsupportedTable for an absolute path that cannot be carried, kRefused for one inside the
  // log folder, kInvalidArgument for one that leaves the root.
  [[nodiscard]] Result<ObjectPath> Resolve(const std::string& path) const;
  // The path of an action as a clone writes it: relative to the root, and the one text of all that name it.
  [[nodiscard]] Result<std::string> Relative(const std::string& path) const;

  // A data or change file.
  Status Add(const std::string& path, int64_t size, bool required);
  // The object of a deletion vector, if it has one.
  Status AddVector(const std::optional<delta::DeletionVector>& dv, bool required);

  // An object under the name it gets. Named again it stays one; kUnsupportedTable where its name is taken by another.
  Status Insert(FileToSend file);

  [[nodiscard]] std::vector<FileToSend> Take() &&;

 private:
  std::string table_uri_;
  bool allow_absolute_;
  std::map<ObjectPath, FileToSend> files_;
};

}  // namespace lakeferry::engine
