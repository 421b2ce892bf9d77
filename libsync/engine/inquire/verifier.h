// Verifier: proves a replica against what was sent: its live files are those of the epoch, each is there with its size,
// and, deep, with the checksum it left with; and no log file is there that leads readers astray. Reads staging and
// targets only. VerifySource proves, at the sender, that the sources still hold what was sent; it reads staging and
// sources only.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/compare/live_set_verdict.h"
#include "engine/environment.h"
#include "engine/log/table_log.h"
#include "engine/staging/staging_area.h"
#include "plan/group/group_spec.h"
#include "plan/record/group_record.h"

namespace lakeferry::engine {

struct VerifyProblem {
  std::string table;
  std::string path;
  std::string problem;
};

// What is staged and not refused beyond the epoch that a replica is at.
struct StagedBeyond {
  int64_t epochs = 0;
  Epoch newest;                    // of these; the replica's own where there is none
  std::optional<TimeMs> cut_time;  // of the newest; absent where its manifest cannot be read
};

// `lakeferry verify`.
struct VerifyReport {
  std::string group;
  TimeMs time;  // when this was so
  Epoch epoch;
  std::optional<TimeMs> cut_time;  // of that epoch; absent where its manifest is gone
  StagedBeyond behind = {};        // of a replica alone
  bool of_source = false;          // the source was compared with what was sent, and no file was looked at
  bool ok = false;                 // all was compared, and none differs
  int64_t files_checked = 0;
  int64_t bytes_checked = 0;  // bytes read and compared with --deep; sizes compared without
  std::vector<LiveSetVerdict> tables;
  std::vector<VerifyProblem> problems;
};

// `env` and `spec` must outlive its tasks.
class Verifier {
 public:
  Verifier(const Environment& env, const plan::GroupSpec& spec) : env_(env), spec_(spec) {}

  // Against the newest epoch that has a receipt. An error is what stopped the verification, such as an unreachable
  // store; what is wrong with the replica is in the report. kNotFound where no epoch was applied yet.
  Task<Result<VerifyReport>> Verify(Call call, bool deep);

  // The sources at the versions of the newest epoch that was not refused. What cannot be compared, an unreachable store
  // included, is in the report. kNotFound where no epoch was staged yet; kCancelled.
  Task<Result<VerifyReport>> VerifySource(Call call);

  // How far the comparison of files has come. With `deep` in bytes, else in files alone.
  [[nodiscard]] const WorkProgress& progress() const { return progress_; }

 private:
  struct Expected {
    std::optional<int64_t> size;
    int64_t at_least = 0;
  };
  using Files = std::map<ObjectPath, Expected>;
  using Checksums = std::map<ObjectPath, uint64_t>;

  Task<Result<plan::Receipt>> NewestApplied(Call call, const StagingArea& staging) const;
  Task<Status> VerifyTable(Call call, const StagingArea& staging, plan::ReceiptTable applied,
                           std::optional<plan::ManifestTable> sent, bool deep, VerifyReport& report);
  Task<Result<Checksums>> ReadChecksums(Call call, const StagingArea& staging, Epoch up_to, std::string table) const;
  Task<Status> CheckFile(Call call, ObjectStore& store, std::string table, ObjectPath path, Expected expected,
                         std::optional<uint64_t> crc64, bool deep, VerifyReport& report);

  const Environment& env_;
  const plan::GroupSpec& spec_;
  WorkProgress progress_ = {};
};

}  // namespace lakeferry::engine
