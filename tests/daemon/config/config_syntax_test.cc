// What a file may be written in: merge keys, notes, aliases, shortcuts.
#include "tests/daemon/config/config_texts.h"

namespace lakeferry {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Two groups, of which the second takes over what an anchor has.
std::string WithMerge(const std::string& anchor, const std::string& second) {
  return "x-defaults:\n" + anchor +
         "workspaces:\n"
         "  - workspace_name: demo\n"
         "    sync_location_secondary: file:///dr/staging\n"
         "    sync_groups:\n"
         "      - group_name: a\n"
         "        tables: [{name: b, source: file:///lake/a, target: file:///dr/a}]\n"
         "      - group_name: b\n" +
         second + "        tables: [{name: b, source: file:///lake/b, target: file:///dr/b}]\n";
}

ConfigResult LoadMerge(const std::string& anchor, const std::string& second) {
  return LoadConfig(WithMerge(anchor, second), "c.yaml");
}

TEST(ConfigSyntax, AMergeKeyBringsWhatTheMapLacks) {
  const ConfigResult config = LoadMerge("  one: &one {mode: mirror, rpo: 1h}\n  two: &two {rpo: 2h, retention: 3d}\n",
                                        "        rpo: 5h\n        <<: [*one, *two]\n");
  ASSERT_THAT(ProblemLines(config), IsEmpty());
  const plan::GroupSpec& group = config->groups[1];
  EXPECT_EQ(group.mode, delta::ReplicationMode::kMirror);
  EXPECT_EQ(group.rpo, std::chrono::hours(5)) << "its own comes first, wherever << stands";
  EXPECT_EQ(group.retention, std::chrono::days(3));
  EXPECT_EQ(config->groups[0].rpo, std::nullopt);
}

TEST(ConfigSyntax, OfSeveralMergedMapsTheFirstCounts) {
  const std::string anchors = "  one: &one {rpo: 1h}\n  two: &two {rpo: 2h}\n";
  EXPECT_EQ(LoadMerge(anchors, "        <<: [*one, *two]\n")->groups[1].rpo, std::chrono::hours(1));
  EXPECT_EQ(LoadMerge(anchors, "        <<: [*two, *one]\n")->groups[1].rpo, std::chrono::hours(2));
}

TEST(ConfigSyntax, AMergedMapMayMergeOthers) {
  const ConfigResult config = LoadMerge("  one: &one {rpo: 1h}\n  two: &two {<<: *one, mode: mirror}\n",
                                        "        <<: *two\n        <<: *two\n");
  EXPECT_THAT(ProblemLines(config), ElementsAre(HasSubstr("the key << stands here a second time")));
  EXPECT_EQ(
      LoadMerge("  one: &one {rpo: 1h}\n  two: &two {<<: *one, mode: mirror}\n", "        <<: *two\n")->groups[1].rpo,
      std::chrono::hours(1));
}

TEST(ConfigSyntax, AProblemInWhatIsMergedIsToldWhereItStands) {
  EXPECT_THAT(ProblemLines(LoadMerge("  one: &one\n    mode: clon\n", "        <<: *one\n")),
              ElementsAre(HasSubstr("c.yaml:3:11 workspaces[0].sync_groups[1].mode | ")));
  EXPECT_THAT(ProblemLines(LoadMerge("  one: &one\n    mdoe: clone\n", "        <<: *one\n")),
              ElementsAre(HasSubstr("c.yaml:3:5 workspaces[0].sync_groups[1].mdoe | ")));
  EXPECT_THAT(
      ProblemLines(LoadMerge("  one: &one {rpo: 1h, rpo: 2h}\n", "        <<: *one\n")),
      ElementsAre(HasSubstr("c.yaml:2:23 workspaces[0].sync_groups[1].rpo | the key rpo stands here a second")));
}

TEST(ConfigSyntax, OnlyMapsAreMerged) {
  EXPECT_THAT(ProblemLines(LoadMerge("  one: &one 3\n", "        <<: *one\n")),
              ElementsAre(HasSubstr("workspaces[0].sync_groups[1].<< | << takes a map or a list of maps")));
  EXPECT_THAT(ProblemLines(LoadMerge("  one: &one {rpo: 1h}\n", "        <<: [*one, [x]]\n")), SizeIs(1));
  EXPECT_THAT(ProblemLines(LoadMerge("  one: &one {rpo: 1h}\n", "        <<:\n")), SizeIs(1));
}

TEST(ConfigSyntax, KeysThatBeginWithXAreForNotesAnywhere) {
  EXPECT_THAT(
      ProblemLines(LoadConfig(ConfigLines{.top = "x-note: {a: [1, '${NOTHING}']}\nx-note: twice\n",
                                          .workspace = "    x-team: lake\n",
                                          .group = "        x-ticket: 17\n",
                                          .tables = "[{name: b, source: file:///lake/b, target: file:///dr/b, x-a: }]"}
                                  .Text(),
                              "c.yaml")),
      IsEmpty());
  EXPECT_THAT(ProblemLines(LoadConfig(ConfigLines{.top = "x_note: 1\n"}.Text(), "c.yaml")), SizeIs(1));
}

TEST(ConfigSyntax, AnAliasWithinWhatItStandsForIsRefused) {
  for (const char* text : {"a: &a [*a]\n", "x-a: &a {b: *a}\n", "x-a: &a {<<: *a}\n"}) {
    EXPECT_THAT(ProblemLines(LoadConfig(text, "c.yaml")),
                ElementsAre(HasSubstr("more than 100 one within the other | remove the YAML aliases")))
        << text;
  }
}

TEST(ConfigSyntax, MergesThatMultiplyWithoutEndAreRefused) {
  std::string text = "x-0: &a0 {a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7, h: 8}\n";
  for (int i = 1; i < 12; ++i) {
    const std::string last = "*a" + std::to_string(i - 1);
    text += "x-" + std::to_string(i) + ": &a" + std::to_string(i) + " {<<: [" + last;
    for (int j = 0; j < 9; ++j) text += ", " + last;
    text += "]}\n";
  }
  EXPECT_THAT(ProblemLines(LoadConfig(text + ConfigLines().Text(), "c.yaml")),
              ElementsAre(HasSubstr("more than 1000000 values")));
}

TEST(ConfigSyntax, SchedulesAndDurationsHaveShortcuts) {
  const ConfigResult config = LoadConfig(
      ConfigLines{.workspace = "    sync_interval: 2w\n", .group = "        schedule: \"@daily\"\n"}.Text(), "c.yaml");
  ASSERT_THAT(ProblemLines(config), IsEmpty());
  EXPECT_EQ(config->groups[0].sync_interval, std::chrono::weeks(2));
  EXPECT_EQ(config->groups[0].schedule.cron, "@daily");
  EXPECT_THAT(ProblemLines(LoadConfig(ConfigLines{.group = "        schedule: \"@dayly\"\n"}.Text(), "c.yaml")),
              ElementsAre(HasSubstr("sync_groups[0].schedule | '@dayly' is no schedule | write @hourly, @daily")));
}

TEST(ConfigSyntax, AShortcutWithoutQuotesIsToldToHaveThem) {
  EXPECT_THAT(ProblemLines(LoadConfig(ConfigLines{.group = "        schedule: @daily\n"}.Text(), "c.yaml")),
              ElementsAre(HasSubstr("c.yaml:6:19 | the file is neither YAML nor JSON")));
  EXPECT_THAT(ProblemLines(LoadConfig(ConfigLines{.group = "        schedule: @daily\n"}.Text(), "c.yaml")),
              ElementsAre(HasSubstr("in quotes: \"@daily\"")));
}

}  // namespace
}  // namespace lakeferry
