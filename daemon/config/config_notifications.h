// Receivers of notices: the key `notifications` of the top level, which defines them, and of workspaces and groups,
// which name those that hear of them; and `success_digest`.
#pragma once

#include <optional>
#include <vector>

#include "daemon/config/config_reader.h"
#include "daemon/config/notification_settings.h"

namespace lakeferry {

[[nodiscard]] std::vector<NotificationSettings> ReadNotifications(ConfigMap& top);
[[nodiscard]] std::optional<DigestSettings> ReadDigest(ConfigMap& top);
// A problem for each receiver that wants a digest where nothing says when.
void CheckDigests(ConfigMap& top, const std::vector<NotificationSettings>& known, bool digest);

// All of them.
[[nodiscard]] std::vector<plan::NoticeRule> RulesOf(const std::vector<NotificationSettings>& known);
// Those that the workspace or group names; `inherited` where it names none, and none for `none`.
[[nodiscard]] std::vector<plan::NoticeRule> ReadRules(ConfigMap& map, const std::vector<NotificationSettings>& known,
                                                      const std::vector<plan::NoticeRule>& inherited);

}  // namespace lakeferry
