// What a single record of a manifest's part must be, as far as it can be told from the record alone: which object of
// the table an action of a clone names, and whether the line that is written of it can be read again. Pure. Errors of
// all: kCorruptData with what is wrong, without a place.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/object_path.h"
#include "base/result.h"
#include "delta/action.h"
#include "delta/log_path.h"
#include "plan/document/manifest.h"

namespace lakeferry::plan {

// What a clone's commit may add to a map or list that a part holds (delta/size_limits.h has the lines).
inline constexpr size_t kEntriesHeadroom = 1024;

// What came from elsewhere, for an error: percent-encoded, so that it stays on one line, and with a bound.
[[nodiscard]] std::string QuotedText(std::string_view text);

// The object of a data file in a clone: a relative path in normal form, in no log folder, under no name that a clone
// gives to files of its own.
[[nodiscard]] Result<ObjectPath> CloneObject(const std::string& path);
// The object of a deletion vector in a clone; absent for one that stands in the action itself.
[[nodiscard]] Result<std::optional<ObjectPath>> CloneVector(const delta::DeletionVector& vector);
// The same of a removed file: its vector is only looked at for a place outside of the table.
[[nodiscard]] Status CheckCloneRemove(const delta::RemoveFile& remove);

// What the commits of a mirror name: relative paths below the table's root, in no log folder, and no vector elsewhere.
// Of what is removed nothing is read.
[[nodiscard]] Status CheckMirrorFile(const std::string& path, const std::optional<delta::DeletionVector>& vector);
[[nodiscard]] Status CheckMirrorRemove(const delta::RemoveFile& remove);

// That the line which a clone writes of the action stays below what readers take.
[[nodiscard]] Status CheckFits(const delta::AddFile& add);
[[nodiscard]] Status CheckFits(const delta::RemoveFile& remove);
[[nodiscard]] Status CheckFits(const delta::Protocol& protocol);
[[nodiscard]] Status CheckFits(const delta::Metadata& metadata);
[[nodiscard]] Status CheckFits(const delta::DomainMetadata& domain);
[[nodiscard]] Status CheckFits(const delta::Txn& txn);

// Whether the name is that of a checkpoint or of one of its parts.
[[nodiscard]] bool IsCheckpoint(const delta::ParsedLogName& name);

// An object to be placed below the table's root: in no log folder, and staged below `staged_below`; or, where the
// sender places files itself (`direct`), at its place already.
[[nodiscard]] Status CheckStagedFile(const StagedFile& file, const ObjectPath& staged_below, bool direct);
// A mirror's commit: under its name, and staged below `staged_below`.
[[nodiscard]] Status CheckStagedCommit(const StagedCommit& commit, const ObjectPath& staged_below);
// A mirror's log object that is no commit: a checkpoint of a version up to `newest`, a sidecar or the hint.
[[nodiscard]] Status CheckLogFile(const StagedFile& file, const ObjectPath& staged_below, Version newest);

}  // namespace lakeferry::plan
