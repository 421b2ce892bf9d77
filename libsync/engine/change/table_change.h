// TableChange: what one table's cut comes to: the actions that go over and the objects they need. Reading it costs what
// the commits since the base hold; without a base, what the table holds.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "delta/action.h"
#include "delta/commit_times.h"
#include "delta/log_segment.h"
#include "engine/change/files_to_send.h"
#include "engine/cut/cut_maker.h"
#include "engine/spill/spilled_bytes.h"

namespace lakeferry::engine {

struct TableChange {
  // `env` must outlive it.
  TableChange(const Environment& env, const TableScan& scan);

  // Without its parts; counts filled in as far as they are known before copying.
  plan::ManifestTable table;
  // Clone mode: the net change.
  std::optional<delta::Protocol> protocol;
  std::optional<delta::Metadata> metadata;
  std::vector<delta::DomainMetadata> domains;
  std::vector<delta::Txn> txns;
  SpilledBytes removes;  // as lines of a commit
  SpilledBytes adds;     // likewise
  // Mirror mode: versions to publish, ascending, with the times the source lists, and log objects to publish after
  // them.
  std::vector<delta::CommitTime> commits;
  std::vector<plan::FileToSend> log_files;
  // Both: each object once.
  FilesToSend files;
  // What adds name and is at the replica from an epoch before: not sent, but looked for there before the commit.
  SpilledBytes present;  // as lines of a part

  [[nodiscard]] bool Empty() const { return table.base_version == table.source_version; }
};

// The order in which to copy tables: by their forecasts, nearest first; the others last, in their order.
[[nodiscard]] std::vector<size_t> CopyOrder(const std::vector<TableChange>& changes);

}  // namespace lakeferry::engine
