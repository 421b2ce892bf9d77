// NotificationSettings: what the configuration says of receivers of notices beside mail, and of the daily digest. Plain
// values.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "daemon/config/secret_ref.h"
#include "notify/webhook/webhook_body.h"
#include "plan/group/group_spec.h"

namespace lakeferry {

struct NotificationSettings {
  notify::WebhookKind kind = notify::WebhookKind::kGeneric;
  std::string url;  // empty: where url_place says
  std::optional<SecretRef> url_place;
  std::optional<SecretRef> secret;  // signs a generic one; the routing key of PagerDuty
  bool allow_http = false;          // elsewhere than on loopback
  plan::NoticeRule rule = {};       // with its name; what it hears of groups that do not say otherwise

  bool operator==(const NotificationSettings&) const = default;
};

// When a day's successes are told.
struct DigestSettings {
  std::chrono::minutes at{};  // since midnight
  std::string time_zone = "UTC";

  bool operator==(const DigestSettings&) const = default;
};

}  // namespace lakeferry
