// What a faulty configuration is told: every problem at once, each with place, key path and remedy.
#include "tests/daemon/config/config_texts.h"

namespace lakeferry {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

std::vector<ConfigProblem> Problems(const std::string& text) {
  auto config = LoadConfig(text, "c.yaml");
  return config ? std::vector<ConfigProblem>{} : config.error();
}

// "line:column path | message | remedy", one a problem.
std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  for (const ConfigProblem& p : Problems(text)) {
    lines.push_back(std::to_string(p.place.line) + ":" + std::to_string(p.place.column) + " " + p.place.path + " | " +
                    p.message + " | " + p.remedy);
  }
  return lines;
}

const std::string kTable = "{name: b, source: file:///lake/b, target: file:///dr/b}";

std::string With(const std::string& top, const std::string& workspace = {}, const std::string& group = {},
                 const std::string& tables = "[" + kTable + "]") {
  return ConfigLines{.top = top, .workspace = workspace, .group = group, .tables = tables}.Text();
}

struct Case {
  std::string text;
  std::string line;  // what the single problem's line holds
};

void ExpectEach(const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    EXPECT_THAT(Lines(c.text), ::testing::ElementsAre(HasSubstr(c.line))) << c.text;
  }
}

TEST(ConfigProblems, AllAreReportedTogetherInTheOrderOfTheFile) {
  const auto lines = Lines(
      "regoin: west\n"
      "log_format: xml\n"
      "workspaces:\n"
      "  - workspace_name: demo\n"
      "    sync_location_secondary: /srv/staging\n"
      "    sync_intervall: 15m\n"
      "    sync_groups:\n"
      "      - group_name: a\n"
      "        mode: clon\n"
      "        tables: []\n"
      "      - group_name: a\n"
      "        tables: [x.y]\n");
  ASSERT_THAT(lines, SizeIs(8));
  EXPECT_THAT(lines[0], AllOf(HasSubstr("1:1 regoin |"), HasSubstr("did you mean region?")));
  EXPECT_THAT(lines[1], AllOf(HasSubstr("2:13 log_format |"), HasSubstr("text, json")));
  EXPECT_THAT(lines[2],
              AllOf(HasSubstr("5:30 workspaces[0].sync_location_secondary |"), HasSubstr("file:///srv/staging")));
  EXPECT_THAT(lines[3],
              AllOf(HasSubstr("6:5 workspaces[0].sync_intervall |"), HasSubstr("did you mean sync_interval?")));
  EXPECT_THAT(lines[4], AllOf(HasSubstr("9:15 workspaces[0].sync_groups[0].mode |"), HasSubstr("did you mean clone?")));
  EXPECT_THAT(lines[5], AllOf(HasSubstr("10:17 workspaces[0].sync_groups[0].tables |"), HasSubstr("empty list")));
  EXPECT_THAT(lines[6], AllOf(HasSubstr("11:21 workspaces[0].sync_groups[1].group_name |"), HasSubstr("line 8")));
  EXPECT_THAT(lines[7],
              AllOf(HasSubstr("12:18 workspaces[0].sync_groups[1].tables[0] |"), HasSubstr("all three parts")));
}

TEST(ConfigProblems, EachHasARemedyAndAPlace) {
  const auto problems = Problems("a: 1\nworkspaces: 3\nsmtp: [x]\nrole: 7\ncopies_in_flight_max: many\n");
  EXPECT_THAT(problems, SizeIs(5));
  EXPECT_THAT(problems, Each(::testing::Field(&ConfigProblem::remedy, Not(::testing::IsEmpty()))));
  for (const ConfigProblem& p : problems) EXPECT_GT(p.place.line, 0) << p.message;
}

TEST(ConfigProblems, UnknownKeysNameTheNearestOfTheirLevelOrTheLevelTheyBelongTo) {
  ExpectEach({
      {With("metadata_stor: /x\n"),
       "1:1 metadata_stor | metadata_stor is no key of the top level | did you mean metadata_store?"},
      {With("Region: x\n"), "did you mean region?"},
      {With("log-format: json\n"), "did you mean log_format?"},
      {With("", "    sync_interval_min: 5\n"), "did you mean sync_interval_mins?"},
      {With("", "    group_name: x\n"), "it belongs to a sync group"},
      {With("", "", "        sync_interval_mins: 5\n"),
       "it belongs to a workspace; move it there, or write interval: 15m"},
      {With("", "", "        workflows: [a]\n"), "did you mean workflow?"},
      {With("", "", "", "[{name: b, source: file:///lake/b, traget: file:///x, target: file:///dr/b}]"),
       "workspaces[0].sync_groups[0].tables[0].traget | traget is no key of a table | did you mean target?"},
      {With("smtp: {host: h, from: a@x.org, hots: y}\n"),
       "1:32 smtp.hots | hots is no key of smtp | did you mean host?"},
      {With("zzzzzzzzzz: 1\n"), "the keys of the top level are region, metadata_store"},
  });
}

TEST(ConfigProblems, HistoryIsForMirrors) {
  const std::string table = "{name: b, source: file:///lake/b, target: file:///dr/b";
  ExpectEach({
      {With("", "", "        history: cuts-only\n"),
       "workspaces[0].sync_groups[0].history | history is for a mirror, and the group is in clone mode"},
      {With("", "", "", "[" + table + ", history: full}]"), "tables[0].history | history is for a mirror"},
      {With("", "", "        mode: mirror\n        history: cuts\n"), "sync_groups[0].history |"},
  });
}

TEST(ConfigProblems, AKeyThatStandsTwiceIsNamedWhereItStandsAgain) {
  ExpectEach({
      {With("region: a\nregion: b\n"), "2:1 region | the key region stands here a second time"},
      {R"({"region": "a", "workspaces": [{"workspace_name": "w", "workspace_name": "v", "sync_location_secondary": )"
       R"("file:///s", "sync_groups": [{"group_name": "g", "tables": [{"name":"t","source":"file:///a","target":)"
       R"("file:///b"}]}]}]})",
       "workspaces[0].workspace_name | the key workspace_name stands here a second time"},
  });
}

TEST(ConfigProblems, MissingKeysAreNamedWithAnExample) {
  ExpectEach({
      {"region: west\n", "1:1 workspaces | workspaces is missing"},
      {"workspaces: [{sync_location_secondary: file:///s, sync_groups: [{group_name: g, tables: [" + kTable + "]}]}]",
       "1:14 workspaces[0].workspace_name | workspace_name is missing"},
      {"workspaces: [{workspace_name: w, sync_groups: [{group_name: g, tables: [" + kTable + "]}]}]",
       "workspaces[0].sync_location_secondary | sync_location_secondary is missing"},
      {"workspaces: [{workspace_name: w, sync_location_secondary: file:///s}]",
       "workspaces[0].sync_groups | sync_groups is missing"},
      {"workspaces: [{workspace_name: w, sync_location_secondary: file:///s, sync_groups: [{tables: [" + kTable +
           "]}]}]",
       "sync_groups[0].group_name | group_name is missing"},
      {"workspaces: [{workspace_name: w, sync_location_secondary: file:///s, sync_groups: [{group_name: g}]}]",
       "sync_groups[0].tables | tables is missing"},
      {With("", "", "", "[{source: file:///lake/b, target: file:///dr/b}]"), "tables[0].name | name is missing"},
      {With("", "", "", "[{name: b, source: file:///lake/b}]"), "tables[0].target | target is missing"},
      {With("", "", "", "[{name: b, target: file:///lake/b}]"), "tables[0].source | source is missing"},
      {With("smtp: {from: a@x.org}\n"), "smtp.host | host is missing"},
      {With("smtp: {host: h}\n"), "smtp.from | from is missing"},
  });
}

TEST(ConfigProblems, WrongTypesAreNamed) {
  ExpectEach({
      {With("region: 5\n"), "1:9 region | expected a text, found a number | if it is meant as text, put it in quotes"},
      {With("region: yes\n"), "expected a text, found a boolean"},
      {With("region: [a]\n"), "expected a text, found a list"},
      {With("region: {a: b}\n"), "expected a text, found a map"},
      {With("region:\n"), "1:1 region | region has no value"},
      {With("region: \"\"\n"), "the text is empty"},
      {With("region: \"a\\nb\"\n"), "line breaks"},
      {With("", "    sync_interval_mins: 15m\n"), "sync_interval_mins takes a whole number, found '15m'"},
      {With("", "    sync_interval_mins: 1.5\n"), "sync_interval_mins takes a whole number, found '1.5'"},
      {With("", "    sync_interval_mins: \"15\"\n"), "write 15 without quotes"},
      {With("", "    sync_interval_mins: [1]\n"), "takes a whole number, found a list"},
      {With("", "    sync_interval: 15\n"), "sync_interval takes a duration, found '15'"},
      {With("", "    sync_interval: {s: 1}\n"), "sync_interval takes a duration, found a map"},
      {With("", "    verify_interval: off\n"), "verify_interval takes a duration, found 'off'"},
      {With("", "    verify_interval: 0s\n"), "verify_interval is 0s, outside 1s to"},
      {With("", "    sync_max_retries: three\n"), "sync_max_retries takes a whole number, found 'three'"},
      {With("", "", "        workflow: 17\n"), "found a number | if it is meant as text, put it in quotes"},
      {With("", "", "        workflow: []\n"), "workflow is an empty list"},
      {With("", "", "        workflow: [a, a]\n"), "'a' stands in the list a second time"},
      {With("", "", "        workflow: [a, {b: c}]\n"), "sync_groups[0].workflow[1] | expected a text, found a map"},
      {With("", "", "", "b"), "tables takes a list, found a single value"},
      {With("", "", "", "[[a]]"), "tables[0] | expected a map of keys, found a list"},
      {"workspaces: [demo]\n", "workspaces[0] | expected a map of keys, found a single value"},
      {"- a\n", "1:1  | expected a map of keys, found a list"},
  });
}

TEST(ConfigProblems, NumbersAndDurationsHaveBounds) {
  ExpectEach({
      {With("copies_in_flight_max: 0\n"), "copies_in_flight_max is 0, outside 1 to 256"},
      {With("copies_in_flight_max: 257\n"), "outside 1 to 256"},
      {With("copies_in_flight_max: 99999999999999999999\n"), "takes a whole number"},
      {With("drain_timeout: 2h\n"), "drain_timeout is 2h, outside 0s to 1h"},
      {With("", "    sync_interval: 999ms\n"), "sync_interval is 999ms, outside 1s to 365d"},
      {With("", "    sync_interval_mins: 0\n"), "sync_interval_mins is 0, outside 1 to 525600"},
      {With("", "    sync_interval_mins: -5\n"), "sync_interval_mins is -5"},
      {With("", "    sync_max_retries: -1\n"), "outside 0 to 1000"},
      {With("", "    clock_skew_margin: 2h\n"), "outside 0s to 1h"},
      {With("", "", "        interval: 10ms\n"), "interval is 10ms"},
      {With("smtp: {host: h, from: a@x.org, port: 70000}\n"), "port is 70000, outside 1 to 65535"},
      {With("", "", "        workflow: " + std::string(201, 'x') + "\n"), "the name has 201 bytes, more than 200"},
  });
}

TEST(ConfigProblems, TwoKeysForOneThingAreAConflict) {
  ExpectEach({
      {With("", "    sync_interval_mins: 5\n    sync_interval: 5m\n"),
       "sync_interval_mins and sync_interval set the same thing"},
      {With("", "    sync_failover_interval_mins: 5\n    force_sync_after: 5m\n"),
       "set the same thing | keep one of them"},
      {With("", "", "        workflow: a\n        schedule: \"* * * * *\"\n"), "a workflow and a schedule"},
      {With("", "", "        interval: 5m\n        schedule: \"* * * * *\"\n"), "a schedule and an interval"},
      {With("", "", "        expect_run_every: 1d\n"), "expect_run_every is about the runs of a workflow"},
      {With("", "", "        rpo: 10ms\n"), "rpo is 10ms"},
      {With("", "    rpo: 400d\n"), "rpo is 400d"},
      {With("", "", "        time_zone: UTC\n"), "time_zone is the zone of a schedule, and the group has none"},
  });
}

TEST(ConfigProblems, SchedulesAndZonesAreChecked) {
  EXPECT_THAT(Lines(With("", "", "        schedule: \"61 * * * *\"\n")), SizeIs(1));
  EXPECT_THAT(Lines(With("", "", "        schedule: daily\n")), SizeIs(1));
  EXPECT_THAT(Lines(With("", "", "        schedule: \"0 0 30 2 *\"\n")),
              ::testing::ElementsAre(
                  AllOf(HasSubstr("6:19 workspaces[0].sync_groups[0].schedule | '0 0 30 2 *' never fires: no month"),
                        HasSubstr("name a day that the month has"))));
  EXPECT_THAT(Lines(With("", "", "        schedule: \"0 1 * * *\"\n        time_zone: Europe/Wien\n")),
              ::testing::ElementsAre(HasSubstr("'Europe/Wien' is no time zone")));
}

TEST(ConfigProblems, LocationsAreChecked) {
  auto at = [](const std::string& source) {
    return With("", "", "", "[{name: b, source: '" + source + "', target: file:///dr/b}]");
  };
  ExpectEach({
      {at("/srv/b"), "no scheme | write file:///srv/b"},
      {at("srv/b"), "no scheme | write file:///folder"},
      {at("ftp://h/b"), "ftp:// is no scheme of a store"},
      {at("file://host/b"), "'host' stands where a host goes"},
      {at("file:///"), "the root of the whole file system"},
      {at("file:///a/../b"), "'.' or '..' segment"},
      {at("file:///a/./b"), "'.' or '..' segment"},
      {at("s3://bucket/../b"), "'.' or '..' segment"},
      {at("s3:///b"), "names no bucket"},
      {at("s3://"), "names no bucket"},
      {at("s3://bucket/a%20b"), "'%' stands in the location"},
      {at("abfss://container/b"), "names no account"},
      {With("", "    sync_location_primary: nowhere\n"), "sync_location_primary | this is no location"},
      {With("metadata_store: metadata.db\n"), "metadata_store is not the absolute path"},
      {With("", "    workspace_instance_url: adb.example.net\n"), "does not begin with https://"},
  });
}

TEST(ConfigProblems, SecretsStandThereOnlyByReferenceAndAreNeverRepeated) {
  const std::string smtp = "smtp: {host: h, from: a@x.org, user: u, password: ";
  std::vector<std::string> texts = {
      With(smtp + "hunter2secret}\n"),
      With(smtp + "[hunter2secret]}\n"),
      With("", "", "", "[{name: b, source: 's3://user:hunter2secret@bucket/x', target: file:///dr/b}]"),
      With("", "", "", "[{name: b, source: 'abfss://c@a.net/x?sig=hunter2secret', target: file:///dr/b}]"),
      With("secret_scope: s\n", "    workspace_pat_key: dapi00000000000000000000hunter2secret\n"),
  };
  for (const std::string& uri :
       {"file://user:hunter2secret@host/x", "file://hunter2secret@host/x", "file://user:hunter2secret@localhost/x",
        "file://user:hunter2secret@", "ftp://user:hunter2secret@host/x", "hunter2secret://x", "a:hunter2secret://x"}) {
    texts.push_back(With("", "", "", "[{name: b, source: '" + std::string(uri) + "', target: file:///dr/b}]"));
    texts.push_back(With("", "", "", "[{name: b, source: file:///lake/b, target: '" + std::string(uri) + "'}]"));
    texts.push_back(With("", "    sync_location_primary: '" + std::string(uri) + "'\n"));
    texts.push_back(With("", "", "        import_roots: ['" + std::string(uri) + "']\n"));
  }
  for (const std::string& text : texts) {
    const auto lines = Lines(text);
    EXPECT_THAT(lines, SizeIs(1)) << text;
    EXPECT_THAT(lines, Each(Not(HasSubstr("hunter2secret")))) << text;
  }
  EXPECT_THAT(Lines(texts[0]), Contains(HasSubstr("password holds a secret inline | name where the secret is kept")));
}

TEST(ConfigProblems, SecretReferencesAreChecked) {
  const std::string smtp = "smtp: {host: h, from: a@x.org, user: u, password: ";
  ExpectEach({
      {With(smtp + "{env: A, file: /b}}\n"), "exactly one of env, file and credential"},
      {With(smtp + "{}}\n"), "exactly one of env, file and credential"},
      {With(smtp + "{file: b}}\n"), "smtp.password.file | the path is not absolute"},
      {With(smtp + "{credential: a/b}}\n"), "a credential's name has no '/'"},
      {With("smtp: {host: h, from: a@x.org, user: u}\n"), "user and password go together"},
      {With("smtp: {host: h, from: a@x.org, password: {env: X}}\n"), "smtp.user | user and password go together"},
      {With("smtp: {host: h, from: a@x.org, security: none, user: u, password: {env: X}}\n"), "without encryption"},
      {With("", "    workspace_pat_key: dr-pat-key\n"), "there is no secret_scope"},
  });
}

TEST(ConfigProblems, AddressesAreChecked) {
  ExpectEach({
      {With("sync_failure_notification: nobody\n"), "'nobody' is no mail address"},
      {With("sync_failure_notification: [a@x.org, 'b@x.org, c@x.org']\n"), "1:38 sync_failure_notification[1]"},
      {With("", "", "        group_owner_email: '@x.org'\n"), "group_owner_email | '@x.org' is no mail address"},
      {With("smtp: {host: h, from: Lake <a@x.org>}\n"), "smtp.from"},
      {With("smtp: {host: 'smtp://h', from: a@x.org}\n"), "host is no host name"},
  });
}

TEST(ConfigProblems, NamesAndFoldersUsedTwiceAreFoundOverAllGroups) {
  const std::string two =
      "workspaces:\n"
      "  - {workspace_name: a, sync_location_secondary: file:///dr/staging, sync_groups: [{group_name: g, tables: "
      "[{name: t, source: file:///lake/t, target: file:///dr/t}]}]}\n"
      "  - {workspace_name: B, sync_location_secondary: file:///dr/staging, sync_groups: [{group_name: G, tables: "
      "[T]}]}\n";
  auto second = [&](const std::string& workspace, const std::string& group, const std::string& table) {
    std::string text = two;
    text.replace(text.find(" B,"), 3, " " + workspace + ",");
    text.replace(text.find(" G,"), 3, " " + group + ",");
    return text.replace(text.find("[T]"), 3, "[" + table + "]");
  };
  const std::string good = "{name: t, source: file:///lake/u, target: file:///dr/u}";
  EXPECT_THAT(Lines(second("b", "h", good)), SizeIs(0));
  ExpectEach({
      {second("a", "h", good),
       "workspaces[1].workspace_name | a second workspace is named 'a' | the first stands in line 2"},
      {second("b", "g", good), "sync_groups[0].group_name | a second group is named 'g' | the first stands in line 2"},
      {second("b", "h", "{name: t, source: file:///lake/u, target: file:///dr/t/}"),
       "overlaps the target of table t in group 'g' (line 2)"},
      {second("b", "h", "{name: t, source: file:///lake/u, target: file:///dr/t/below}"),
       "overlaps the target of table t"},
      {second("b", "h", "{name: t, source: file:///lake/u, target: file:///dr/staging/u}"),
       "overlaps the staging location of workspace"},
      {second("b", "h", "{name: t, source: file:///dr/staging, target: file:///dr/u}"),
       "overlaps the staging location"},
      {second("b", "h", "{name: t, source: file:///lake/u, target: file:///lake/u}"), "are the same folder"},
      {second("b", "h", "{name: t, source: file:///lake/u, target: file:///lake/u/replica}"), "lie one in the other"},
      {With("", "", "", "[" + kTable + ", {name: b, source: file:///lake/c, target: file:///dr/c}]"),
       "the table b stands in the group a second time"},
      {With("", "", "", "[" + kTable + ", {name: c, source: file:///lake/c, target: file:///dr/b}]"),
       "overlaps the target of table b"},
      {With("", "", "", "[a.b.c, a.b.c]"), "the table a.b.c stands in the group a second time"},
      // One place by the schemes of two engines.
      {With("", "", "", "[{name: b, source: s3://lake/b, target: s3a://lake/b/c}]"), "lie one in the other"},
      {With("", "", "", "[" + kTable + ", {name: c, source: file:///lake/c, target: 'file://localhost/dr/%62'}]"),
       "overlaps the target of table b"},
      {With("", "", "",
            "[{name: b, source: abfss://c@a.dfs.core.windows.net/b, target: wasbs://c@a.blob.core.windows.net/b}]"),
       "are the same folder"},
  });
  EXPECT_THAT(Lines(second("b", "h", "{name: t, source: file:///lake/u, target: file:///dr/tt}")), SizeIs(0));
}

TEST(ConfigProblems, ImportRootsAreCheckedAsOtherLocations) {
  ExpectEach({
      {With("", "", "        import_roots: /lake/raw\n"),
       "sync_groups[0].import_roots | this is no location: it has no scheme | write file:///lake/raw"},
      {With("", "", "        import_roots: [file:///lake/raw, file:///]\n"), "import_roots[1] | it names no folder"},
      {With("", "", "        import_roots: [file:///lake/../etc]\n"), "import_roots[0] | "},
      {With("", "", "        import_roots: ['s3://b/x?sig=1']\n"), "the location carries a password, signature"},
      {With("", "", "        import_roots: file:///dr\n"),
       "the import root file:///dr overlaps the staging location of workspace 'demo'"},
      {With("", "", "        import_roots: file:///dr/staging/orders\n"), "overlaps the staging location"},
      {With("", "", "        mode: mirror\n        import_roots: file:///lake/raw\n"),
       "sync_groups[0].import_roots | a mirror imports nothing"},
      {With("", "", "", "[{name: b, source: file:///lake/b, target: file:///dr/b, import_roots: lake}]"),
       "tables[0].import_roots | this is no location"},
      {With("", "", "        import_root: file:///lake/raw\n"), "did you mean import_roots?"},
  });
}

TEST(ConfigProblems, CatalogNamesHaveThreeParts) {
  for (const char* name : {"t", "s.t", "a.b.c.d", "a..c", ".b.c", "a.b."}) {
    EXPECT_THAT(Lines(With("", "", "", "['" + std::string(name) + "']")),
                ::testing::ElementsAre(HasSubstr("no catalog.schema.table name")))
        << name;
  }
  EXPECT_THAT(Lines(With("", "", "", "[{name: short}]")), ::testing::ElementsAre(HasSubstr("tables[0].name")));
}

TEST(ConfigProblems, TextsThatAreNeitherYamlNorJsonHaveAPlace) {
  ExpectEach({
      {"a: 1\n  b: 2\n", "neither YAML nor JSON"},
      {"{\"a\": [1, 2}", "1:12  | the file is neither YAML nor JSON"},
      {"{\"region\": \"x\"} trailing", "more than one document"},
      {"region: a\n---\nregion: b\n", "more than one document"},
      {",", "more than one document"},
      {"region: a\n,\n", "neither YAML nor JSON"},
      {"", "the file is empty"},
      {"# only a comment\n", "the file says nothing"},
      {"a: 1\nb: x\xff\n", "2:5  | the file is not UTF-8"},
      {With("region: !secret x\n"), "the tag !secret has no meaning here"},
  });
}

TEST(ConfigProblems, AFewLinesThatNameBillionsOfValuesAreRefused) {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string last = "*a" + std::to_string(i - 1);
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + last;
    for (int j = 0; j < 9; ++j) text += ", " + last;
    text += "]\n";
  }
  EXPECT_THAT(Lines(text), ::testing::ElementsAre(HasSubstr("more than 1000000 values")));
}

TEST(ConfigProblems, TheTextOfAProblemStaysOnOneLine) {
  const std::string text = ToText("c.yaml", Problems(With("\"a\\nb\": 1\n")));
  EXPECT_THAT(text, AllOf(HasSubstr("c.yaml:1:1 a\\nb: a\\nb is no key of the top level; "), Not(HasSubstr("\n"))));
}

}  // namespace
}  // namespace lakeferry
