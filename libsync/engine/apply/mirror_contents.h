// What the commits of an epoch do to a mirror, held against what the epoch brings: their paths stay within the table,
// and every file that they leave live is brought or said to be there. Looked at in staging, before anything is
// published.
#pragma once

#include <cstdint>
#include <vector>

#include "delta/live_set.h"
#include "delta/replay_sinks.h"
#include "engine/log/table_log.h"
#include "plan/document/manifest.h"
#include "plan/rules/object_ledger.h"

namespace lakeferry::engine {

// The records of a mirrored table that the look needs. 16 bytes a file.
class MirrorRecords final : public plan::PartSink {
 public:
  explicit MirrorRecords(uint64_t seed) : objects_(seed) {}

  Status OnFile(plan::StagedFile&& file) override;
  Status OnPresent(plan::PresentFile&& file) override;
  Status OnCommit(plan::StagedCommit&& commit) override;
  Status OnLogFile(plan::StagedFile&& file) override;

  // kCorruptData where the live file `add`, or its vector, is not among the objects.
  [[nodiscard]] Status CheckBrought(const delta::AddFile& add) const;
  // What is to be published in the log.
  std::vector<plan::StagedFile> log_objects;
  std::vector<Version> commits;

 private:
  plan::ObjectLedger objects_;
};

// The paths of a commit's actions: kCorruptData for one that leaves the table.
class MirrorPaths final : public delta::ActionSink {
 public:
  Status OnAdd(delta::AddFile&& add) override;
  Status OnRemove(delta::RemoveFile&& remove) override;
  Status OnCdc(delta::AddCdcFile&& cdc) override;
};

// The same of one that was read whole.
[[nodiscard]] Status CheckMirrorPaths(const delta::Commit& commit);

// Adds up the live files of a whole table, each of which has to be brought. `records` must outlive it.
class BroughtLiveSet final : public delta::FileSink {
 public:
  explicit BroughtLiveSet(const MirrorRecords& records) : records_(records) {}

  Status OnLive(delta::AddFile&& add) override;
  void Restart() override { set_ = {}; }

  [[nodiscard]] const delta::LiveSet& set() const { return set_; }

 private:
  const MirrorRecords& records_;
  delta::LiveSet set_;
};

// What reading a staged log found wrong is of the epoch: kCorruptData then, of the version.
[[nodiscard]] std::unexpected<Error> OfStagedLog(Error error);

}  // namespace lakeferry::engine
