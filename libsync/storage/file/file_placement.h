// Places a file that is open under a name of ours, without moving its bytes. Blocking.
#pragma once

#include "env/object_store.h"
#include "storage/file/file_tree.h"
#include "storage/file/pinned_file.h"

namespace lakeferry {

// Links the file that `from` holds open, whatever has its name by now, as `path` in `to`, iff nothing of that name
// exists. Only a file that nobody else can write, now or by another name, and that has the owner, group and rights that
// a new file of ours would have there: else kNotPossible, like across file systems. A link shares all that with its
// other name for good. kCorruptData where the content is not what was read. Errors as of errno.
[[nodiscard]] Result<CopyOutcome> PlaceByLink(PinnedFile& from, FileTree& to, const ObjectPath& path);

}  // namespace lakeferry
