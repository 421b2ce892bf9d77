// Reclaimer: deletes from the mirrors of a group what no version needs that the operator wants to keep readable. The
// one place of the receiving side that deletes; commits and checkpoints stay.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/environment.h"
#include "engine/log/table_log.h"
#include "engine/staging/staging_area.h"
#include "plan/group/group_spec.h"
#include "plan/retention/reclaim.h"

namespace lakeferry::engine {

struct ReclaimOrder {
  Millis retention{0};  // versions stay readable that were the newest at any time within it; the newest always does
  bool remove = false;  // false: only tells what would go
};

struct ReclaimedTable {
  std::string table;
  Version oldest_readable;  // from here on every version can be read as before
  int64_t files = 0;        // that no such version needs: deleted, or to be
  int64_t bytes = 0;
  int64_t young_files = 0;           // not needed either, and spared for their age
  std::vector<std::string> skipped;  // folders that hold a table of their own
  std::vector<std::string> links;    // that lead elsewhere: left alone, like what they lead to
};

// `lakeferry gc`.
struct ReclaimReport {
  std::string group;
  bool removed = false;
  TimeMs readable_from;  // instants from here on can be travelled to
  std::vector<ReclaimedTable> tables;
};

// `env` and `spec` must outlive its tasks. Nobody else may apply epochs meanwhile: the caller holds the receiver's
// lock.
class Reclaimer {
 public:
  Reclaimer(const Environment& env, const plan::GroupSpec& spec) : env_(env), spec_(spec) {}

  // kInvalidArgument for a clone, which engines VACUUM; kNotFound before the first epoch; kRefused while an epoch is
  // half applied; kDiverged where a table is not as the newest epoch left it, kCorruptLog where its log lacks a commit
  // that must be looked at: then nothing of it is deleted. kCancelled between two folders or batches.
  Task<Result<ReclaimReport>> Run(Call call, ReclaimOrder order) const;

 private:
  Task<Result<plan::Manifest>> NewestApplied(Call call) const;
  Task<Result<ReclaimedTable>> ReclaimTable(Call call, plan::TableSpec table, plan::ManifestTable applied,
                                            ReclaimOrder order) const;
  Task<Status> Delete(Call call, const TableLog& log, Version newest, std::vector<ObjectPath> objects) const;

  const Environment& env_;
  const plan::GroupSpec& spec_;
};

}  // namespace lakeferry::engine
