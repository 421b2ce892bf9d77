#include "plan/rules/replica_proof.h"

#include <fmt/format.h>

#include <algorithm>

namespace lakeferry::plan {
namespace {

// Empty: confirmed.
std::string DenialOfClone(const ReplicaMark& mark, const ManifestTable& table) {
  if (!mark.epoch) return "the target holds a table that this group has not written";
  if (mark.of_other_manifests) {
    return fmt::format("its log shows epoch {} of other manifests", mark.epoch->value());
  }
  if (*mark.epoch >= table.marked_epoch) return {};
  return fmt::format("its log shows epoch {}, and epoch {} changed the table", mark.epoch->value(),
                     table.marked_epoch.value());
}

std::string DenialOfMirror(const ReplicaMark& mark, const ManifestTable& table) {
  const int64_t there = mark.version ? mark.version->value() : -1;
  if (there < table.source_version.value()) {
    return fmt::format("its newest version is {}, and the epoch ends with version {}", there,
                       table.source_version.value());
  }
  // Log clean-up may have taken the commit away, and the source may have lost its own.
  const bool comparable = mark.has_commit && !table.commit_sha256.empty();
  if (!comparable || mark.commit_sha256 == table.commit_sha256) return {};
  return fmt::format("its version {} is another commit than the source's", table.source_version.value());
}

}  // namespace

TableProof JudgeMark(const ReplicaMark& mark, const ManifestTable& table, delta::ReplicationMode mode) {
  TableProof proof{.table = table.name, .target = {}, .why = {}};
  if (mark.log != ReplicaMark::Log::kThere) {
    proof.gone = mark.log == ReplicaMark::Log::kAbsent;
    proof.why = proof.gone ? "its target holds no log" : mark.why;
    return proof;
  }
  const bool mirror = mode == delta::ReplicationMode::kMirror;
  proof.why = mark.why;
  if (proof.why.empty()) proof.why = mirror ? DenialOfMirror(mark, table) : DenialOfClone(mark, table);
  proof.proof = proof.why.empty() ? Proof::kConfirmed : Proof::kDenied;
  return proof;
}

bool EpochProof::Has(Proof proof) const { return std::ranges::find(tables, proof, &TableProof::proof) != tables.end(); }

const TableProof* EpochProof::First() const {
  auto found = std::ranges::find(tables, Proof::kDenied, &TableProof::proof);
  if (found == tables.end()) found = std::ranges::find(tables, Proof::kUnknown, &TableProof::proof);
  return found == tables.end() ? nullptr : &*found;
}

}  // namespace lakeferry::plan
