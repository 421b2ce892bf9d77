// What a mirror says of a source that has used a file name again: it keeps every byte of the log, the name included,
// and its own older versions read the file that has it.
#pragma once

#include "engine/log/table_log.h"
#include "engine/staging/staging_area.h"

namespace lakeferry::engine {

// kUnsupportedTable with the table, the path, and the versions that removed the one file and added the other, as far as
// they are found in the epoch's commits and in the thousand newest of the mirror's.
Task<Status> RefuseReuse(Call call, const StagingArea& staging, Epoch epoch, plan::ManifestTable table,
                         const TableLog& mirror, ObjectPath path);

}  // namespace lakeferry::engine
