// What engine steps answer to a person who asked: values that the command line prints as text or JSON.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/cut_evidence.h"
#include "base/ids.h"
#include "base/time.h"
#include "env/state_store.h"

namespace lakeferry::engine {

struct CutSummary {
  TimeMs time;
  std::vector<std::string> run_ids;
  bool atomic = true;
  CutEvidence evidence = {};  // what that rests on
};

struct TablePlan {
  std::string table;
  std::optional<Version> from_version;  // absent: the whole table
  Version to_version;
  int64_t files = 0;  // data objects to send
  int64_t bytes = 0;
  // From then on VACUUM at the source may delete the first of them; absent: the source needs all of them itself.
  std::optional<TimeMs> files_may_vanish = {};
  int64_t vanishing_files = 0;  // so many of them, some later
};

// `lakeferry plan`.
struct PlanReport {
  std::string group;
  TimeMs time;                    // when this was so
  std::optional<CutSummary> cut;  // absent: nothing to do
  std::string reason;             // why there is none
  std::vector<TablePlan> tables;
};

struct TableVersions {
  std::string table;
  std::optional<Version> source_version;   // newest at the source
  std::optional<Version> staged_version;   // source version of the newest staged epoch
  std::optional<Version> applied_version;  // source version of the newest applied epoch
  std::optional<Version> replica_version;  // the replica's own newest version
  std::vector<std::string> unreachable;    // sides that could not be asked, and why
};

// `lakeferry versions`.
struct VersionsReport {
  std::string group;
  std::vector<TableVersions> tables;
};

// What a comparison of a table's live files with those of the epoch came to.
struct LiveSetVerdict {
  std::string table;
  Version version;  // at which they were compared: the replica's, or the source's
  LiveSetResult result = LiveSetResult::kNotChecked;
  std::string reason = {};  // why not the same
  std::string found = {};   // fingerprint of what was found; empty where nothing was
};

struct VerifyProblem {
  std::string table;
  std::string path;
  std::string problem;
};

// `lakeferry verify`.
struct VerifyReport {
  std::string group;
  Epoch epoch;
  bool of_source = false;  // the source was compared with what was sent, and no file was looked at
  bool ok = false;         // all was compared, and none differs
  int64_t files_checked = 0;
  int64_t bytes_checked = 0;  // bytes read and compared with --deep; sizes compared without
  std::vector<LiveSetVerdict> tables;
  std::vector<VerifyProblem> problems;
};

enum class Severity { kError, kWarning, kInfo };

// `lakeferry check`.
struct Finding {
  Severity severity = Severity::kError;
  std::string what;
  std::string where;
  std::string remedy;
};

}  // namespace lakeferry::engine
