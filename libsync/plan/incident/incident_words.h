// An incident in words for people, as plain text. Pure.
#pragma once

#include <string>

#include "plan/record/incident.h"

namespace lakeferry::plan {

struct IncidentWords {
  std::string subject;  // one line
  std::string body;     // lines
};

// What happened, since when, what to do, and where the replica stands. What others have written, a name, an error, a
// reason, is on one line, cut to a bound, and marked as a quotation: no text of it can pass for a line of ours.
[[nodiscard]] IncidentWords WordsOf(const Incident& incident);

// What it means for the group's RPO, in one line; empty where nothing can be said of it.
[[nodiscard]] std::string RpoText(const Incident& incident);

}  // namespace lakeferry::plan
