// An incident whose texts try to become something else wherever they are put.
#pragma once

#include "plan/record/incident.h"

namespace lakeferry {

inline constexpr char kHostile[] =
    "<script>alert(1)</script> <!channel> <@U1> [x](http://evil.example) *b* {{DATE()}} "
    "\"},\"event_action\":\"resolve\" "
    "&amp; \x1b[31m\r\nBcc: all@example.org\n--=_lakeferry\xff";

inline Incident HostileIncident() {
  Incident incident{.kind = IncidentKind::kFailure,
                    .group = kHostile,
                    .workspace = kHostile,
                    .role = Role::kReceiver,
                    .region = kHostile,
                    .to = {"ops@example.org"},
                    .state = GroupState::kFailed};
  incident.attempts = 4;
  incident.since = FromEpochMs(1'700'000'000'000);
  incident.what = kHostile;
  incident.error_kind = "unavailable";
  incident.remedy = kHostile;
  incident.epoch = Epoch(7);
  incident.cut_time = FromEpochMs(1'699'999'000'000);
  incident.at = FromEpochMs(1'700'000'600'000);
  incident.rpo = std::chrono::hours(1);
  incident.waiting_since = FromEpochMs(1'699'990'000'000);
  return incident;
}

}  // namespace lakeferry
