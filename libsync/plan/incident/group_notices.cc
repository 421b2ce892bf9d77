#include "plan/incident/group_notices.h"

#include <fmt/format.h>

#include "plan/incident/incident_json.h"
#include "plan/incident/incident_key.h"

namespace lakeferry::plan {

bool Wants(const NoticeRule& rule, IncidentKind kind) {
  switch (kind) {
    case IncidentKind::kFailure:
    case IncidentKind::kRisk: return rule.failure;
    case IncidentKind::kRecovery: return rule.recovery;
    case IncidentKind::kEpoch: return rule.success;
    case IncidentKind::kDigest: return rule.digest;
    case IncidentKind::kTest: return true;
  }
  return false;
}

std::vector<Notice> NoticesOf(const GroupSpec& spec, const Incident& incident, TimeMs now) {
  Incident told = incident;
  told.to.clear();
  std::vector<Notice> notices;
  for (const NoticeRule& rule : spec.notices) {
    if (!Wants(rule, incident.kind)) continue;
    // A risk that comes again is another one.
    const auto again = incident.kind == IncidentKind::kRisk ? ToEpochMs(now) : int64_t{0};
    notices.push_back(
        {.id = fmt::format("{}/{}/{}/{}", rule.channel, static_cast<int>(incident.kind), KeyOf(incident), again),
         .channel = rule.channel,
         .role = incident.role,
         .incident = ToJson(told),
         .created = now,
         .next = now});
  }
  return notices;
}

}  // namespace lakeferry::plan
