// The listing of one folder of a FileTree.
#pragma once

#include <string>
#include <string_view>

#include "env/object_store.h"
#include "storage/file/beneath.h"
#include "storage/file/unique_fd.h"

namespace lakeferry {

struct FolderToList {
  Resolution resolution;
  int root_fd;            // of the tree; outlives the call
  ObjectPath folder;      // from the root
  std::string full_name;  // for errors
};

// One pass over the open folder `fd`. Shown are regular files, links to one beneath the root among them; folders with a
// file or link somewhere below them, which is looked for within bounds: one that is too large or deep to be known empty
// is shown, too; and every other link, as such, whatever it leads to. Left out are unfinished files, pipes and other
// special files, names no ObjectPath can hold, and what vanishes during the call.
[[nodiscard]] Result<Listing> ListFolder(const FolderToList& to_list, UniqueFd fd, std::string_view start_after);

}  // namespace lakeferry
