// Receivers of notices, as a configuration says them.
#include "daemon/config/config.h"
#include "tests/daemon/config/config_texts.h"

namespace lakeferry {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string kReceivers =
    "notifications:\n"
    "  - { name: chat, kind: slack, url: { file: /run/slack.url }, on: [failure, recovery, success, digest] }\n"
    "  - { name: pager, kind: pagerduty, secret: { env: PAGER } }\n"
    "  - { name: own, kind: generic, url: \"https://hooks.example/x\", secret: { credential: hook } }\n"
    "success_digest: { at: \"07:30\", time_zone: Europe/Vienna }\n";

std::vector<std::string> WrongLines(const ConfigLines& lines) {
  return ProblemLines(LoadConfig(lines.Text(), "c.yaml"));
}
Config Loaded(const ConfigLines& lines) {
  const ConfigResult config = LoadConfig(lines.Text(), "c.yaml");
  EXPECT_THAT(ProblemLines(config), IsEmpty());
  return config.value_or(Config());
}
std::vector<std::string> NamesOf(const Config& config) {
  std::vector<std::string> names;
  for (const plan::NoticeRule& rule : config.groups.at(0).notices) names.push_back(rule.channel);
  return names;
}

TEST(ConfigNotifications, AreReadWithTheirSecretsByReference) {
  const Config config = Loaded({.top = kReceivers});
  ASSERT_EQ(config.notifications.size(), 3U);
  EXPECT_EQ(config.notifications[0].rule, (plan::NoticeRule{.channel = "chat", .success = true, .digest = true}));
  EXPECT_EQ(config.notifications[0].url_place, (SecretRef{SecretRef::Kind::kFile, "/run/slack.url"}));
  EXPECT_EQ(config.notifications[1].kind, notify::WebhookKind::kPagerDuty);
  EXPECT_THAT(config.notifications[1].url, HasSubstr("https://"));
  EXPECT_EQ(config.notifications[1].rule, plan::NoticeRule{.channel = "pager"});
  EXPECT_EQ(config.notifications[2].secret, (SecretRef{SecretRef::Kind::kCredential, "hook"}));
  EXPECT_EQ(config.success_digest, (DigestSettings{.at = std::chrono::minutes(450), .time_zone = "Europe/Vienna"}));
}

TEST(ConfigNotifications, WorkspacesAndGroupsNameTheirs) {
  EXPECT_THAT(NamesOf(Loaded({.top = kReceivers})), ElementsAre("chat", "pager", "own"));
  const std::string workspace = "    notifications: [pager, own]\n";
  EXPECT_THAT(NamesOf(Loaded({.top = kReceivers, .workspace = workspace})), ElementsAre("pager", "own"));
  EXPECT_THAT(NamesOf(Loaded({.top = kReceivers, .workspace = workspace, .group = "        notifications: chat\n"})),
              ElementsAre("chat"));
  EXPECT_THAT(NamesOf(Loaded({.top = kReceivers, .group = "        notifications: none\n"})), IsEmpty());
}

TEST(ConfigNotifications, WithADigestSuccessesAreNotMailedEachByItself) {
  const std::string mail = "sync_success_notification: a@example.org\nsmtp: {host: m, from: b@example.org}\n";
  EXPECT_THAT(Loaded({.top = mail}).groups.at(0).success_mail_to, ElementsAre("a@example.org"));
  const Config config = Loaded({.top = mail + "success_digest: { at: \"00:00\" }\n"});
  EXPECT_THAT(config.groups.at(0).success_mail_to, IsEmpty());
  EXPECT_THAT(config.groups.at(0).digest_mail_to, ElementsAre("a@example.org"));
}

TEST(ConfigNotifications, WhatIsWrongIsNamed) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"{ name: a, kind: slack, url: \"https://hooks.example/T0/B0\" }", "it is a secret"},
      {"{ name: a, kind: teams, url: \"https://x.example/T0\" }", "it is a secret"},
      {"{ name: a, kind: generic, url: \"http://x.example/\" }", "notices are not sent over http://"},
      {"{ name: a, kind: generic }", "url is missing"},
      {"{ name: a, kind: pagerduty }", "routing key"},
      {"{ name: a, kind: pagerduty, secret: { env: P }, on: success }", "incidents alone"},
      {"{ name: a, kind: generic, url: \"https://x.example/\", secret: sesame }", "secret holds a secret inline"},
      {"{ name: a, kind: slack, url: { env: U }, secret: { env: S } }", "checks no signature"},
      {"{ name: a, kind: generic, url: \"https://x.example/\", on: [failures] }",
       "'failures' is nothing to be told of"},
      {"{ name: a, kind: generic, url: \"https://x.example/\", on: digest }", "nothing says when"},
      {"{ name: mail, kind: generic, url: \"https://x.example/\" }", "no receiver may be called 'mail'"},
      {"{ kind: generic, url: \"https://x.example/\" }", "name"},
      {"{ name: a, kind: fax }", "kind"}};
  for (const auto& [entry, problem] : cases) {
    EXPECT_THAT(WrongLines({.top = "notifications:\n  - " + entry + "\n"}), ElementsAre(HasSubstr(problem))) << entry;
  }
  EXPECT_THAT(WrongLines({.top = kReceivers, .group = "        notifications: [chta]\n"}),
              ElementsAre(HasSubstr("no receiver of notices is named 'chta' | did you mean chat?")));
  EXPECT_THAT(WrongLines({.top = kReceivers + "x-x: 1\nsmtp: {host: m, from: b@example.org}\n",
                          .group = "        notifications: [none, chat]\n"}),
              ElementsAre(HasSubstr("no receiver of notices is named 'none'")));
  EXPECT_THAT(WrongLines({.top = "success_digest: { at: \"7\" }\n"}), ElementsAre(HasSubstr("'7' is no time of day")));
  EXPECT_THAT(WrongLines({.top = "success_digest: { at: \"07:00\", time_zone: Mars/Base }\n"}),
              ElementsAre(HasSubstr("Mars/Base")));
}

TEST(ConfigNotifications, TwoOfOneNameAreRefused) {
  const std::string twice = "  - { name: a, kind: generic, url: \"https://x.example/\" }\n";
  EXPECT_THAT(WrongLines({.top = "notifications:\n" + twice + twice}),
              ElementsAre(HasSubstr("a second receiver is named 'a'")));
}

TEST(ConfigGroups, RetriesAndForcedSyncsMayBeAGroupsOwn) {
  const Config config = Loaded({.workspace = "    sync_max_retries: 5\n    force_sync_after: 40d\n",
                                .group = "        sync_max_retries: 1\n        force_sync_after: 30d\n"});
  EXPECT_EQ(config.groups.at(0).max_retries, 1);
  EXPECT_EQ(config.groups.at(0).force_sync_after, std::chrono::hours(24 * 30));
  const Config inherited = Loaded({.workspace = "    sync_max_retries: 5\n    force_sync_after: 40d\n"});
  EXPECT_EQ(inherited.groups.at(0).max_retries, 5);
  EXPECT_EQ(inherited.groups.at(0).force_sync_after, std::chrono::hours(24 * 40));
}

}  // namespace
}  // namespace lakeferry
