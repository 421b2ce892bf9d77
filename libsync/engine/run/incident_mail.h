// The mails of an incident: one when a group fails, one when it works again, one when something threatens it. Pure.
#pragma once

#include <string>
#include <vector>

#include "env/notifier.h"
#include "env/state_store.h"
#include "plan/group_spec.h"

namespace lakeferry::engine {

// Configured recipients and the group's owner, each once.
[[nodiscard]] std::vector<std::string> FailureRecipients(const plan::GroupSpec& spec);

// What failed, since when, what to do.
[[nodiscard]] Message FailureMail(const plan::GroupSpec& spec, const GroupRecord& record, const std::string& region);
// What threatens a group that still works, and what to do.
[[nodiscard]] Message RiskMail(const plan::GroupSpec& spec, const GroupRecord& record, const std::string& region);
// `failed_since`, `last_error`: of the incident that is over.
[[nodiscard]] Message RecoveryMail(const plan::GroupSpec& spec, const GroupRecord& record, const std::string& region,
                                   TimeMs failed_since, const std::string& last_error, TimeMs now);
// An epoch was applied, for those who want to hear of each.
[[nodiscard]] Message SuccessMail(const plan::GroupSpec& spec, const GroupRecord& record, const std::string& region);

}  // namespace lakeferry::engine
