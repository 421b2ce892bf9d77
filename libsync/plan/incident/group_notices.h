// The notices about an incident of a group, as its receivers want them. Pure.
#pragma once

#include <vector>

#include "plan/group/group_spec.h"
#include "plan/record/incident.h"
#include "plan/record/notice.h"

namespace lakeferry::plan {

// Whether a receiver with that rule wants to hear of incidents of that kind.
[[nodiscard]] bool Wants(const NoticeRule& rule, IncidentKind kind);

// One for each receiver of the group that wants it; due at once. Addresses of mail are in none.
[[nodiscard]] std::vector<Notice> NoticesOf(const GroupSpec& spec, const Incident& incident, TimeMs now);

}  // namespace lakeferry::plan
