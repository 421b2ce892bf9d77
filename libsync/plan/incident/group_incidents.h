// The incidents of a group, made of what its record says. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plan/group/group_spec.h"
#include "plan/record/group_record.h"
#include "plan/record/incident.h"

namespace lakeferry::plan {

// Who hears of failures and risks: configured recipients and the group's owner, each once.
[[nodiscard]] std::vector<std::string> FailureRecipients(const GroupSpec& spec);

// `region`: where this process stands. `now`: when it is told; absent: what it means for the group's RPO is not said.
[[nodiscard]] Incident FailureOf(const GroupSpec& spec, const GroupRecord& record, const std::string& region,
                                 std::optional<TimeMs> now = {});
[[nodiscard]] Incident ThreatOf(const GroupSpec& spec, const GroupRecord& record, const std::string& region,
                                std::optional<TimeMs> now = {});
// `record`: as it was while the incident went on.
[[nodiscard]] Incident RecoveryOf(const GroupSpec& spec, const GroupRecord& record, const std::string& region,
                                  TimeMs now);
// `brought`: by the pass that applied it.
[[nodiscard]] Incident NewEpochOf(const GroupSpec& spec, const GroupRecord& record, const std::string& region,
                                  Brought brought);

// "paused by alice since …: why", on one line.
[[nodiscard]] std::string PauseText(const Pause& pause);

}  // namespace lakeferry::plan
