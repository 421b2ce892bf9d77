// What `lakeferry check` finds out beside the groups (engine/inquire/group_check.h): the configuration itself, where
// the metadata store lies, and the mail server.
#pragma once

#include <string>
#include <vector>

#include "daemon/config/config.h"
#include "daemon/config/config_problem.h"
#include "plan/group/finding.h"
#include "plan/group/root_overlap.h"

namespace lakeferry {

// What the configuration itself says: its notes, and everything it asks for that this build does not do.
[[nodiscard]] std::vector<plan::Finding> ConfigFindings(const Config& config);

// The same findings for a configuration that does not load.
[[nodiscard]] std::vector<plan::Finding> ConfigFindings(const std::string& file,
                                                        const std::vector<ConfigProblem>& problems);

// The folder of the metadata store, with its place as far as that can be told.
[[nodiscard]] plan::Root StateRoot(std::string folder);

// Where there is no metadata store yet: what that means for the other findings, and whether this user could make it.
// Nothing is made. Empty where there is one.
[[nodiscard]] std::vector<plan::Finding> CheckMetadataStore(const std::string& path);

// Connects to the mail server, within its time limit, and sends nothing. A warning too where its certificate ends
// within two weeks. Blocking.
[[nodiscard]] std::vector<plan::Finding> CheckMailServer(const SmtpSettings& smtp, TimeMs now);

}  // namespace lakeferry
