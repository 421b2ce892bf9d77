// The listing of everything below a folder of a FileTree, a page at a time.
#pragma once

#include <string>

#include "env/object_store.h"
#include "storage/file/file_tree.h"

namespace lakeferry {

// Objects and links below `top`, folder by folder; a page ends with a folder. `resume` names the folder that the page
// before ended with, and a `/`: the page goes on with what comes after it, whatever became of it. Blocking. Errors as
// of FileTree::List.
[[nodiscard]] Result<ListPage> ListBelow(const FileTree& tree, const ObjectPath& top, const std::string& resume);

}  // namespace lakeferry
