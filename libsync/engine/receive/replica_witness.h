// ReplicaWitness: what the logs of a group's targets say to the claim that an epoch was applied to them
// (plan/rules/replica_proof.h). Reads only.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "engine/environment.h"
#include "engine/log/table_log.h"
#include "engine/staging/staging_area.h"
#include "plan/group/group_spec.h"
#include "plan/rules/replica_proof.h"

namespace lakeferry::engine {

// What it is given must outlive its tasks. One task at a time. A clone's marker is read once in its life.
class ReplicaWitness {
 public:
  ReplicaWitness(const Environment& env, const plan::GroupSpec& spec, const StagingArea& staging)
      : env_(env), spec_(spec), staging_(staging) {}

  // Of every table of the manifest that is configured here. A log that cannot be read, for another reason than that its
  // store cannot be reached, neither confirms nor denies; nor does a mirror that a later epoch brings whole, which may
  // be half made. The stores' errors.
  Task<Result<plan::EpochProof>> Prove(Call call, plan::Manifest manifest);
  // The newest version of a clone that was looked at; absent where it has none.
  [[nodiscard]] std::optional<Version> NewestOfClone(const std::string& table) const;
  // The version of a clone that was looked at in which its marker's epoch was brought; absent where that is not
  // `marked`, or not known.
  [[nodiscard]] std::optional<Version> MarkedAt(const std::string& table, Epoch marked) const;

 private:
  // plan::DocumentDigest of the manifest of an epoch; absent where there is none. It is read once for all tables.
  Task<Result<std::optional<std::string>>> StagedDigest(Call call, Epoch epoch);
  Task<Result<plan::ReplicaMark>> MarkOf(Call call, plan::TableSpec table, plan::ManifestTable claim);
  Task<Result<plan::ReplicaMark>> MarkOfClone(Call call, plan::TableSpec table, TableLog log, delta::LogListing listing,
                                              plan::ManifestTable claim);
  Task<Result<plan::ReplicaMark>> MarkOfMirror(Call call, TableLog log, delta::LogListing listing,
                                               plan::ManifestTable claim);
  Task<Result<plan::ReplicaMark>> MarkByCommit(Call call, plan::ReplicaMark mark, plan::TableSpec table,
                                               const TableLog& log, const delta::LogListing& listing,
                                               plan::ManifestTable claim);
  Task<Result<bool>> ComesWhole(Call call, std::string table, Epoch after) const;

  const Environment& env_;
  const plan::GroupSpec& spec_;
  const StagingArea& staging_;
  std::map<std::string, plan::ReplicaMark> clones_;
  std::map<Epoch, std::optional<std::string>> digests_;
};

}  // namespace lakeferry::engine
