// `${NAME}` in values.
#include "tests/daemon/config/config_texts.h"

namespace lakeferry {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class ConfigVariablesTest : public ::testing::Test {
 protected:
  [[nodiscard]] ConfigResult Load(const ConfigLines& lines) const {
    return LoadConfig(lines.Text(), "c.yaml", sources_.Sources());
  }
  [[nodiscard]] std::vector<std::string> Lines(const ConfigLines& lines) const { return ProblemLines(Load(lines)); }
  // What `region` comes to.
  [[nodiscard]] std::string Region(const std::string& value) const {
    const ConfigResult config = Load({.top = "region: " + value + "\n"});
    EXPECT_THAT(ProblemLines(config), IsEmpty()) << value;
    return config ? config->region : "";
  }

  MemorySources sources_{.variables = {{"REGION", "west"}, {"N", "5"}, {"EMPTY", ""}, {"_a1", "x"}}};
};

TEST_F(ConfigVariablesTest, StandForTheirValuesWithinTexts) {
  EXPECT_EQ(Region("${REGION}"), "west");
  EXPECT_EQ(Region("'us-${REGION}-${N}'"), "us-west-5");
  EXPECT_EQ(Region("${_a1}"), "x");
  EXPECT_EQ(Load({.workspace = "    sync_interval: ${N}m\n"})->groups[0].sync_interval, std::chrono::minutes(5));
}

TEST_F(ConfigVariablesTest, HaveDefaultsForWhatIsUnsetOrEmpty) {
  EXPECT_EQ(Region("${NOTHING:-north}"), "north");
  EXPECT_EQ(Region("${EMPTY:-north}"), "north");
  EXPECT_EQ(Region("${REGION:-north}"), "west");
  EXPECT_EQ(Region("a${NOTHING:-}b"), "ab");
  EXPECT_EQ(Region("'${NOTHING:-a:-b}'"), "a:-b");
}

TEST_F(ConfigVariablesTest, ADollarSignStandsForItselfWhereItOpensNothing) {
  EXPECT_EQ(Region("$REGION"), "$REGION");
  EXPECT_EQ(Region("a$"), "a$");
  EXPECT_EQ(Region("$${REGION}"), "${REGION}");
  EXPECT_EQ(Region("$$$${x}"), "$${x}");
  EXPECT_EQ(Region("$$${REGION}"), "$west");
}

TEST_F(ConfigVariablesTest, AValueIsATextAndNeverYaml) {
  for (const char* value : {"[a, b]", "{a: b}", "yes", "null", "~", "5", "a: b", "# x", "&a", "${N}", "$$"}) {
    sources_.variables["V"] = value;
    EXPECT_EQ(Region("${V}"), value);
  }
  sources_.variables["V"] = "x\nrole: sender";
  EXPECT_THAT(Lines({.top = "region: ${V}\n"}), ElementsAre(HasSubstr("c.yaml:1:9 region | the text has line breaks")));
  EXPECT_THAT(Lines({.top = "region: ${EMPTY}\n"}), ElementsAre(HasSubstr("the text is empty")));
}

TEST_F(ConfigVariablesTest, ANumberMayComeFromOneEvenInQuotesAsJsonNeedsThem) {
  EXPECT_EQ(Load({.top = "copies_in_flight_max: ${N}\n"})->limits.copies_in_flight_max, 5);
  EXPECT_EQ(Load({.top = "copies_in_flight_max: \"${N}\"\n"})->limits.copies_in_flight_max, 5);
  EXPECT_THAT(Lines({.top = "copies_in_flight_max: ${REGION}\n"}), ElementsAre(HasSubstr("takes a whole number")));
}

TEST_F(ConfigVariablesTest, OneThatIsNotSetIsAnErrorWhereItStandsAndNoOther) {
  EXPECT_THAT(Lines({.top = "region: ${NOTHING}\n",
                     .group = "        workflow: [a, 'x${NOWHERE}']\n",
                     .tables = "['${T}', {name: '${T}', source: '${A}/b', target: file:///dr/b}]"}),
              ElementsAre(HasSubstr("c.yaml:1:9 region | the variable NOTHING is not set | set it in the environment"),
                          HasSubstr("c.yaml:7:23 workspaces[0].sync_groups[0].workflow[1] | the variable NOWHERE"),
                          HasSubstr("sync_groups[0].tables[0] | the variable T is not set"),
                          HasSubstr("tables[1].name | the variable T is not set"),
                          HasSubstr("tables[1].source | the variable A is not set")));
}

TEST_F(ConfigVariablesTest, OneThatIsNotSetIsOneProblemWhateverBelongsThere) {
  for (const char* key :
       {"region", "role", "copies_in_flight_max", "drain_timeout", "smtp", "sync_failure_notification"}) {
    EXPECT_THAT(Lines({.top = std::string(key) + ": ${NOTHING}\n"}), SizeIs(1)) << key;
  }
  EXPECT_THAT(Lines({.tables = "${NOTHING}"}), SizeIs(1));
  EXPECT_THAT(ProblemLines(LoadConfig("workspaces: ['${NOTHING}']\n", "c.yaml")), SizeIs(1));
}

TEST_F(ConfigVariablesTest, OtherFormsAreNoVariables) {
  for (const char* value : {"${", "${REGION", "a${}", "${1A}", "${A B}", "${A-b}", "${REGION:?}", "${A.b}"}) {
    EXPECT_THAT(Lines({.top = "region: '" + std::string(value) + "'\n"}),
                ElementsAre(HasSubstr("write ${NAME} or ${NAME:-default}")))
        << value;
  }
  EXPECT_THAT(Lines({.top = "region: '${NOTHING:-${REGION}}'\n"}),
              ElementsAre(HasSubstr("a variable stands within a variable")));
}

TEST_F(ConfigVariablesTest, AKeyTakesNone) {
  EXPECT_THAT(Lines({.top = "${REGION}: x\n"}),
              ElementsAre(HasSubstr("c.yaml:1:1 ${REGION} | a variable stands in a key")));
  EXPECT_THAT(Lines({.workspace = "    primary_region: east\n    secondary_region: west\n",
                     .tables = "[{name: b, locations: {east: file:///e/b, west: file:///w/b, '${REGION}': s3://x}}]"}),
              ElementsAre(HasSubstr("a variable stands in a key")));
}

TEST_F(ConfigVariablesTest, NothingOfASecretComesFromOne) {
  sources_.variables = {{"A", "hunter2secret"}, {"N", "SMTP_PASSWORD"}};
  const std::string smtp = "smtp: {host: h, from: a@x.org, user: u, password: ";
  const std::vector<ConfigLines> all = {{.top = smtp + "'${A}'}\n"},
                                        {.top = smtp + "{env: '${N}'}}\n"},
                                        {.top = smtp + "{file: '/run/${N}'}}\n"},
                                        {.top = smtp + "{credential: '$${N}'}}\n"},
                                        {.top = smtp + "['${A}']}\n"},
                                        {.top = smtp + "{evn: '${A}'}}\n"},
                                        {.top = "signing_key: {file: '${A}'}\n"},
                                        {.top = "secret_scope: s\n", .workspace = "    workspace_pat_key: ${A}\n"}};
  for (const ConfigLines& each : all) {
    const auto lines = Lines(each);
    EXPECT_THAT(lines, Each(Not(HasSubstr("hunter2secret"))));
    EXPECT_THAT(lines, ::testing::Contains(HasSubstr("a variable stands where a secret is named"))) << each.Text();
  }
}

TEST_F(ConfigVariablesTest, AVariableThatASecretIsKeptInShowsItNowhere) {
  sources_.variables["PASSWORD"] = "hunter2secret";
  const auto lines =
      Lines({.top = "region: ${PASSWORD}\nsmtp: {host: h, from: a@x.org, user: u, password: {env: PASSWORD}}\n"});
  EXPECT_THAT(lines,
              ElementsAre(AllOf(HasSubstr("c.yaml:1:9 region | a secret is kept in the variable PASSWORD (line 2)"),
                                Not(HasSubstr("hunter2secret")))));
}

TEST_F(ConfigVariablesTest, ValuesAreTextsOfReasonableSize) {
  sources_.variables["V"] = "a\xff";
  EXPECT_THAT(Lines({.top = "region: ${V}\n"}), ElementsAre(HasSubstr("the variable V is not UTF-8")));
  sources_.variables["V"] = std::string(size_t{1} << 20, 'x');
  std::string all;
  for (int i = 0; i < 17; ++i) all += "${V}";
  EXPECT_THAT(Lines({.top = "region: " + all + "\n"}), ElementsAre(HasSubstr("more than 16777216 bytes")));
}

TEST_F(ConfigVariablesTest, WhatIsPassedOverIsNotLookedUp) {
  EXPECT_THAT(Lines({.top = "x-note: ${NOTHING}\n"}), SizeIs(0));
}

TEST(ConfigVariables, OfTheProcessAreItsEnvironment) {
  ::setenv("LAKEFERRY_TEST_REGION", "west", 1);
  EXPECT_EQ(SourcesOfMachine().variable("LAKEFERRY_TEST_REGION"), "west");
  ::unsetenv("LAKEFERRY_TEST_REGION");
  EXPECT_EQ(SourcesOfMachine().variable("LAKEFERRY_TEST_REGION"), std::nullopt);
}

}  // namespace
}  // namespace lakeferry
