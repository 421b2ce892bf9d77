// EpochRecord: one epoch as one role has seen it, with where each table stood.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/cut_evidence.h"
#include "base/ids.h"
#include "base/time.h"
#include "plan/record/role.h"

namespace lakeferry {

// The live files of a table at one version.
struct TableSize {
  int64_t files = 0;
  int64_t bytes = 0;

  bool operator==(const TableSize&) const = default;
};

// Where one table stands at one epoch.
struct TablePosition {
  std::string table;
  Version source_version;
  std::string source_table_id;             // metaData.id at the source
  std::string source_commit_sha256;        // of the source's N.json at source_version; empty where it was not read
  std::optional<Version> replica_version;  // receiver only: the replica's own version after the epoch
  // The version of the managed table that a clone of that is; absent where none was made.
  std::optional<Version> managed_version = {};
  std::string live_set = {};  // fingerprint of its live files: the manifest's, receiver: as it found them
  int64_t files = 0;          // data objects this epoch moved for the table
  int64_t bytes = 0;
  int64_t files_added = 0;  // adds and removes of the cut's net change
  int64_t files_removed = 0;
  std::optional<TableSize> size = {};  // of the whole table, by the manifest; absent where that was not kept yet

  bool operator==(const TablePosition&) const = default;
};

enum class EpochState { kStaging, kStaged, kApplying, kApplied, kRefused };
// "staging", "staged", "applying", "applied", "refused".
[[nodiscard]] std::string_view EpochStateName(EpochState state);
[[nodiscard]] std::optional<EpochState> ParseEpochState(std::string_view name);

// One epoch of one group, as one role has seen it.
struct EpochRecord {
  Role role = Role::kSender;
  std::string group;
  Epoch epoch;
  TimeMs cut_time;
  std::vector<std::string> run_ids;
  bool atomic = true;
  EpochState state = EpochState::kStaging;
  std::string manifest_sha256;  // empty before the manifest exists
  TimeMs started;
  std::optional<TimeMs> ended;  // sender: receipt seen; receiver: receipt written
  int64_t worked_ms = 0;        // time this role worked on it
  std::string error;            // why it was refused
  std::string error_kind;       // the ErrorCodeName of that
  std::vector<TablePosition> tables;
  CutEvidence evidence = {};  // what "atomic" rests on
  // Receiver only, of an applied one: how long readers could see some tables at it and others before it, at most; 0
  // where it changes one table alone. Absent where that is not known.
  std::optional<Millis> torn = {};
  // Of what this role copied for it in the pass that came to its end: bytes that were not sent, because a copy that
  // broke off had sent them.
  int64_t resumed_bytes = 0;

  bool operator==(const EpochRecord&) const = default;
};

}  // namespace lakeferry
