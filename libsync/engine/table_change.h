// TableChange: what one table's cut comes to: the actions that go over and the objects they need. Reading it costs what
// the commits since the base hold; without a base, what the table holds.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "delta/action.h"
#include "delta/commit_times.h"
#include "delta/import_roots.h"
#include "delta/log_segment.h"
#include "engine/cut_maker.h"

namespace lakeferry::engine {

struct FileToSend {
  ObjectPath path;                           // below the replica's root
  std::optional<int64_t> size;               // as the log says; absent for deletion vectors
  bool required = true;                      // false: may be gone from the source (live only between two cuts)
  std::optional<TimeMs> vanishes_from = {};  // from then on VACUUM may delete it; absent: live at the source
  // Which the replica's object is to have too; absent: that of its arrival.
  std::optional<TimeMs> modified = {};
  // Where it is read; null: under the same path below the source's root.
  std::shared_ptr<const delta::ForeignObject> origin = nullptr;
};

struct TableChange {
  // Without its parts; counts filled in as far as they are known before copying.
  plan::ManifestTable table;
  // Clone mode: the net change.
  std::optional<delta::Protocol> protocol;
  std::optional<delta::Metadata> metadata;
  std::vector<delta::DomainMetadata> domains;
  std::vector<delta::Txn> txns;
  std::vector<delta::RemoveFile> removes;
  std::vector<delta::AddFile> adds;
  // Mirror mode: versions to publish, ascending, with the times the source lists, and log objects to publish after
  // them.
  std::vector<delta::CommitTime> commits;
  std::vector<FileToSend> log_files;
  // Both: each object once; those that may vanish first, by time, then the others ascending.
  std::vector<FileToSend> files;
  // What adds name and is at the replica from an epoch before: not sent, but looked for there before the commit.
  std::vector<plan::PresentFile> present;

  [[nodiscard]] bool Empty() const { return table.base_version == table.source_version; }
};

// Errors: kUnsupportedTable naming the feature or path that cannot be carried; kSourceMovedOn for a commit that was
// cleaned away meanwhile; kCorruptLog; the store's.
Task<Result<TableChange>> ReadChange(const Environment& env, const TableCut& cut, delta::ReplicationMode mode);

}  // namespace lakeferry::engine
