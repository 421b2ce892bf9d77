// What another writer leaves in a replica's log when only its commit is deleted: a version checksum, a checkpoint or
// compacted commits of a version that the replica does not hold yet. Readers would take them for what the commit of
// ours says that is published beside them, and answer wrong rows or fail.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "delta/log_segment.h"
#include "env/object_store.h"

namespace lakeferry::engine {

// Names of the listing's checksums, checkpoints (complete or not) and compacted commits that tell of versions after
// `version` (absent: of any), ascending. Commits are not among them, nor what readers give no meaning.
[[nodiscard]] std::vector<std::string> FilesBeyond(const delta::LogListing& listing, std::optional<Version> version);

// For a message: the first few in quotes, and how many more there are.
[[nodiscard]] std::string NamesOf(const std::vector<std::string>& files);

// The way out where somebody else has written `version`: all that has to be deleted for the version before to be the
// newest again.
[[nodiscard]] std::string HowToDeleteFrom(Version version);

// Fails where there are any `files`, which the log of the replica at `uri` holds and which are not ours: kDiverged;
// kRefused, as of any target that is not empty, where the log has no `head` yet.
[[nodiscard]] Status CheckNoneLeft(const std::vector<std::string>& files, std::optional<Version> head,
                                   std::string_view uri);

// The name of what Hadoop's local file system keeps beside the commit of `version`, where the log holds it:
// ".N.json.crc". Before our commit is there it is another's, and Spark would hold ours against it. Absent where there
// is none, and in a store that is far, where no reader looks for it.
[[nodiscard]] Task<Result<std::optional<std::string>>> FindHadoopChecksum(Call call, ObjectStore& store,
                                                                          Version version);

}  // namespace lakeferry::engine
