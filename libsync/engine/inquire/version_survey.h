// VersionSurvey: where each table of a group stands on every side. A side that cannot be reached is an answer, not an
// error. Reads only.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "engine/environment.h"
#include "plan/group/group_spec.h"

namespace lakeferry::engine {

struct TableVersions {
  std::string table;
  std::optional<Version> source_version;   // newest at the source
  std::optional<Version> staged_version;   // source version of the newest staged epoch
  std::optional<Version> applied_version;  // source version of the newest applied epoch
  std::optional<Version> replica_version;  // the replica's own newest version
  // Of the managed table: as the newest applied epoch left it, by its receipt.
  std::optional<Version> managed_version = {};
  std::vector<std::string> unreachable;  // sides that could not be asked, and why
};

// `lakeferry versions`.
struct VersionsReport {
  std::string group;
  std::vector<TableVersions> tables;
  bool cloned = false;  // the group's replicas are cloned into managed tables
};

// `env` and `spec` must outlive the task.
Task<VersionsReport> SurveyVersions(Call call, const Environment& env, const plan::GroupSpec& spec);

}  // namespace lakeferry::engine
