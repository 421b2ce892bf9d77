// VersionSurvey: where each table of a group stands on every side. A side that cannot be reached is an answer, not an
// error. Reads only.
#pragma once

#include "engine/environment.h"
#include "engine/reports.h"
#include "plan/group_spec.h"

namespace lakeferry::engine {

// `env` and `spec` must outlive the task.
Task<VersionsReport> SurveyVersions(const Environment& env, const plan::GroupSpec& spec);

}  // namespace lakeferry::engine
