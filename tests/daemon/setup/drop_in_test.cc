// What a service needs from its unit, and how the drop-in says it.
#include "daemon/setup/drop_in.h"

#include "daemon/config/load_config.h"
#include "daemon/setup/first_config.h"
#include "daemon/setup/unit_words.h"

namespace lakeferry::setup {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

struct Places {
  std::string top;
  std::string staging = "file:///srv/dr/staging";
  std::string source = "file:///srv/lake/bronze";
  std::string target = "file:///srv/dr/bronze";
  std::string of_group;
  std::string of_workspace;
};

Config ConfigOf(const Places& places) {
  const std::string text =
      places.top + "region: west\nworkspaces:\n  - workspace_name: demo\n    sync_location_secondary: '" +
      places.staging + "'\n" + places.of_workspace + "    sync_groups:\n      - group_name: orders\n" +
      places.of_group + "        tables: [{name: bronze, source: '" + places.source + "', target: '" + places.target +
      "'}]\n";
  const ConfigResult config = LoadConfig(text, "/etc/lakeferry/lakeferry.yaml");
  EXPECT_TRUE(config) << (config ? "" : ToText("", config.error()));
  return config ? *config : Config();
}

std::vector<std::string> Writes(const Places& places, Role role) { return NeedsOf(ConfigOf(places), role).writes; }

TEST(ServiceNeeds, ASenderWritesStagingAndAReceiverItsTargetsToo) {
  EXPECT_THAT(Writes({}, Role::kSender), ElementsAre("/srv/dr/staging"));
  EXPECT_THAT(Writes({}, Role::kReceiver), ElementsAre("/srv/dr"));
  EXPECT_THAT(Writes({.target = "file:///srv/replicas/bronze"}, Role::kReceiver),
              ElementsAre("/srv/dr/staging", "/srv/replicas"));
}

TEST(ServiceNeeds, AFolderAboveThatIsTheSystemsOrHoldsASourceIsNotGiven) {
  EXPECT_THAT(Writes({.target = "file:///srv/bronze"}, Role::kReceiver), ElementsAre("/srv/bronze", "/srv/dr/staging"));
  EXPECT_THAT(Writes({.target = "file:///bronze"}, Role::kReceiver), ElementsAre("/bronze", "/srv/dr/staging"));
  EXPECT_THAT(Writes({.target = "file:///srv/lake/copy"}, Role::kReceiver),
              ElementsAre("/srv/dr/staging", "/srv/lake/copy"));
  EXPECT_THAT(
      Writes({.target = "file:///srv/raw/copy", .of_group = "        import_roots: ['file:///srv/raw/landing']\n"},
             Role::kReceiver),
      ElementsAre("/srv/dr/staging", "/srv/raw/copy"));
}

TEST(ServiceNeeds, ObjectStoresNeedNoFolder) {
  const Places far{.staging = "s3://bucket/staging", .source = "s3://lake/bronze", .target = "s3://dr/bronze"};
  EXPECT_THAT(Writes(far, Role::kSender), IsEmpty());
  EXPECT_THAT(Writes(far, Role::kReceiver), IsEmpty());
  EXPECT_THAT(DropIn(NeedsOf(ConfigOf(far), Role::kSender)), HasSubstr("needs nothing beyond the unit"));
}

TEST(ServiceNeeds, WhatACatalogTellsIsNotedAndWhereNewReplicasLieIsWritten) {
  Config config = ConfigOf({});
  plan::TableSpec& table = config.groups[0].tables.Edit().front();
  table.target_by_catalog = true;
  table.target_uri.clear();
  table.new_target_uri = "file:///srv/replicas/bronze";
  config.catalogs["orders"].target = {.login = {.token = SecretRef{SecretRef::Kind::kCredential, "uc"}}};
  config.groups[0].patterns.push_back({.schema = "a.b", .like = {}, .target_root = "file:///srv/new"});
  const ServiceNeeds needs = NeedsOf(config, Role::kReceiver);
  EXPECT_THAT(needs.writes, ElementsAre("/srv/dr/staging", "/srv/new", "/srv/replicas"));
  EXPECT_THAT(needs.credentials, ElementsAre("uc"));
  ASSERT_THAT(needs.notes, SizeIs(1));
  EXPECT_THAT(needs.notes[0].what, HasSubstr("group 'orders'"));
}

TEST(ServiceNeeds, AMetadataStoreElsewhereIsWrittenToo) {
  EXPECT_THAT(Writes({.top = "metadata_store: /var/lib/lakeferry/deep/m.db\n"}, Role::kSender),
              ElementsAre("/srv/dr/staging"));
  EXPECT_THAT(Writes({.top = "metadata_store: /var/lib/lakeferry2/m.db\n"}, Role::kSender),
              ElementsAre("/srv/dr/staging", "/var/lib/lakeferry2"));
}

TEST(ServiceNeeds, WhatTheUnitHidesIsSaid) {
  const ServiceNeeds sender = NeedsOf(ConfigOf({.source = "file:///tmp/lake/bronze"}), Role::kSender);
  ASSERT_THAT(sender.notes, SizeIs(1));
  EXPECT_EQ(sender.notes.front().where.text(), "/tmp/lake/bronze");
  EXPECT_THAT(NeedsOf(ConfigOf({.source = "file:///tmp/lake/bronze"}), Role::kReceiver).notes, IsEmpty());
  EXPECT_THAT(NeedsOf(ConfigOf({.target = "file:///tmp/dr/bronze"}), Role::kReceiver).notes, SizeIs(1));
  EXPECT_THAT(NeedsOf(ConfigOf({.target = "file:///homes/dr/bronze"}), Role::kReceiver).notes, IsEmpty());
}

TEST(ServiceNeeds, SecretsAreCredentialsOrSaid) {
  const std::string smtp = "smtp: {host: m.example.com, from: a@example.com, user: u, password: {credential: ";
  const ServiceNeeds needs =
      NeedsOf(ConfigOf({.top = smtp + "smtp_password}}\nsigning_key: {credential: west.pem}\n"
                                      "notifications: [{name: a, kind: slack, url: {credential: hook_url}}, "
                                      "{name: b, kind: pagerduty, secret: {credential: pager}}]\n"}),
              Role::kSender);
  EXPECT_THAT(needs.credentials, ElementsAre("hook_url", "pager", "smtp_password", "west.pem"));
  EXPECT_THAT(DropIn(needs),
              AllOf(HasSubstr("\nLoadCredential=smtp_password:/etc/lakeferry/credentials/smtp_password\n"),
                    HasSubstr("\nLoadCredential=west.pem:/etc/lakeferry/credentials/west.pem\n")));
  const ServiceNeeds odd = NeedsOf(ConfigOf({.top = smtp + "'a:b%h'}}\nsigning_key: {env: KEY}\n"}), Role::kSender);
  EXPECT_THAT(odd.credentials, IsEmpty());
  ASSERT_THAT(odd.notes, SizeIs(2));
  EXPECT_THAT(odd.notes[0].what, HasSubstr("'a:b%h'"));
  EXPECT_THAT(odd.notes[1].what, HasSubstr("takes KEY from its environment"));
  EXPECT_THAT(DropIn(odd), Not(HasSubstr("LoadCredential")));
}

TEST(ServiceNeeds, TheTokenOfASourceOfRunsIsTheSendersAlone) {
  const Config config = ConfigOf({.of_group = "        workflow: nightly\n",
                                  .of_workspace = "    workspace_instance_url: https://dbc.example.com\n"
                                                  "    workspace_pat_key: {credential: pat}\n"});
  EXPECT_THAT(DropIn(NeedsOf(config, Role::kSender)),
              HasSubstr("\nLoadCredential=pat:/etc/lakeferry/credentials/pat\n"));
  EXPECT_THAT(NeedsOf(config, Role::kReceiver).credentials, IsEmpty());
}

TEST(ServiceNeeds, AFolderThatNoUnitCanNameIsSaid) {
  const ServiceNeeds needs = NeedsOf(ConfigOf({.staging = "file:///srv/dr%FFx/staging"}), Role::kSender);
  EXPECT_THAT(needs.writes, IsEmpty());
  ASSERT_THAT(needs.notes, SizeIs(1));
  EXPECT_THAT(needs.notes.front().what, HasSubstr("no unit can name this folder"));
}

TEST(DropIn, SaysWhatItIsAndWhatIsWritten) {
  const std::string text = DropIn(NeedsOf(ConfigOf({.staging = "file:///srv/two%20words%25/staging"}), Role::kSender));
  EXPECT_THAT(text, AllOf(StartsWith(kDropInMark), HasSubstr("from /etc/lakeferry/lakeferry.yaml"),
                          HasSubstr("systemctl edit lakeferry-sender"), HasSubstr("\n[Service]\n"),
                          HasSubstr("\nReadWritePaths=\"-/srv/two words%%/staging\"\n")));
  EXPECT_EQ(DropInName(Role::kReceiver), "lakeferry-receiver.service.d/lakeferry.conf");
}

TEST(UnitWords, PathsAreQuotedAndEscapedWhereTheyHaveToBe) {
  EXPECT_EQ(UnitPath("/srv/dr-1/a_b.c"), "/srv/dr-1/a_b.c");
  EXPECT_EQ(UnitPath("/srv/100%"), "/srv/100%%");
  EXPECT_EQ(UnitPath("/srv/a b"), "\"/srv/a b\"");
  EXPECT_EQ(UnitPath("/srv/it's"), "\"/srv/it's\"");
  EXPECT_EQ(UnitPath("/srv/q\"b\\"), "\"/srv/q\\\"b\\\\\"");
  EXPECT_EQ(UnitPath("/srv/\xc3\xa9"), "\"/srv/\xc3\xa9\"");
  EXPECT_EQ(UnitPath("/srv/a\nb"), std::nullopt);
  EXPECT_EQ(UnitPath("/srv/\xff"), std::nullopt);
  EXPECT_EQ(WriteLine("/srv/dr"), "ReadWritePaths=-/srv/dr");
}

TEST(UnitWords, CredentialsHavePlainNames) {
  EXPECT_TRUE(IsCredentialName("smtp_password-1.txt"));
  for (const char* name : {"", ".hidden", "a b", "a:b", "a%b", "a/b", "\xc3\xa9"}) {
    EXPECT_FALSE(IsCredentialName(name)) << name;
  }
}

TEST(FirstConfig, LoadsAsItStandsForEachRole) {
  for (const std::optional<Role> role :
       {std::optional<Role>(), std::optional(Role::kSender), std::optional(Role::kReceiver)}) {
    const ConfigResult config = LoadConfig(FirstConfig(role), "c.yaml");
    ASSERT_TRUE(config) << ToText("", config.error());
    EXPECT_EQ(config->role, role);
    EXPECT_THAT(config->notes, IsEmpty());
    EXPECT_THAT(config->groups, SizeIs(1));
  }
}

}  // namespace
}  // namespace lakeferry::setup
