// Where folders of the file system are, whatever names lead to them.
#pragma once

#include <map>
#include <string>

#include "env/object_store.h"

namespace lakeferry {

// Of many folders that are asked about at one moment: what neighbours lie in is looked up once. Blocking.
class FolderPlaces {
 public:
  // `folder` is absolute and need not exist: then it is told from the nearest folder above it that does. Links are
  // followed, as the kernel does. Errors as of errno.
  [[nodiscard]] Result<StorePlace> Find(std::string folder);

 private:
  // Of the folders that others lie in, by name; that of "/" is empty.
  std::map<std::string, StorePlace> above_;
};

// Of one.
[[nodiscard]] Result<StorePlace> PlaceOfFolder(const std::string& folder);

}  // namespace lakeferry
