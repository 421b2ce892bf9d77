// What `lakeferry check` finds out about the world: every store, table, workflow and mail server of a configuration,
// and the rights each role needs, proved by doing.
#pragma once

#include <string>
#include <vector>

#include "daemon/config/config.h"
#include "daemon/config/config_problem.h"
#include "engine/environment.h"
#include "plan/finding.h"
#include "plan/group_spec.h"

namespace lakeferry {

// What the configuration itself says: its notes, and everything it asks for that this build does not do.
[[nodiscard]] std::vector<plan::Finding> ConfigFindings(const Config& config);

// The same findings for a configuration that does not load.
[[nodiscard]] std::vector<plan::Finding> ConfigFindings(const std::string& file,
                                                        const std::vector<ConfigProblem>& problems);

// Sender: sources readable and supported, import roots readable, staging writable, workflows known. Receiver: staging
// and targets writable. Writes are tried with a small object of an unused name that is deleted again. `env` must
// outlive the task.
Task<std::vector<plan::Finding>> CheckGroup(Call call, const engine::Environment& env, plan::GroupSpec spec, Role role);

// Whether a source, target, staging location or import root is one place with another, or the metadata store lies in
// one, by whatever names and links: the first such pair. `env` must outlive the task.
Task<std::vector<plan::Finding>> CheckPlaces(Call call, const engine::Environment& env,
                                             std::vector<plan::GroupSpec> groups, std::string state_folder);

// Connects to the mail server, within its time limit, and sends nothing. Blocking.
[[nodiscard]] std::vector<plan::Finding> CheckMailServer(const SmtpSettings& smtp);

}  // namespace lakeferry
