// Where folders of the file system are, whatever names lead to them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "env/object_store.h"
#include "storage/file/unique_fd.h"

namespace lakeferry {

// Of many folders that are asked about at one moment: what neighbours lie in is looked up once. Blocking.
class FolderPlaces {
 public:
  // `folder` is absolute and need not exist: then it is told from the nearest folder above it that does. Links are
  // followed, as the kernel does. Errors as of errno.
  [[nodiscard]] Result<StorePlace> Find(const std::string& folder);

 private:
  Result<StorePlace> PlaceOf(UniqueFd at, const std::string& folder);

  // What a folder lies in, by mount and inode: below two mounts of one file system the same folder lies in others.
  std::map<std::string, std::vector<std::string>> above_;
};

// Of one.
[[nodiscard]] Result<StorePlace> PlaceOfFolder(const std::string& folder);

}  // namespace lakeferry
