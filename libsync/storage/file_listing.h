// The listing of one folder of a FileTree.
#pragma once

#include <string>
#include <string_view>

#include "env/object_store.h"
#include "storage/beneath.h"
#include "storage/unique_fd.h"

namespace lakeferry {

struct FolderToList {
  Resolution resolution;
  int root_fd;            // of the tree; outlives the call
  ObjectPath folder;      // from the root
  std::string full_name;  // for errors
};

// One pass over the open folder `fd`. Shown are regular files and folders with a file somewhere below them, of which a
// link that stays beneath the root counts as what it leads to. Left out are unfinished files, links that lead nowhere
// or out, pipes and other special files, names no ObjectPath can hold, and what vanishes during the call.
[[nodiscard]] Result<Listing> ListFolder(const FolderToList& to_list, UniqueFd fd, std::string_view start_after);

}  // namespace lakeferry
