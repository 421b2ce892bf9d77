#include "daemon/config/config_notifications.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "base/nearest_key.h"
#include "daemon/config/config_bandwidth.h"
#include "daemon/config/config_values.h"
#include "daemon/config/zones.h"
#include "http/origin.h"
#include "plan/record/notice.h"

namespace lakeferry {
namespace {

constexpr std::string_view kNotifications = "notifications";
constexpr std::string_view kNobody = "none";
constexpr char kPagerDuty[] = "https://events.pagerduty.com/v2/enqueue";

void ReadWants(ConfigMap& map, NotificationSettings& settings) {
  if (!map.Has("on")) return;
  plan::NoticeRule& rule = settings.rule;
  rule.failure = rule.recovery = false;
  for (const ConfigText& text : map.Texts("on")) {
    if (text.text == "failure") {
      rule.failure = true;
    } else if (text.text == "recovery") {
      rule.recovery = true;
    } else if (text.text == "success") {
      rule.success = true;
    } else if (text.text == "digest") {
      rule.digest = true;
    } else {
      map.problems().Add(text.place, fmt::format("'{}' is nothing to be told of", text.text),
                         "write some of failure, recovery, success and digest");
    }
  }
  const bool pager = settings.kind == notify::WebhookKind::kPagerDuty;
  if (pager && (rule.success || rule.digest)) {
    map.Report("on", "PagerDuty hears of incidents alone", "write on: [failure, recovery]");
  }
}

// Empty where it is good.
std::string WhatIsWrongWithHook(const std::string& url, bool http_allowed) {
  const auto parsed = ParseUrl(url);
  if (!parsed) return parsed.error().message;
  if (parsed->origin.tls || IsLoopback(parsed->origin) || http_allowed) return {};
  return "notices are not sent over http://";
}

void ReadUrl(ConfigMap& map, NotificationSettings& settings) {
  const bool secret = settings.kind == notify::WebhookKind::kSlack || settings.kind == notify::WebhookKind::kTeams;
  const ConfigNode* value = map.Value("url");
  if (value == nullptr) {
    if (settings.kind == notify::WebhookKind::kPagerDuty) {
      settings.url = kPagerDuty;
    } else if (!map.Has("url")) {
      map.Report("url", "url is missing",
                 secret ? "write url: {file: /etc/lakeferry/hook.url}" : "write url: https://<host>/<path>");
    }
    return;
  }
  if (value->kind == ConfigNode::Kind::kMap) {
    settings.url_place = ReadSecretRef(map, "url");
    return;
  }
  if (secret) {
    map.Report("url", "whoever knows the url of such a webhook may post there: it is a secret",
               "name where it is kept: {env: VARIABLE}, {file: /path} or {credential: name}");
    return;
  }
  const auto text = map.Text("url");
  if (!text) return;
  const std::string wrong = WhatIsWrongWithHook(text->text, settings.allow_http);
  if (!wrong.empty()) map.Report("url", wrong, "write https://<host>/<path>; allow_http: true where nobody listens");
  settings.url = text->text;
}

void ReadSecret(ConfigMap& map, NotificationSettings& settings) {
  const bool pager = settings.kind == notify::WebhookKind::kPagerDuty;
  if (map.Has("secret")) settings.secret = ReadSecretRef(map, "secret");
  if (pager && !map.Has("secret")) {
    map.Report("secret", "PagerDuty wants the routing key of an integration (Events API v2)",
               "write secret: {file: /etc/lakeferry/pagerduty.key}");
  }
  if (!pager && settings.kind != notify::WebhookKind::kGeneric && map.Has("secret")) {
    map.Report("secret", "such a webhook checks no signature: its url is the secret", "remove secret");
  }
}

std::optional<NotificationSettings> ReadOne(const ConfigMap::Element& element, ConfigProblems& problems) {
  auto map = ConfigMap::Open(*element.node, element.place, kNotificationLevel, problems);
  if (!map) return std::nullopt;
  NotificationSettings settings;
  const auto name = map->RequiredText("name", "ops");
  if (name && CheckName(*name, problems)) settings.rule.channel = name->text;
  if (name && (name->text == kMailChannel || name->text == kNobody)) {
    map->Report("name", fmt::format("no receiver may be called '{}'", name->text), "choose another name");
  }
  if (!map->Has("kind")) map->Report("kind", "kind is missing", "write generic, slack, teams or pagerduty");
  const auto kind = map->Choice("kind", {"generic", "slack", "teams", "pagerduty"});
  if (!kind) return std::nullopt;
  constexpr std::array kKinds{notify::WebhookKind::kGeneric, notify::WebhookKind::kSlack, notify::WebhookKind::kTeams,
                              notify::WebhookKind::kPagerDuty};
  settings.kind = kKinds[*kind];
  settings.allow_http = IsSaid(*map, "allow_http");
  ReadUrl(*map, settings);
  ReadSecret(*map, settings);
  ReadWants(*map, settings);
  return settings;
}

}  // namespace

std::vector<NotificationSettings> ReadNotifications(ConfigMap& top) {
  std::vector<NotificationSettings> known;
  if (!top.Has(kNotifications)) return known;
  for (const ConfigMap::Element& element : top.RequiredList(kNotifications, "receivers of notices")) {
    auto settings = ReadOne(element, top.problems());
    if (!settings) continue;
    const bool twice = std::ranges::any_of(
        known, [&settings](const NotificationSettings& other) { return other.rule.channel == settings->rule.channel; });
    if (twice) {
      top.problems().Add(element.place, fmt::format("a second receiver is named '{}'", settings->rule.channel),
                         "rename one of them");
    }
    known.push_back(*std::move(settings));
  }
  return known;
}

std::optional<DigestSettings> ReadDigest(ConfigMap& top) {
  if (!top.Has("success_digest")) return std::nullopt;
  auto map = top.Map("success_digest", kDigestLevel);
  if (!map) return std::nullopt;
  DigestSettings digest;
  if (const auto at = ReadTimeOfDay(*map, "at")) digest.at = *at % std::chrono::hours(24);
  if (const auto zone = map->Text("time_zone")) {
    digest.time_zone = zone->text;
    const auto found = SystemZones().Find(zone->text);
    if (!found) map->Report("time_zone", found.error().message, found.error().remedy);
  }
  return digest;
}

void CheckDigests(ConfigMap& top, const std::vector<NotificationSettings>& known, bool digest) {
  if (digest) return;
  for (const NotificationSettings& settings : known) {
    if (!settings.rule.digest) continue;
    top.Report(kNotifications, fmt::format("'{}' is to have a digest, and nothing says when", settings.rule.channel),
               "add success_digest: { at: \"07:00\", time_zone: Europe/Vienna }");
  }
}

std::vector<plan::NoticeRule> RulesOf(const std::vector<NotificationSettings>& known) {
  std::vector<plan::NoticeRule> rules;
  rules.reserve(known.size());
  for (const NotificationSettings& settings : known) rules.push_back(settings.rule);
  return rules;
}

std::vector<plan::NoticeRule> ReadRules(ConfigMap& map, const std::vector<NotificationSettings>& known,
                                        const std::vector<plan::NoticeRule>& inherited) {
  if (!map.Has(kNotifications)) return inherited;
  const std::vector<plan::NoticeRule> all = RulesOf(known);
  std::vector<std::string_view> names;
  names.reserve(all.size());
  for (const plan::NoticeRule& rule : all) names.push_back(rule.channel);
  std::vector<plan::NoticeRule> rules;
  const std::vector<ConfigText> texts = map.Texts(kNotifications);
  if (texts.size() == 1 && texts.front().text == kNobody) return rules;
  for (const ConfigText& text : texts) {
    const auto found = std::ranges::find(all, text.text, &plan::NoticeRule::channel);
    if (found == all.end()) {
      const std::string_view nearest = NearestKey(text.text, names);
      map.problems().Add(text.place, fmt::format("no receiver of notices is named '{}'", text.text),
                         nearest.empty() ? "define it under notifications at the top level"
                                         : fmt::format("did you mean {}?", nearest));
    } else if (std::ranges::find(rules, *found) == rules.end()) {
      rules.push_back(*found);
    }
  }
  return rules;
}

}  // namespace lakeferry
