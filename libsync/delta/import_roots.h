// ImportRoots: the folders outside a table below which its log may name files. A log is input that anybody may have
// written; a sender reads nothing for it that its operator has not named. Pure.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/object_path.h"
#include "base/result.h"
#include "delta/file_path.h"

namespace lakeferry::delta {

// An object that lies elsewhere than its table: below `root`, a URI of the configuration.
struct ImportedObject {
  std::shared_ptr<const std::string> root;
  ObjectPath path;
};
// True iff both are one object below one root.
[[nodiscard]] bool IsSameObject(const ImportedObject& a, const ImportedObject& b);

class ImportRoots {
 public:
  // `roots`: URIs of the configuration; one that names no place is passed over. `more`: asked where none of these
  // fits; may be null.
  explicit ImportRoots(const std::vector<std::string>& roots = {}, std::shared_ptr<const ImportRoots> more = nullptr);

  // The object that the absolute `path` names, below the deepest root above it. kUnsupportedTable where there is none;
  // kRefused for an object of a table's log; kInvalidArgument for a path that cannot name an object.
  [[nodiscard]] Result<ImportedObject> Find(std::string_view path) const;

 private:
  [[nodiscard]] Result<std::optional<ImportedObject>> FindAt(const Place& place, std::string_view path) const;

  // Store, then path from the store's root.
  using Folders = std::map<std::string, std::shared_ptr<const std::string>, std::less<>>;
  std::map<std::string, Folders> roots_;
  std::shared_ptr<const ImportRoots> more_;
};

}  // namespace lakeferry::delta
