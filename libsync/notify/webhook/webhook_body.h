// What is posted to a webhook about an incident: a template for each kind of receiver. Names, errors and remedies may
// hold anything; in none of the templates can they become markup, a link, a mention or another member. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/secret.h"
#include "base/time.h"
#include "plan/record/incident.h"

namespace lakeferry::notify {

enum class WebhookKind {
  kGeneric,    // the incident's own document (plan/incident/incident_json.h)
  kSlack,      // blocks of an incoming webhook
  kTeams,      // an Adaptive Card, as a webhook of Workflows takes it
  kPagerDuty,  // Events API v2: trigger and resolve
};

// "generic", "slack", "teams", "pagerduty".
[[nodiscard]] std::string_view WebhookKindName(WebhookKind kind);

// The body, a JSON document. `routing_key`: of PagerDuty alone, which wants it in the document. Absent where that kind
// of receiver has no use for the incident: PagerDuty knows nothing of epochs.
[[nodiscard]] std::optional<std::string> WebhookBody(WebhookKind kind, const Incident& incident,
                                                     const Secret& routing_key);

// The value of the header by which a receiver tells that a body is ours: "t=<seconds>,v1=<hex>", where the digits are
// the HMAC-SHA256 of "<seconds>.<body>" by the secret.
[[nodiscard]] std::string WebhookSignature(const Secret& secret, TimeMs now, std::string_view body);

}  // namespace lakeferry::notify
