// The program as its users call it, within this process: exit codes, what goes to which stream, and one group's way
// from the source to a verified replica.
#include "state/role_lock.h"
#include "tests/daemon/commands_fixture.h"

namespace lakeferry {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

TEST_F(Commands, HelpAndVersionAreNoErrors) {
  const Answer help = Invoke({"--help"});
  EXPECT_EQ(help.code, 0);
  EXPECT_THAT(help.out,
              AllOf(HasSubstr("sender"), HasSubstr("verify"), HasSubstr("runs"), Not(HasSubstr("switchover"))));
  EXPECT_THAT(Invoke({"log", "--help"}).out, HasSubstr("--timestamp"));
  const Answer version = Invoke({"--version"});
  EXPECT_EQ(version.code, 0);
  EXPECT_THAT(version.out, StartsWith("lakeferry "));
}

TEST_F(Commands, UsageErrorsExitWithTwoAndGoToStandardError) {
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{{},
                                             {"sindr"},
                                             {"status", "--nope"},
                                             {"status", "a", "b"},
                                             {"runs"},
                                             {"log"},
                                             {"status", "--role", "primary"},
                                             {"log", "/x", "--version", "1", "--timestamp", "2"},
                                             {"gc", "--nope"}}) {
    const Answer answer = Invoke(arguments);
    EXPECT_EQ(answer.code, 2) << answer.out;
    EXPECT_THAT(answer.out, IsEmpty());
    EXPECT_THAT(answer.err, AllOf(StartsWith("lakeferry: "), HasSubstr("--help")));
  }
  EXPECT_THAT(Invoke({"status", "--nope", "--json"}).err,
              StartsWith(R"({"error":{"kind":"invalid_argument","message":)"));
}

TEST_F(Commands, WordsKeptForLaterAreNotBuiltYet) {
  for (const char* word :
       {"switchover", "failover", "failback", "drill", "backup", "restore", "at-risk", "estimate", "evidence"}) {
    const Answer answer = Invoke({word, "orders", "--whatever"});
    EXPECT_EQ(answer.code, 2) << word;
    EXPECT_THAT(answer.err, HasSubstr("'" + std::string(word) + "' is not built yet"));
    EXPECT_THAT(Invoke({word, "--json"}).err, StartsWith(R"({"error":{"kind":"invalid_argument")"));
    EXPECT_THAT(Invoke({"--json", word}).err, StartsWith(R"({"error":{"kind":"invalid_argument")"));
  }
}

TEST_F(Commands, AMissingConfigurationIsNamed) {
  const Answer answer = Invoke({"status", "-c", "/nowhere/c.yaml", "--json"});
  EXPECT_EQ(answer.code, 2);
  EXPECT_THAT(answer.out, IsEmpty());
  EXPECT_THAT(answer.err,
              HasSubstr(R"("where":{"kind":"config","text":"/nowhere/c.yaml","file":"/nowhere/c.yaml","line":null,)"));
}

TEST_F(Commands, AConfigurationThatIsEmptyOrNoFileSaysSoWithItsOwnWayOut) {
  const Answer missing = Invoke({"plan", "-c", (root_ / "none.yaml").string()});
  EXPECT_EQ(missing.code, 2);
  EXPECT_THAT(missing.err, AllOf(HasSubstr("there is no configuration file"), HasSubstr("LAKEFERRY_CONFIG")));
  Write(root_ / "c.yaml", "");
  const Answer empty = Run({"plan"});
  EXPECT_EQ(empty.code, 2);
  EXPECT_THAT(empty.err, AllOf(HasSubstr("the file is empty"), HasSubstr("minimal.yaml")));
  Write(root_ / "c.yaml", "# nothing yet\n");
  EXPECT_THAT(Run({"plan"}).err, HasSubstr("the file says nothing"));
  const Answer folder = Invoke({"plan", "-c", root_.string()});
  EXPECT_EQ(folder.code, 2);
  EXPECT_THAT(folder.err, HasSubstr("the configuration file is a folder"));
}

TEST_F(Commands, AConfigurationThatCannotBeReadSaysAsWhomToRun) {
  if (::geteuid() == 0) {  // root reads everything: a name that leads in a circle stands for a right that is missing
    fs::create_symlink(root_ / "loop", root_ / "loop");
  } else {
    Write(root_ / "loop", "region: west\n");
    fs::permissions(root_ / "loop", fs::perms::none);
  }
  const Answer answer = Invoke({"plan", "-c", (root_ / "loop").string()});
  EXPECT_EQ(answer.code, 2);
  EXPECT_THAT(answer.err, AllOf(HasSubstr("the configuration file cannot be read: "), HasSubstr("sudo -u lakeferry")));
}

TEST_F(Commands, AFaultyConfigurationNamesEveryProblem) {
  Write(root_ / "c.yaml", "regoin: west\nworkspaces: []\n");
  const Answer status = Run({"status"});
  EXPECT_EQ(status.code, 2);
  EXPECT_THAT(status.err, AllOf(HasSubstr("c.yaml:1:1 regoin: "), HasSubstr("did you mean region?"),
                                HasSubstr("c.yaml:2:13 workspaces: ")));
  const Answer check = Run({"check", "--json"});
  EXPECT_EQ(check.code, 2);
  EXPECT_THAT(check.out,
              AllOf(StartsWith(R"({"ok":false,"findings":[{"severity":"error","group":null,"what":"regoin is)"),
                    HasSubstr("c.yaml:2:13 workspaces")));
}

TEST_F(Commands, WhatIsNotBuiltIsAFindingOfCheckAndARefusalElsewhere) {
  std::ifstream sample(std::string(LAKEFERRY_CONFIG_DIR) + "/databricks_sync_job.json");
  std::ostringstream text;
  text << sample.rdbuf();
  std::string json = text.str();
  json.insert(json.find('{') + 1, "\"metadata_store\": \"" + (root_ / "metadata.db").string() + "\",");
  Write(root_ / "c.yaml", json);
  const Answer check = Run({"check", "--json"});
  EXPECT_EQ(check.code, 1) << check.err;
  EXPECT_THAT(check.out, AllOf(StartsWith("{\"ok\":false"), HasSubstr("Jobs API"), HasSubstr("catalog")));
  for (const char* command : {"plan", "sync", "versions", "verify", "sender", "receiver"}) {
    const Answer answer = Run({command});
    EXPECT_EQ(answer.code, 2) << command << answer.err;
  }
  EXPECT_EQ(Run({"status"}).code, 0);
}

TEST_F(Commands, AnUnknownGroupNamesTheNearest) {
  for (const char* command : {"status", "plan", "sync", "versions", "verify", "history"}) {
    const Answer answer = Run({command, "odrers"});
    EXPECT_EQ(answer.code, 2) << command;
    EXPECT_THAT(answer.err, HasSubstr("did you mean orders?")) << command;
  }
}

TEST_F(Commands, TheLedgerTakesRunsInAndListsThem) {
  const Answer added = Run({"runs", "add", "nightly", "--run-id", "r1", "--start", "2026-11-21T07:00:00Z", "--end",
                            "2026-11-21T07:10:00Z", "--state", "success"});
  EXPECT_EQ(added.code, 0) << added.err;
  EXPECT_EQ(
      Run({"runs", "add", "nightly", "--run-id", "r2", "--start", "2026-11-21T08:00:00+01:00", "--state", "running"})
          .code,
      0);
  const Answer list = Run({"runs", "list", "nightly", "--json"});
  EXPECT_EQ(list.out, R"({"workflow":"nightly","runs":[{"run_id":"r1","start_ms":1795244400000,)"
                      R"("end_ms":1795245000000,"end_slack_ms":999,"state":"success"},)"
                      R"({"run_id":"r2","start_ms":1795244400000,"end_ms":null,"end_slack_ms":0,"state":"running"}]})"
                      "\n");
  EXPECT_THAT(Run({"runs", "list", "nightly"}).out, HasSubstr("2026-11-21 07:10:00Z"));
  EXPECT_EQ(Run({"runs", "list", "other", "--json"}).out,
            R"({"workflow":"other","runs":[],"warnings":["no group of the configuration has the workflow 'other'"]})"
            "\n");
}

TEST_F(Commands, TheLedgerRefusesWhatCannotBeARun) {
  const std::vector<std::string> base{"runs", "add", "nightly", "--run-id", "r", "--start", "2026-11-21T07:00:00Z"};
  auto with = [&](std::vector<std::string> more) {
    std::vector<std::string> arguments = base;
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Run(arguments);
  };
  EXPECT_THAT(with({"--state", "success"}).err, HasSubstr("needs its end"));
  EXPECT_THAT(with({"--state", "running", "--end", "2026-11-21T08:00:00Z"}).err, HasSubstr("has no end"));
  EXPECT_THAT(with({"--state", "odd", "--end", "2026-11-21T08:00:00Z"}).err,
              AllOf(HasSubstr("'odd' is no state"), HasSubstr("success, failed or running")));
  EXPECT_THAT(with({"--state", "failed", "--end", "2026-11-21T06:59:59Z"}).err, HasSubstr("ends before it starts"));
  EXPECT_THAT(with({"--state", "failed", "--end", "noon"}).err,
              AllOf(HasSubstr("'noon' is not a time"), HasSubstr("--end")));
  EXPECT_EQ(with({"--state", "failed", "--end", "noon"}).code, 2);
}

TEST_F(Commands, ARunIsEnteredNowAndKeepsItsStart) {
  EXPECT_EQ(Run({"runs", "add", "nightly", "--run-id", "r", "--start", "now", "--state", "RUNNING"}).code, 0);
  const Answer ended = Run({"runs", "add", "nightly", "--run-id", "r", "--end", "now", "--state", "Success"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(Run({"runs", "list", "nightly", "--json"}).out,
              AllOf(HasSubstr(R"("end_slack_ms":0,"state":"success"}]})"), Not(HasSubstr("null"))));
  const Answer unknown = Run({"runs", "add", "nightly", "--run-id", "x", "--end", "now", "--state", "success"});
  EXPECT_EQ(unknown.code, 2);
  EXPECT_THAT(unknown.err, HasSubstr("add --start"));
}

TEST_F(Commands, AnEndAYearAheadOrAWorkflowOfNobodyIsSaid) {
  const Answer ahead = Run({"runs", "add", "nightly", "--run-id", "r", "--start", "2026-11-21T07:00:00Z", "--end",
                            "2100-11-21T07:00:00Z", "--state", "success"});
  EXPECT_EQ(ahead.code, 2);
  EXPECT_THAT(ahead.err, AllOf(HasSubstr("lies in the future"), HasSubstr("--end")));
  EXPECT_THAT(Run({"runs", "list", "nightly"}).out, HasSubstr("no runs"));
  const Answer wrong = Run({"runs", "add", "nigthly", "--run-id", "r", "--start", "now", "--state", "running"});
  EXPECT_EQ(wrong.code, 0) << "a group for it may be configured later";
  EXPECT_THAT(wrong.err, HasSubstr("no group of the configuration has the workflow 'nigthly': did you mean nightly?"));
}

TEST_F(Commands, ARunIsTakenOutByWhomAndWhyAndThatIsKept) {
  EXPECT_EQ(Run({"runs", "add", "nightly", "--run-id", "r1", "--start", "now", "--state", "running"}).code, 0);
  const std::vector<std::string> remove{"runs", "remove", "nightly", "--run-id", "r1", "--by", "Ada", "--why"};
  auto with = [&](const std::string& why) {
    std::vector<std::string> arguments = remove;
    arguments.push_back(why);
    return Run(arguments);
  };
  EXPECT_EQ(with("").code, 2);
  EXPECT_EQ(Run({"runs", "remove", "nightly", "--run-id", "r1"}).code, 2);
  const Answer removed = with("typed twice");
  EXPECT_EQ(removed.code, 0) << removed.err;
  EXPECT_THAT(removed.out, AllOf(HasSubstr("r1"), HasSubstr("Ada"), HasSubstr("typed twice")));
  EXPECT_THAT(Run({"runs", "list", "nightly"}).out, HasSubstr("no runs in the ledger"));
  EXPECT_THAT(
      Run({"runs", "list", "nightly", "--removed", "--json"}).out,
      AllOf(HasSubstr(R"("runs":[],"removed":[{"run_id":"r1")"), HasSubstr(R"("by":"Ada","why":"typed twice")")));
  const Answer gone = with("again");
  EXPECT_EQ(gone.code, 1);
  EXPECT_THAT(gone.err, HasSubstr("has no run 'r1'"));
}

TEST_F(Commands, LogShowsASnapshotOfAnyTable) {
  Commit(0, 10);
  Commit(1, 7);
  const std::string uri = "file://" + (root_ / "source").string();
  const Answer newest = Invoke({"log", uri, "--json"});
  EXPECT_EQ(newest.code, 0) << newest.err;
  EXPECT_THAT(newest.out,
              AllOf(HasSubstr(R"("version":1)"), HasSubstr(R"("num_files":2,"size_bytes":17,"num_records":6)"),
                    HasSubstr(R"("reader_features":[])")));
  const Answer first = Invoke({"log", (root_ / "source").string(), "--version", "0", "--files", "--json"});
  EXPECT_THAT(first.out, AllOf(HasSubstr(R"("version":0)"),
                               HasSubstr(R"("files":[{"path":"part-0.parquet","size":10,"partition_values":{},)"
                                         R"("num_records":3,"deletion_vector":null}])")));
  EXPECT_THAT(Invoke({"log", uri}).out, HasSubstr("reader 1, writer 2"));
  EXPECT_THAT(Invoke({"log", uri, "--timestamp", "2100-01-01T00:00:00Z", "--json"}).out, HasSubstr(R"("version":1)"));
  const Answer early = Invoke({"log", uri, "--timestamp", "1999-01-01T00:00:00Z", "--json"});
  EXPECT_EQ(early.code, 1);
  EXPECT_THAT(early.err, AllOf(HasSubstr("not_found"), HasSubstr("1999-01-01")));
  EXPECT_EQ(Invoke({"log", uri, "--version", "9"}).code, 1);
}

TEST_F(Commands, NoVersionIsCountedFromTheNewestBack) {
  const Answer answer = Invoke({"log", "/x", "--version", "-1"});
  EXPECT_EQ(answer.code, 2);
  EXPECT_THAT(answer.err, AllOf(HasSubstr("no table has a version -1: the first is 0"), HasSubstr("where: --version"),
                                HasSubstr("leave --version away")));
}

TEST_F(Commands, AnOutputThatCannotBeWrittenIsAnError) {
  Commit(0, 10);
  std::ofstream full("/dev/full");
  std::ostringstream err;
  EXPECT_EQ(RunCommandLine({"log", (root_ / "source").string(), "--json"}, full, err), 1);
  EXPECT_THAT(err.str(), HasSubstr("could not be written to its end"));
}

TEST_F(Commands, LogOfWhatIsNoTableSaysWhy) {
  const Answer missing = Invoke({"log", "file://" + (root_ / "nothing").string(), "--json"});
  EXPECT_EQ(missing.code, 1);
  EXPECT_THAT(missing.out, IsEmpty());
  EXPECT_THAT(missing.err, AllOf(HasSubstr(R"("kind":"not_found")"), HasSubstr("nothing")));
  const Answer far = Invoke({"log", "az://bucket/table"});
  EXPECT_EQ(far.code, 2);
  EXPECT_THAT(far.err, AllOf(HasSubstr("nothing tells the storage account"), HasSubstr("az://bucket/table"),
                             HasSubstr("AZURE_STORAGE_ACCOUNT")));
  const Answer secret = Invoke({"log", "s3://key:hunter2@bucket/table"});
  EXPECT_EQ(secret.code, 2);
  EXPECT_THAT(secret.err, AllOf(HasSubstr("carries a user name"), Not(HasSubstr("hunter2"))));
}

TEST_F(Commands, StatusBeforeTheFirstPassKnowsNothingAndAlarms) {
  const Answer status = Run({"status", "--json", "--check"});
  EXPECT_EQ(status.code, 4) << status.err;
  EXPECT_THAT(status.out,
              AllOf(StartsWith(R"({"role":"sender")"), HasSubstr(R"("group":"orders","state":"unknown","epoch":0)")));
  EXPECT_THAT(Run({"status", "--role", "receiver", "--json"}).out, StartsWith(R"({"role":"receiver")"));
}

TEST_F(Commands, AWordThatIsNoCommandIsNamedWithTheNearestOne) {
  const Answer none = Invoke({"foo"});
  EXPECT_EQ(none.code, 2);
  EXPECT_THAT(none.err, AllOf(HasSubstr("'foo' is no command of lakeferry\n"), HasSubstr("'lakeferry --help' lists"),
                              Not(HasSubstr("did you mean")), Not(HasSubstr("required"))));
  EXPECT_THAT(Invoke({"hsitory", "orders"}).err, HasSubstr("did you mean history?"));
  EXPECT_THAT(
      Invoke({"-c", "statu", "stauts", "--json"}).err,
      AllOf(HasSubstr(R"("message":"'stauts' is no command of lakeferry")"), HasSubstr("did you mean status?")));
  EXPECT_THAT(Invoke({"runs", "lsit"}).err,
              AllOf(HasSubstr("'lsit' is no command of lakeferry runs"), HasSubstr("did you mean list?")));
  EXPECT_THAT(Invoke({"failovr"}).err, Not(HasSubstr("did you mean failover"))) << "it is not built";
  EXPECT_THAT(Invoke({}).err, HasSubstr("A subcommand is required"));
  EXPECT_THAT(Invoke({"status", "orders", "more"}).err, Not(HasSubstr("is no command")));
}

TEST_F(Commands, HistoryWithoutAGroupListsAll) {
  const Answer all = Run({"history", "--json"});
  EXPECT_EQ(all.code, 0) << all.err;
  EXPECT_EQ(all.out, R"({"groups":[{"group":"orders","role":"sender","instructions":[],"epochs":[]}]})"
                     "\n");
  const std::string one = R"({"group":"orders","role":"sender","instructions":[],"epochs":[]})";
  EXPECT_EQ(Run({"history", "orders", "--json"}).out, one + "\n");
  EXPECT_EQ(Run({"history"}).out, "orders: no epochs yet at the sender\n");
}

TEST_F(Commands, LookingMakesNoMetadataStore) {
  Commit(0, 10);
  EXPECT_EQ(Run({"status"}).code, 0);
  EXPECT_EQ(Run({"plan"}).code, 1);  // no run has ended: there is no cut
  EXPECT_EQ(Run({"history", "orders"}).code, 0);
  EXPECT_EQ(Run({"versions"}).code, 0);
  EXPECT_EQ(Run({"runs", "list", "nightly"}).code, 0);
  EXPECT_FALSE(fs::exists(root_ / "metadata.db"));
}

TEST_F(Commands, CheckProvesTheRightsOfBothRolesAndLeavesNothingBehind) {
  Commit(0, 10);
  EndRun("r1");
  for (const char* folder : {"staging", "target"}) fs::create_directory(root_ / folder);
  const Answer check = Run({"check", "--json"});
  EXPECT_EQ(check.code, 0) << check.out << check.err;
  EXPECT_THAT(check.out, AllOf(StartsWith(R"({"ok":true)"), HasSubstr("source of table bronze is readable: version 0"),
                               HasSubstr("target of table bronze is writable"), HasSubstr("1 runs")));
  for (const char* folder : {"staging", "target"}) {
    EXPECT_TRUE(fs::is_empty(root_ / folder)) << folder;
  }
  fs::remove_all(root_ / "source");
  const Answer broken = Run({"check"});
  EXPECT_EQ(broken.code, 1);
  EXPECT_THAT(broken.out, AllOf(StartsWith("error: source of table bronze: "), HasSubstr("  remedy: ")));
}

TEST_F(Commands, CheckMakesNoFolderAndSaysWhichAreNotThere) {
  Commit(0, 10);
  const Answer check = Run({"check"});
  EXPECT_EQ(check.code, 0) << check.out << check.err;
  EXPECT_THAT(check.out, AllOf(HasSubstr("warning: staging location of group 'orders' does not exist yet"),
                               HasSubstr("info: target of table bronze does not exist yet")));
  for (const char* folder : {"staging", "target"}) EXPECT_FALSE(fs::exists(root_ / folder)) << folder;
}

TEST_F(Commands, CheckNeedsNoMetadataStoreAndSaysWhatThatMeans) {
  Commit(0, 10);
  const Answer check = Run({"check"});
  EXPECT_THAT(check.out, HasSubstr("info: there is no metadata store yet: the service makes it when it starts"));
  EXPECT_FALSE(fs::exists(root_ / "metadata.db"));
  EndRun("r1");
  EXPECT_THAT(Run({"check"}).out, Not(HasSubstr("no metadata store yet")));
}

TEST_F(Commands, CheckMakesNoFolderForTheMetadataStoreAndSaysWhereNoneCanBeMade) {
  Commit(0, 10);
  const std::string text = Config("workflow: nightly");
  const std::string path = (root_ / "metadata.db").string();
  const auto with_store = [&](const fs::path& store) {
    std::string changed = text;
    changed.replace(changed.find(path), path.size(), store.string());
    Write(root_ / "c.yaml", changed);
    return Run({"check"});
  };
  const Answer missing = with_store(root_ / "lib" / "lakeferry" / "metadata.db");
  EXPECT_EQ(missing.code, 0) << missing.out << missing.err;
  EXPECT_THAT(missing.out, HasSubstr("there is no metadata store yet"));
  EXPECT_FALSE(fs::exists(root_ / "lib"));
  Write(root_ / "file", "no folder");
  const Answer never = with_store(root_ / "file" / "metadata.db");
  EXPECT_EQ(never.code, 1);
  EXPECT_THAT(never.out, AllOf(HasSubstr("error: there is no metadata store, and this user may not make one: "),
                               HasSubstr("sudo -u lakeferry lakeferry check")));
}

TEST_F(Commands, CheckLooksIntoImportRoots) {
  Commit(0, 10);
  EndRun("r1");
  const std::string raw = "file://" + (root_ / "raw").string();
  Write(root_ / "c.yaml", Config("workflow: nightly\n        import_roots: ['" + raw + "', '" + raw + "2']"));
  Write(root_ / "raw" / "a.parquet", "a");
  const Answer check = Run({"check"});
  EXPECT_EQ(check.code, 0) << check.out << check.err;
  EXPECT_THAT(check.out, AllOf(HasSubstr("import root of group 'orders' is readable"),
                               HasSubstr("warning: import root of group 'orders': nothing is there")));
}

TEST_F(Commands, CheckSaysThatASourceForgetsSoonerThanItIsLookedAt) {
  Commit(0, 10);
  EndRun("r1");
  const fs::path create = root_ / "source" / "_delta_log" / "00000000000000000000.json";
  std::string text = Read(create);
  const std::string none = R"("configuration":{})";
  const size_t at = text.find(none);
  ASSERT_NE(at, std::string::npos);
  const auto keep = [&](const std::string& interval) {
    std::string changed = text;
    changed.replace(at, none.size(), R"("configuration":{"delta.deletedFileRetentionDuration":")" + interval + R"("})");
    Write(create, changed);
    return Run({"check"});
  };
  EXPECT_THAT(keep("interval 1 week").out, Not(HasSubstr("removed files")));
  const Answer gone = keep("interval 0 hours");
  EXPECT_EQ(gone.code, 1);
  EXPECT_THAT(gone.out, AllOf(HasSubstr("error: source of table bronze: removed files are kept for 0"),
                              HasSubstr("set the table property delta.deletedFileRetentionDuration")));
  EXPECT_THAT(keep("some time").out, HasSubstr("'some time' is no interval"));
}

TEST_F(Commands, AGroupGoesFromItsSourceToAVerifiedReplica) {
  Commit(0, 1'000);
  EndRun("r1");
  const Answer plan = Run({"plan", "--json"});
  EXPECT_EQ(plan.code, 0) << plan.err;
  EXPECT_THAT(plan.out,
              AllOf(HasSubstr(R"("run_ids":["r1"],"atomic":true)"),
                    HasSubstr(R"("table":"bronze","from_version":null,"to_version":0,"files":1,"bytes":1000)")));
  EXPECT_FALSE(fs::exists(root_ / "staging" / "orders"));

  const Answer sent = Run({"sync", "--role", "sender", "--json"});
  EXPECT_EQ(sent.code, 0) << sent.err;
  EXPECT_EQ(sent.out,
            R"({"groups":[{"group":"orders","role":"sender","epoch":1,"files":1,"bytes":1000,"state":"waiting",)"
            R"("reason":"epoch 1 is staged and not answered by the receiver yet","error":null}]})"
            "\n");
  EXPECT_THAT(Run({"plan", "--json"}).out, HasSubstr(R"("cut":null)"));
  const Answer applied = Run({"receiver", "--once"});
  EXPECT_EQ(applied.code, 0) << applied.err;

  EXPECT_THAT(Run({"versions", "--json"}).out,
              HasSubstr(R"("source_version":0,"staged_version":0,"applied_version":0,"replica_version":0)"));
  for (const std::vector<std::string>& verify :
       {std::vector<std::string>{"verify", "--json"}, {"verify", "--deep", "--json"}}) {
    const Answer verified = Run(verify);
    EXPECT_EQ(verified.code, 0) << verified.out << verified.err;
    EXPECT_THAT(verified.out, HasSubstr(R"("epoch":1,"ok":true)"));
  }
  EXPECT_THAT(Run({"history", "orders", "--json"}).out,
              AllOf(HasSubstr(R"("role":"receiver")"), HasSubstr(R"("epoch":1)"),
                    HasSubstr(R"("state":"applied","files":1,"bytes":1000)")));
  const Answer status = Run({"status", "--check", "--json"});
  EXPECT_EQ(status.code, 0) << status.out;
  EXPECT_THAT(status.out, AllOf(StartsWith(R"({"role":"receiver")"), HasSubstr(R"("epoch":1)")));
  EXPECT_THAT(Invoke({"log", (root_ / "target").string(), "--json"}).out,
              HasSubstr(R"("num_files":1,"size_bytes":1000)"));
}

TEST_F(Commands, VerifyExitsWithFourWhenAFileIsGone) {
  Commit(0, 1'000);
  EndRun("r1");
  ASSERT_EQ(Run({"sync", "--role", "sender"}).code, 0);
  ASSERT_EQ(Run({"sync", "--role", "receiver"}).code, 0);
  for (const auto& entry : fs::recursive_directory_iterator(root_ / "target")) {
    if (entry.path().extension() == ".parquet") fs::remove(entry.path());
  }
  const Answer verified = Run({"verify", "--json"});
  EXPECT_EQ(verified.code, 4) << verified.err;
  EXPECT_THAT(verified.out, AllOf(HasSubstr(R"("ok":false)"), HasSubstr(R"("table":"bronze")")));
}

TEST_F(Commands, ARoleTheConfigurationRulesOutIsRefused) {
  Write(root_ / "c.yaml", "role: receiver\n" + Config("workflow: nightly"));
  const Answer answer = Run({"sender", "--once", "--json"});
  EXPECT_EQ(answer.code, 3) << answer.err;
  EXPECT_THAT(answer.err, HasSubstr(R"("kind":"refused")"));
  for (const char* role : {"sender", "receiver"}) {
    const int expected = std::string(role) == "sender" ? 3 : 0;
    EXPECT_EQ(Run({"sync", "--role", role}).code, expected) << role;
    EXPECT_EQ(Run({"key", "sign", "--role", role}).code, expected) << role;
  }
  EXPECT_THAT(Run({"sync", "--role", "sender"}).err,
              HasSubstr("this host is configured as receiver and does not work as sender"));
}

TEST_F(Commands, WithoutRoleEveryCommandFollowsTheConfiguration) {
  Commit(0, 10);
  EndRun("r1");
  // Both have worked here, so that nothing but the configuration tells whose account is meant.
  ASSERT_EQ(Run({"sync", "--role", "sender"}).code, 0);
  ASSERT_EQ(Run({"sync", "--role", "receiver"}).code, 0);
  for (const std::string role : {"sender", "receiver"}) {
    Write(root_ / "c.yaml", "role: " + role + "\n" + Config("workflow: nightly"));
    const std::string said = R"("role":")" + role + '"';
    const std::string other = R"("role":")" + std::string(role == "sender" ? "receiver" : "sender") + '"';
    for (const char* command : {"status", "history", "sync"}) {
      const Answer answer = Run({command, "--json"});
      EXPECT_EQ(answer.code, 0) << command << answer.err;
      EXPECT_THAT(answer.out, AllOf(HasSubstr(said), Not(HasSubstr(other)))) << command;
    }
    EXPECT_THAT(Run({"status", "--role", role == "sender" ? "receiver" : "sender", "--json"}).out, HasSubstr(other));
  }
}

TEST_F(Commands, SyncBesideAProcessWithoutASocketNamesItAndOffersNoSecondMetadataStore) {
  const Result<RoleLock> other = RoleLock::Acquire((root_ / "metadata.db").string(), Role::kSender);
  ASSERT_TRUE(other);
  const Answer answer = Run({"sync", "--role", "sender"});
  EXPECT_EQ(answer.code, 3);
  EXPECT_THAT(answer.out, AllOf(HasSubstr("(pid " + std::to_string(::getpid()) + ") is the sender"),
                                HasSubstr("stop it"), Not(HasSubstr("of its own"))));
}

}  // namespace
}  // namespace lakeferry
