#include "plan/incident/group_incidents.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/shown_text.h"

namespace lakeferry::plan {
namespace {

Incident Of(IncidentKind kind, const GroupSpec& spec, const GroupRecord& record, const std::string& region) {
  Incident incident{.kind = kind,
                    .group = spec.name,
                    .workspace = spec.workspace,
                    .role = record.role,
                    .region = region,
                    .to = kind == IncidentKind::kEpoch ? spec.success_mail_to : FailureRecipients(spec)};
  incident.epoch = record.epoch;
  incident.cut_time = record.cut_time;
  incident.rpo = spec.rpo;
  incident.waiting_since = record.waiting_since;
  return incident;
}

// The error with its place; a group that is held has a reason alone.
const std::string& WhatIsWrong(const GroupRecord& record) {
  return record.last_error.empty() ? record.reason : record.last_error;
}

}  // namespace

std::vector<std::string> FailureRecipients(const GroupSpec& spec) {
  std::vector<std::string> to = spec.failure_mail_to;
  if (!spec.owner_email.empty() && std::ranges::find(to, spec.owner_email) == to.end()) to.push_back(spec.owner_email);
  return to;
}

Incident FailureOf(const GroupSpec& spec, const GroupRecord& record, const std::string& region,
                   std::optional<TimeMs> now) {
  Incident incident = Of(IncidentKind::kFailure, spec, record, region);
  incident.at = now;
  incident.state = record.state;
  incident.attempts = record.attempts;
  incident.since = record.failing_since;
  incident.what = WhatIsWrong(record);
  incident.error_kind = record.last_error_kind;
  incident.remedy = record.last_error_remedy;
  return incident;
}

Incident ThreatOf(const GroupSpec& spec, const GroupRecord& record, const std::string& region,
                  std::optional<TimeMs> now) {
  Incident incident = Of(IncidentKind::kRisk, spec, record, region);
  incident.at = now;
  incident.risk = record.risk;
  incident.what = record.risk_text;
  incident.remedy = record.risk_remedy;
  return incident;
}

Incident RecoveryOf(const GroupSpec& spec, const GroupRecord& record, const std::string& region, TimeMs now) {
  Incident incident = Of(IncidentKind::kRecovery, spec, record, region);
  incident.since = record.failing_since;
  incident.until = now;
  incident.at = now;
  incident.what = WhatIsWrong(record);
  return incident;
}

Incident NewEpochOf(const GroupSpec& spec, const GroupRecord& record, const std::string& region, Brought brought) {
  Incident incident = Of(IncidentKind::kEpoch, spec, record, region);
  incident.brought = std::move(brought);
  return incident;
}

std::string PauseText(const Pause& pause) {
  const std::string why = pause.why.empty() ? std::string() : ": " + OneLine(FitToShow(pause.why));
  return fmt::format("paused by {} since {}{}", OneLine(FitToShow(pause.by)), FormatUtc(pause.since), why);
}

}  // namespace lakeferry::plan
