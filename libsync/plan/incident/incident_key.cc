#include "plan/incident/incident_key.h"

#include <fmt/format.h>

namespace lakeferry::plan {

std::string KeyOf(const Incident& incident) {
  std::string whose = fmt::format("{}/{}/{}", incident.region, RoleName(incident.role), incident.group);
  const auto since = incident.since ? ToEpochMs(*incident.since) : int64_t{0};
  switch (incident.kind) {
    case IncidentKind::kFailure:
    case IncidentKind::kTest:  // its end is told as that of a failure
    case IncidentKind::kRecovery: return fmt::format("{}/failure/{}", whose, since);
    case IncidentKind::kRisk: return fmt::format("{}/risk/{}", whose, static_cast<int>(incident.risk));
    case IncidentKind::kEpoch: return fmt::format("{}/epoch/{}", whose, incident.epoch.value());
    case IncidentKind::kDigest: return fmt::format("{}/digest/{}", whose, since);
  }
  return whose;
}

}  // namespace lakeferry::plan
