// As whom the places of a group are opened, as a configuration says it by right.
#include "daemon/config/config.h"
#include "tests/daemon/config/config_texts.h"

namespace lakeferry {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Said {
  std::string workspace = {};
  std::string group = {};
  std::string staging = "s3://staging/dr";
  std::string target = "gs://lake/b";
  std::string more = {};  // of the group
};

ConfigResult Load(const Said& said) {
  return LoadConfig(
      "credentials:\n"
      "  a: { kind: s3, profile: a }\n"
      "  b: { kind: s3, profile: b }\n"
      "  g: { kind: gcs, anonymous: true }\n"
      "  z: { kind: azure, anonymous: true }\n"
      "workspaces:\n"
      "  - workspace_name: demo\n"
      "    sync_location_secondary: " +
          said.staging + "\n" + (said.workspace.empty() ? "" : "    credentials: " + said.workspace + "\n") +
          "    sync_groups:\n"
          "      - group_name: orders\n" +
          (said.group.empty() ? "" : "        credentials: " + said.group + "\n") +
          (said.more.empty() ? "" : "        " + said.more + "\n") +
          "        tables: [{ name: b, source: s3://lake/b, target: " + said.target + " }]\n",
      "c.yaml");
}

// "read_source write_staging read_staging write_target".
std::vector<std::string> NamesOf(const ConfigResult& config) {
  const plan::GroupSpec& group = config->groups.front();
  const plan::TableSpec& table = group.tables.front();
  return {table.source_credential, group.write_staging_credential, group.read_staging_credential,
          table.target_credential};
}

TEST(ConfigRights, EachIsThatOfItsGroup) {
  const auto config = Load({.group = "{ read_source: a, write_staging: b, read_staging: a, write_target: g }"});
  ASSERT_THAT(ProblemLines(config), IsEmpty());
  EXPECT_THAT(NamesOf(config), ElementsAre("a", "b", "a", "g"));
}

TEST(ConfigRights, OneWhoPlacesFilesIsOfAGroupThatDoesSo) {
  const auto direct = Load({.group = "{ place_target: g }", .more = "staging: direct"});
  ASSERT_THAT(ProblemLines(direct), IsEmpty());
  EXPECT_TRUE(direct->groups.front().direct);
  EXPECT_EQ(direct->groups.front().tables.front().place_credential, "g");
  EXPECT_THAT(ProblemLines(Load({.group = "{ place_target: g }"})), ElementsAre(HasSubstr("add staging: direct")));
  EXPECT_THAT(ProblemLines(Load({.workspace = "{ place_target: g }"})), IsEmpty());
  EXPECT_THAT(ProblemLines(Load({.group = "{ place_target: a }", .more = "staging: direct"})),
              ElementsAre(HasSubstr("credential a of place_target is of no use at gs://lake/b")));
  EXPECT_THAT(ProblemLines(Load({.more = "staging: nowhere"})), ElementsAre(HasSubstr("staging")));
  EXPECT_FALSE(Load({})->groups.front().direct);
}

TEST(ConfigRights, WhatAGroupDoesNotSayItsWorkspaceSays) {
  const auto config = Load({.workspace = "{ read_source: a, write_staging: a }", .group = "{ write_staging: b }"});
  ASSERT_THAT(ProblemLines(config), IsEmpty());
  EXPECT_THAT(NamesOf(config), ElementsAre("a", "b", "", ""));
}

TEST(ConfigRights, WhatIsNotDefinedOrOfAnotherServiceIsAProblem) {
  EXPECT_THAT(ProblemLines(Load({.group = "{ read_source: nobody }"})),
              ElementsAre(HasSubstr("there is no credential nobody")));
  EXPECT_THAT(ProblemLines(Load({.group = "{ write_target: a }"})),
              ElementsAre(HasSubstr("credential a of write_target is of no use at gs://lake/b")));
  EXPECT_THAT(ProblemLines(Load({.workspace = "{ read_source: g }"})),
              ElementsAre(HasSubstr("credential g of read_source is of no use at s3://lake/b")));
  EXPECT_THAT(ProblemLines(Load({.group = "{ write: a }"})), ElementsAre(HasSubstr("write")));
}

TEST(ConfigRights, EachServiceHasCredentialsOfItsOwn) {
  const std::string container = "abfss://lake@account.dfs.core.windows.net/b";
  const auto config = Load({.group = "{ write_target: z }", .target = container});
  ASSERT_THAT(ProblemLines(config), IsEmpty());
  EXPECT_THAT(NamesOf(config), ElementsAre("", "", "", "z"));
  EXPECT_THAT(ProblemLines(Load({.group = "{ write_target: g }", .target = container})),
              ElementsAre(HasSubstr("credential g of write_target is of no use")));
}

TEST(ConfigRights, AFolderIsOpenedAsTheUserOfTheService) {
  EXPECT_THAT(ProblemLines(Load({.workspace = "{ write_target: a }", .target = "file:///dr/b"})), IsEmpty());
  EXPECT_THAT(ProblemLines(Load({.group = "{ write_target: a }", .target = "file:///dr/b"})),
              ElementsAre(HasSubstr("of no use at file:///dr/b")));
}

}  // namespace
}  // namespace lakeferry
