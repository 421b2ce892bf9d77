#include "daemon/wiring/notifier_check.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>
#include <string>
#include <utility>

#include "plan/incident/group_incidents.h"

namespace lakeferry {
namespace {

using plan::Finding;
using plan::Severity;

// Of tests, whose end is told as well: nothing stays open.
Task<Status> TellTest(WebhookChannel& channel, Incident test) {
  Status told = co_await channel.Tell({}, test, "test");
  if (!told || channel.settings().kind != notify::WebhookKind::kPagerDuty) co_return told;
  test.kind = IncidentKind::kRecovery;
  told = co_await channel.Tell({}, std::move(test), "test");
  co_return told;
}

Finding FindingOf(const std::string& whom, const Status& told) {
  if (told) {
    return {.severity = Severity::kInfo, .what = whom + " has taken a test", .where = {}, .remedy = {}};
  }
  const Error& error = told.error();
  return {.severity = Severity::kError,
          .what = fmt::format("{} does not get what it is told: {}", whom, error.message),
          .where = error.where,
          .remedy = error.remedy};
}

std::set<std::string> AddressesOf(const Config& config) {
  std::set<std::string> addresses;
  for (const plan::GroupSpec& group : config.groups) {
    for (const std::string& to : plan::FailureRecipients(group)) addresses.insert(to);
    addresses.insert(group.success_mail_to.begin(), group.success_mail_to.end());
    addresses.insert(group.digest_mail_to.begin(), group.digest_mail_to.end());
  }
  return addresses;
}

}  // namespace

std::vector<Finding> TryNotifiers(const Config& config, std::optional<Role> role, Wiring& wiring) {
  std::vector<Finding> findings;
  Incident test{.kind = IncidentKind::kTest, .role = role.value_or(Role::kSender), .region = config.region};
  test.at = wiring.env().clock.WallTime();
  test.since = test.at;
  const std::set<std::string> addresses = AddressesOf(config);
  if (!addresses.empty()) {
    Incident mail = test;
    mail.to.assign(addresses.begin(), addresses.end());
    const Status sent = wiring.Run(wiring.notifiers().Send({}, std::move(mail)));
    findings.push_back(FindingOf(fmt::format("mail to {}", fmt::join(addresses, ", ")), sent));
  }
  for (const auto& channel : wiring.notifiers().channels()) {
    const NotificationSettings& settings = channel->settings();
    const Status told = wiring.Run(TellTest(*channel, test));
    findings.push_back(FindingOf(
        fmt::format("notification '{}' ({})", settings.rule.channel, notify::WebhookKindName(settings.kind)), told));
  }
  if (!findings.empty()) return findings;
  return {{.severity = Severity::kWarning,
           .what = "nobody is told when something fails: no address and no receiver of notices is configured",
           .where = {},
           .remedy = "add sync_failure_notification or notifications"}};
}

}  // namespace lakeferry
