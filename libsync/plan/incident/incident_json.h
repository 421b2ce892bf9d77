// An incident as a JSON document: what a generic webhook is sent (docs/json.md), and what is kept on record until a
// message about it has arrived. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "plan/record/incident.h"

namespace lakeferry::plan {

// The version of the document; members may be added to it.
inline constexpr int kIncidentVersion = 1;

// On one line, without a line end; texts are without known secrets and bounded. Addresses are part of it where the
// incident has any: a notice for a webhook has none.
[[nodiscard]] std::string ToJson(const Incident& incident);
// kCorruptLog for what is no such document. What only people read of it (subject, text) is not taken back.
[[nodiscard]] Result<Incident> IncidentFromJson(std::string_view text);

// "failure", "risk", "recovery", "epoch", "digest", "test".
[[nodiscard]] std::string_view IncidentKindName(IncidentKind kind);

}  // namespace lakeferry::plan
