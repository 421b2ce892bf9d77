// Whether a replica bears out that an epoch was applied to it: what its own log shows, held against the manifest.
// Neither a receipt nor the metadata store can say so. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plan/document/manifest.h"

namespace lakeferry::plan {

// What the log of a target shows.
struct ReplicaMark {
  enum class Log {
    kAbsent,      // no object of a log: nothing is there, or no more
    kUnreadable,  // it tells nothing now; `why` says more
    kThere,
  };
  Log log = Log::kAbsent;
  std::string why = {};  // also of a log that is there and is no table's
  // Of a clone: the epoch of the group's marker, and whether it is known to be of this chain of manifests.
  std::optional<Epoch> epoch = {};
  bool of_other_manifests = false;
  std::optional<Version> marked_at = {};  // of the commit that brought that epoch, where it was found
  // Of a mirror: the newest version, and the digest of the commit that the epoch ends with; empty where only a
  // checkpoint is there.
  std::optional<Version> version = {};
  bool has_commit = false;  // of the version that the epoch ends with
  std::string commit_sha256 = {};
};

enum class Proof { kConfirmed, kDenied, kUnknown };

struct TableProof {
  std::string table;
  std::string target;
  Proof proof = Proof::kUnknown;
  bool gone = false;  // there is no log at all
  std::string why;    // where it is not confirmed
};

// What one table's log says to the claim that the epoch of `manifest` was applied. An absent log neither confirms nor
// denies it.
[[nodiscard]] TableProof JudgeMark(const ReplicaMark& mark, const ManifestTable& table, delta::ReplicationMode mode);

// What all of them say.
struct EpochProof {
  std::vector<TableProof> tables;

  [[nodiscard]] bool confirmed() const { return Has(Proof::kConfirmed) && !denied(); }
  // No table is silent.
  [[nodiscard]] bool confirmed_by_all() const { return confirmed() && !Has(Proof::kUnknown); }
  [[nodiscard]] bool denied() const { return Has(Proof::kDenied); }
  // Every table tells against it.
  [[nodiscard]] bool denied_by_all() const { return denied() && !Has(Proof::kConfirmed); }
  // The first that tells against it, or, where none does, that does not tell for it; null for none.
  [[nodiscard]] const TableProof* First() const;

 private:
  [[nodiscard]] bool Has(Proof proof) const;
};

}  // namespace lakeferry::plan
