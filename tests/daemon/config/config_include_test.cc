// A configuration of many files.
#include <fstream>

#include "tests/daemon/config/config_texts.h"
#include "tests/support/temp_folder.h"

namespace lakeferry {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// A workspace with one group of the same name, whose table lies in folders of that name.
std::string Workspace(const std::string& name) {
  return ConfigLines{.tables = "[{name: t, source: file:///lake/" + name + ", target: file:///dr/" + name + "}]",
                     .workspace_name = name,
                     .group_name = name}
      .Text();
}

// Groups that join a workspace.
std::string Joining(const std::string& workspace, const std::string& group, const std::string& more = {}) {
  return "workspace_name: " + workspace + "\nsync_groups:\n  - group_name: " + group + "\n" + more +
         "    tables: [{name: t, source: file:///lake/" + group + ", target: file:///dr/" + group + "}]\n";
}

class ConfigInclude : public ::testing::Test {
 protected:
  [[nodiscard]] ConfigResult Load(const std::string& text) const {
    return LoadConfig(text, "/etc/lf/main.yaml", sources_.Sources());
  }
  [[nodiscard]] std::vector<std::string> Lines(const std::string& text) const { return ProblemLines(Load(text)); }
  // "workspace/group" of each group.
  [[nodiscard]] std::vector<std::string> Groups(const std::string& text) const {
    const ConfigResult config = Load(text);
    EXPECT_THAT(ProblemLines(config), IsEmpty());
    std::vector<std::string> names;
    if (!config) return names;
    for (const plan::GroupSpec& group : config->groups) names.push_back(group.workspace + "/" + group.name);
    return names;
  }

  MemorySources sources_;
};

TEST_F(ConfigInclude, FilesBringWorkspacesAndGroupsThatJoinOne) {
  sources_.files = {{"/etc/lf/one.yaml", Workspace("one")},
                    {"/etc/lf/teams/b.json",
                     R"({"workspace_name": "main", "sync_groups": [{"group_name": "b", "tables": [{"name": "t", )"
                     R"("source": "file:///lake/b", "target": "file:///dr/b"}]}]})"},
                    {"/srv/c.yaml", Joining("one", "c", "    rpo: 1h\n")}};
  EXPECT_THAT(Groups("include: [one.yaml, teams/b.json, /srv/c.yaml]\n" + Workspace("main")),
              ElementsAre("main/main", "main/b", "one/one", "one/c"));
  EXPECT_EQ(Load("include: [one.yaml, /srv/c.yaml]\n")->groups[1].rpo, std::chrono::hours(1));
}

TEST_F(ConfigInclude, GroupsThatJoinHaveTheSettingsOfTheirWorkspace) {
  sources_.files = {{"/etc/lf/a.yaml", "workspace_name: w\nsync_groups: [{group_name: a, tables: [raw.bronze]}]\n"}};
  const ConfigResult config = Load(
      "include: a.yaml\nworkspaces:\n  - workspace_name: w\n    sync_location_secondary: file:///dr/staging\n"
      "    sync_max_retries: 7\n    primary_region: east\n    secondary_region: west\n"
      "    roots: {east: file:///e, west: file:///w}\n");
  ASSERT_THAT(ProblemLines(config), IsEmpty()) << "a workspace may have its groups in other files alone";
  EXPECT_EQ(config->groups[0].max_retries, 7);
  EXPECT_EQ(config->groups[0].tables[0].target_uri, "file:///w/raw/bronze");
}

TEST_F(ConfigInclude, AFolderStandsForItsConfigurationFilesAndAPatternForWhatItMatches) {
  sources_.files = {{"/etc/lf/teams/b.yml", Joining("main", "b")},
                    {"/etc/lf/teams/a.yaml", Joining("main", "a")},
                    {"/etc/lf/teams/c.json", Joining("main", "c")},
                    {"/etc/lf/teams/.hidden.yaml", Joining("main", "hidden")},
                    {"/etc/lf/teams/a.yaml~", Joining("main", "backup")},
                    {"/etc/lf/teams/README", "no configuration"},
                    {"/etc/lf/d/x/lf.yaml", Joining("main", "x")},
                    {"/etc/lf/d/y/lf.yaml", Joining("main", "y")},
                    {"/etc/lf/d/file", ""}};
  const std::string main = Workspace("main");
  EXPECT_THAT(Groups("include: teams\n" + main), ElementsAre("main/main", "main/a", "main/b", "main/c"));
  EXPECT_THAT(Groups("include: ./teams/\n" + main), SizeIs(4));
  EXPECT_THAT(Groups("include: 'teams/*.y*ml'\n" + main), ElementsAre("main/main", "main/a", "main/b"));
  EXPECT_THAT(Groups("include: 'teams/[bc].*'\n" + main), ElementsAre("main/main", "main/b", "main/c"));
  EXPECT_THAT(Groups("include: '/etc/lf/d/?/lf.yaml'\n" + main), ElementsAre("main/main", "main/x", "main/y"));
}

TEST_F(ConfigInclude, AFileThatIsNotThereIsAnErrorAndAPatternWithoutFilesIsSaid) {
  sources_.files = {{"/etc/lf/teams/README", ""}};
  const std::string main = Workspace("main");
  EXPECT_THAT(
      Lines("include: [a.yaml]\n" + main),
      ElementsAre(HasSubstr("/etc/lf/main.yaml:1:11 include[0] | /etc/lf/a.yaml is not there | write its path")));
  EXPECT_THAT(Lines("include: 'groups.d/*.yaml'\n" + main), ElementsAre(HasSubstr("/etc/lf/groups.d is not there")));
  EXPECT_THAT(Lines("include: groups.d/\n" + main), ElementsAre(HasSubstr("is not there")));
  for (const char* entry : {"teams", "teams/*.yaml", "tea*/x/*.yaml"}) {
    const ConfigResult config = Load("include: '" + std::string(entry) + "'\n" + main);
    ASSERT_THAT(ProblemLines(config), IsEmpty()) << entry;
    EXPECT_THAT(config->notes,
                Contains(AllOf(
                    Field(&plan::Finding::severity, plan::Severity::kInfo),
                    Field(&plan::Finding::what, HasSubstr("names no file")),
                    Field(&plan::Finding::where,
                          Place(ConfigSpot{.file = "/etc/lf/main.yaml", .line = 1, .column = 10, .key = "include"})))));
  }
}

TEST_F(ConfigInclude, WhatCannotBeReadIsAnErrorAndNeverASmallerConfiguration) {
  sources_.files = {{"/etc/lf/teams/a.yaml", Joining("main", "a")}, {"/etc/lf/x/locked/a.yaml", Joining("main", "b")}};
  sources_.locked = {"/etc/lf/teams/a.yaml", "/etc/lf/x/locked"};
  EXPECT_THAT(
      Lines("include: teams\n" + Workspace("main")),
      ElementsAre(HasSubstr("include | /etc/lf/teams/a.yaml cannot be read: Permission denied | let the user")));
  EXPECT_THAT(Lines("include: x/*/*.yaml\n" + Workspace("main")),
              ElementsAre(HasSubstr("/etc/lf/x/locked cannot be read: Permission denied")));
  EXPECT_THAT(Lines("include: x/locked\n" + Workspace("main")), ElementsAre(HasSubstr("cannot be read")));
}

TEST_F(ConfigInclude, ProblemsOfAllFilesAreToldTogetherFileAfterFile) {
  sources_.files = {{"/etc/lf/b.yaml", Joining("main", "b", "    mode: clon\n")},
                    {"/etc/lf/a.yaml", "workspaces:\n  - workspace_nam: x\n"},
                    {"/etc/lf/c.yaml", "a: [\n"},
                    {"/etc/lf/d.yaml", "a: \xff\n"}};
  EXPECT_THAT(Lines("include: [b.yaml, a.yaml, c.yaml, d.yaml]\n" + Workspace("main") + "regoin: x\n"),
              ElementsAre(HasSubstr("/etc/lf/main.yaml:8:1 regoin | "),
                          HasSubstr("/etc/lf/b.yaml:4:11 sync_groups[0].mode | mode takes one of clone, mirror"),
                          HasSubstr("/etc/lf/a.yaml:2:5 workspaces[0].workspace_nam | "),
                          HasSubstr("/etc/lf/a.yaml:2:5 workspaces[0].workspace_name | workspace_name is missing"),
                          HasSubstr("/etc/lf/a.yaml:2:5 workspaces[0].sync_location_secondary | "),
                          HasSubstr("/etc/lf/c.yaml:2:1 | the file is neither YAML nor JSON"),
                          HasSubstr("/etc/lf/d.yaml:1:4 | the file is not UTF-8")));
}

TEST_F(ConfigInclude, WhatStandsInTwoFilesIsNamedWithBothPlaces) {
  sources_.files = {{"/etc/lf/a.yaml", Workspace("main")}, {"/etc/lf/b.yaml", Joining("main", "main")}};
  EXPECT_THAT(Lines("include: a.yaml\n" + Workspace("main")),
              ElementsAre(HasSubstr("/etc/lf/a.yaml:2:21 workspaces[0].workspace_name | a second workspace is named "
                                    "'main' | the first stands in /etc/lf/main.yaml:3"),
                          HasSubstr("/etc/lf/a.yaml:5:21 workspaces[0].sync_groups[0].group_name | a second group is "
                                    "named 'main' | the first stands in /etc/lf/main.yaml:6"),
                          HasSubstr("overlaps the target of table t in group 'main' (/etc/lf/main.yaml:7)")));
  EXPECT_THAT(Lines("include: b.yaml\n" + Workspace("main")),
              ElementsAre(HasSubstr("/etc/lf/b.yaml:3:17 sync_groups[0].group_name | a second group is named 'main' | "
                                    "the first stands in /etc/lf/main.yaml:6"),
                          HasSubstr("(/etc/lf/main.yaml:7)")));
}

TEST_F(ConfigInclude, GroupsJoinAWorkspaceThatIsThere) {
  sources_.files = {{"/etc/lf/a.yaml", Joining("mian", "a")},
                    {"/etc/lf/b.yaml", "sync_groups: []\n"},
                    {"/etc/lf/c.yaml", "workspace_name: main\n"},
                    {"/etc/lf/d.yaml", Joining("elsewhere", "d")}};
  EXPECT_THAT(Lines("include: [a.yaml, b.yaml, c.yaml, d.yaml]\n" + Workspace("main")),
              ElementsAre(HasSubstr("/etc/lf/a.yaml:1:17 workspace_name | no workspace is named 'mian' | did you mean "
                                    "main?"),
                          HasSubstr("/etc/lf/b.yaml:1:1 workspace_name | workspace_name is missing"),
                          HasSubstr("/etc/lf/b.yaml:1:14 sync_groups | sync_groups is an empty list"),
                          HasSubstr("/etc/lf/c.yaml:1:1 sync_groups | sync_groups is missing"),
                          HasSubstr("/etc/lf/d.yaml:1:17 workspace_name | no workspace is named 'elsewhere' | name the "
                                    "workspace that these groups join")));
}

TEST_F(ConfigInclude, SettingsOfTheDaemonStandInTheFirstFileAlone) {
  sources_.files = {{"/etc/lf/a.yaml", "region: west\nsync_interval: 1m\nx-note: 1\nincluded: b\n"}};
  EXPECT_THAT(Lines("include: a.yaml\n" + Workspace("main")),
              ElementsAre(HasSubstr("a.yaml:1:1 region | region is no key of an included file | it belongs to the file "
                                    "that is read first"),
                          HasSubstr("a.yaml:2:1 sync_interval | sync_interval is no key of an included file | it "
                                    "belongs to a workspace"),
                          HasSubstr("a.yaml:4:1 included | included is no key of an included file | did you mean "
                                    "include?")));
  EXPECT_THAT(Lines(Joining("main", "a")), Contains(HasSubstr("workspace_name is no key of the top level")));
}

TEST_F(ConfigInclude, FilesIncludeOthersFromTheirOwnFolderOn) {
  sources_.files = {{"/etc/lf/teams/all.yaml", "include: one/lf.yaml\n"},
                    {"/etc/lf/teams/one/lf.yaml", "include: ../two.yaml\n" + Joining("main", "a")},
                    {"/etc/lf/teams/two.yaml", Joining("main", "b")}};
  EXPECT_THAT(Groups("include: teams/all.yaml\n" + Workspace("main")), ElementsAre("main/main", "main/a", "main/b"));
}

TEST_F(ConfigInclude, CirclesAndDepthEnd) {
  sources_.files = {{"/etc/lf/a.yaml", "include: [./b.yaml]\n"}, {"/etc/lf/b.yaml", "include: ../lf/a.yaml\n"}};
  EXPECT_THAT(Lines("include: a.yaml\n" + Workspace("main")),
              ElementsAre(HasSubstr("/etc/lf/b.yaml:1:10 include | /etc/lf/a.yaml includes itself in the end")));
  EXPECT_THAT(Lines("include: main.yaml\n" + Workspace("main")), ElementsAre(HasSubstr("includes itself")));
  for (int i = 0; i < 6; ++i) {
    sources_.files["/etc/lf/" + std::to_string(i)] = "include: '" + std::to_string(i + 1) + "'\n";
  }
  EXPECT_THAT(Lines("include: '0'\n" + Workspace("main")),
              ElementsAre(HasSubstr("/etc/lf/3:1:10 include | files include each other more than 4 deep")));
  sources_.files["/etc/lf/3"] = Joining("main", "deep");
  EXPECT_THAT(Groups("include: '0'\n" + Workspace("main")), ElementsAre("main/main", "main/deep"));
}

TEST_F(ConfigInclude, AFileIsIncludedOnce) {
  sources_.files = {{"/etc/lf/t/a.yaml", Joining("main", "a")}};
  EXPECT_THAT(Lines("include: [t/a.yaml, 't/*.yaml']\n" + Workspace("main")),
              ElementsAre(HasSubstr("include[1] | /etc/lf/t/a.yaml is included a second time | the first time is in "
                                    "line 1; keep one of them")));
}

TEST_F(ConfigInclude, ThereIsAnEndOfFiles) {
  for (int i = 0; i < 1'001; ++i) sources_.files["/etc/lf/t/" + std::to_string(i) + ".yaml"] = "";
  EXPECT_THAT(Lines("include: t\n" + Workspace("main")),
              ElementsAre(HasSubstr("the configuration has more than 1000 files")));
}

TEST_F(ConfigInclude, AFileWithoutAnythingBringsNothing) {
  sources_.files = {{"/etc/lf/a.yaml", "# no group yet\n"}, {"/etc/lf/b.yaml", ""}};
  EXPECT_THAT(Groups("include: [a.yaml, b.yaml]\n" + Workspace("main")), ElementsAre("main/main"));
}

TEST_F(ConfigInclude, WithoutAnyGroupThereIsNothingToDo) {
  sources_.files = {{"/etc/lf/t/a.yaml", ""}};
  EXPECT_THAT(Lines("include: t\n"), ElementsAre(HasSubstr("main.yaml:1:1 workspaces | workspaces is missing")));
  EXPECT_THAT(Lines("include: [t, gone.yaml]\n"), ElementsAre(HasSubstr("gone.yaml is not there")));
}

TEST_F(ConfigInclude, WhatMayStandInAFileThatCannotBeReadIsNotCalledMissing) {
  sources_.files = {
      {"/etc/lf/broken.yaml", "a: [\n"},
      {"/etc/lf/list.yaml", "- a\n"},
      {"/etc/lf/name.yaml", "workspace_name: ${NOTHING}\nsync_groups: [{group_name: a, tables: [a.b.c]}]\n"},
      {"/etc/lf/joins.yaml", Joining("elsewhere", "a")}};
  const std::string main = "workspaces:\n  - workspace_name: main\n    sync_location_secondary: file:///dr/staging\n";
  for (const char* name : {"broken.yaml", "list.yaml", "name.yaml", "gone.yaml"}) {
    EXPECT_THAT(Lines("include: [" + std::string(name) + "]\n" + main), SizeIs(1)) << name;
  }
  EXPECT_THAT(Lines("include: [gone.yaml, joins.yaml]\n" + Workspace("main")), SizeIs(1));
}

TEST_F(ConfigInclude, VariablesAndSecretsCountOverAllFiles) {
  sources_.variables = {{"TEAM", "a"}, {"SECRET", "x"}};
  sources_.files = {{"/etc/lf/a.yaml",
                     "workspace_name: ${TEAM}\nsync_groups:\n  - group_name: ${SECRET}\n"
                     "    tables: [{name: t, source: file:///lake/x, target: file:///dr/x}]\n"}};
  const std::string smtp = "smtp: {host: h, from: a@x.org, user: u, password: {env: SECRET}}\n";
  EXPECT_THAT(Lines("include: '${TEAM}.yaml'\n" + smtp + Workspace("a")),
              ElementsAre(HasSubstr("a.yaml:3:17 sync_groups[0].group_name | a secret is kept in the variable SECRET "
                                    "(/etc/lf/main.yaml:2)")));
}

// On disk, as the service reads them.
class ConfigIncludeOnDisk : public ::testing::Test {
 protected:
  void Write(const std::string& name, const std::string& text) const { std::ofstream(folder_ / name) << text; }
  [[nodiscard]] Result<Config> Load() const { return LoadConfigFile(folder_ / "main.yaml"); }

  TempFolder folder_;
};

TEST_F(ConfigIncludeOnDisk, EachLoadReadsTheFilesAgain) {
  std::filesystem::create_directory(folder_ / "teams");
  Write("main.yaml", "include: [teams, 'tea?s/../more.yaml']\n" + Workspace("main"));
  Write("more.yaml", Joining("main", "more"));
  ASSERT_TRUE(Load());
  EXPECT_THAT(Load()->groups, SizeIs(2));
  Write("teams/a.yaml", Joining("main", "a"));
  EXPECT_THAT(Load()->groups, SizeIs(3));
  Write("teams/b.yaml", Joining("main", "a"));
  EXPECT_THAT(Load().error().message, HasSubstr(folder_ / "teams/b.yaml:3:17 sync_groups[0].group_name"));
}

TEST_F(ConfigIncludeOnDisk, AFolderWhereAFileShouldBeIsNotRead) {
  std::filesystem::create_directories(folder_ / "teams/a.yaml");
  Write("main.yaml", "include: teams\n" + Workspace("main"));
  const Result<Config> config = Load();
  ASSERT_FALSE(config);
  EXPECT_THAT(config.error().message, HasSubstr("teams/a.yaml cannot be read: Is a directory"));
  Write("main.yaml", "include: [gone.yaml, main.yaml/x]\n" + Workspace("main"));
  EXPECT_THAT(Load().error().message, AllOf(HasSubstr("gone.yaml is not there"), HasSubstr("x is not there")));
}

}  // namespace
}  // namespace lakeferry
