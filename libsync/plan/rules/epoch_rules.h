// EpochRules: whether what a manifest's parts hold of one table can be committed, and nothing else: every path below
// the table's root, every staged object in the epoch's own folder, every file that an add names brought or said to be
// there, a mirror's commits without a hole, and no line too long to be read again. Both roles ask: the sender before it
// publishes an epoch, the receiver before it places anything. Pure; 16 bytes an object (ObjectLedger), and as much
// again for a file with a vector, one whose path has escapes, and a removal.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "delta/seen_files.h"
#include "plan/document/manifest.h"
#include "plan/rules/epoch_needs.h"
#include "plan/rules/object_ledger.h"

namespace lakeferry::plan {

// Whether an epoch needs its base to be there: whole tables build upon nothing, whatever becomes of that. Both roles
// ask: the receiver before it applies an epoch, the sender before it builds upon one.
[[nodiscard]] bool BuildsUponBase(const Manifest& manifest);

// Gets the records of all parts of a table, in their order. Its errors are of kCorruptData and name part and record;
// what a target has to hold (`present` records) is left to the caller.
class EpochRules final : public PartSink {
 public:
  // `manifest` and `table`, which is one of its tables, must outlive it. `seed`: drawn by the process, as for
  // delta::HashFile.
  EpochRules(const Manifest& manifest, const ManifestTable& table, uint64_t seed);

  // Every staged object is to have its SHA-256.
  void AskForSha256() { asks_sha256_ = true; }

  // The records that follow are those of the next part; `where` names it in errors.
  void NextPart(std::string where);
  // After the last: that the records are as many as the manifest says.
  [[nodiscard]] Status Finish() const;

  // After Finish: whether something that an add names is neither brought nor there. Which one, with its place, is the
  // error of a second reading of all parts after LookForMissing.
  [[nodiscard]] bool LacksObjects() const { return ledger_.missing() > 0; }
  void LookForMissing();

  [[nodiscard]] const EpochNeeds& needs() const { return needs_; }
  // The objects that the epoch brings or says to be there.
  [[nodiscard]] const ObjectLedger& objects() const { return ledger_; }

  Status OnProtocol(delta::Protocol&& protocol) override;
  Status OnMetadata(delta::Metadata&& metadata) override;
  Status OnDomainMetadata(delta::DomainMetadata&& domain) override;
  Status OnTxn(delta::Txn&& txn) override;
  Status OnRemove(delta::RemoveFile&& remove) override;
  Status OnAdd(delta::AddFile&& add) override;
  Status OnCdc(delta::AddCdcFile&& cdc) override;
  Status OnCommitInfo(delta::CommitInfo&& info) override;
  Status OnSidecar(delta::Sidecar&& sidecar) override;
  Status OnCheckpointMetadata(int64_t version) override;
  Status OnFile(StagedFile&& file) override;
  Status OnPresent(PresentFile&& file) override;
  Status OnCommit(StagedCommit&& commit) override;
  Status OnLogFile(StagedFile&& file) override;

 private:
  // The order of a part's records.
  enum class Section { kShape, kActions, kObjects, kLog };

  // That the record may stand here. Each On… begins with it.
  Status Begin(Section section, bool of_clones);
  [[nodiscard]] std::string Where() const;
  // The error with the place of the record at hand.
  [[nodiscard]] std::unexpected<Error> Bad(std::string what) const;
  [[nodiscard]] Status At(Status found) const;
  // Of a record that stages an object.
  [[nodiscard]] Status JudgeDigest(const StagedFile& file) const;
  [[nodiscard]] std::unexpected<Error> NotExpected(std::string_view kind) const;

  Status JudgeShape(std::string_view kind, bool* seen);
  // Of protocol and metaData, as far as they are known.
  Status JudgeTogether();
  Status JudgeAdd(const delta::AddFile& add);
  Status JudgeFit(ObjectLedger::Fit fit, const ObjectPath& path) const;
  // That the logical file is in no action before.
  Status MeetFile(const std::string& path, const std::optional<delta::DeletionVector>& vector,
                  const ObjectPath* object);
  Status MeetName(std::string_view kind, const std::string& name);
  Status Count(int64_t* count, int64_t* bytes, int64_t size);
  Status LookFor(const delta::AddFile& add) const;
  [[nodiscard]] Status CheckCounts() const;
  [[nodiscard]] Status CheckCommits() const;

  const Manifest& manifest_;
  const ManifestTable& table_;
  uint64_t seed_;
  bool clone_;
  ObjectPath staged_below_;
  ObjectLedger ledger_;
  delta::SeenFiles seen_;
  EpochNeeds needs_;
  delta::Protocol protocol_;
  delta::Metadata metadata_;
  Section section_ = Section::kShape;
  bool asks_sha256_ = false;
  bool looks_for_missing_ = false;
  std::string part_;
  int64_t parts_ = 0;
  int64_t record_ = 0;  // of the part at hand
  int64_t adds_ = 0;
  int64_t removes_ = 0;
  int64_t files_ = 0;
  int64_t log_files_ = 0;
  int64_t bytes_ = 0;
  std::optional<Version> first_commit_;
  std::optional<Version> last_commit_;
  bool begins_with_checkpoint_ = false;  // one of the first commit's version
};

// What can be told from the manifest alone: that its tables are each there once, and none ends before its base.
// kCorruptData.
[[nodiscard]] Status CheckTables(const Manifest& manifest);

}  // namespace lakeferry::plan
