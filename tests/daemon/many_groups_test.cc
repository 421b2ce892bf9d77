// One bad group hides nothing: the others are told of, the bad one stands in its place with its error, and the exit
// code is the worst.
#include <fmt/format.h>

#include "state/role_lock.h"
#include "tests/daemon/commands_fixture.h"

namespace lakeferry {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// Three groups of a table each, of which the middle one has no source.
class ManyGroups : public Commands {
 protected:
  void SetUp() override {
    Commands::SetUp();
    Write(root_ / "c.yaml", Three(""));
    Commit(0, 10);
    fs::copy(root_ / "source", root_ / "a", fs::copy_options::recursive);
    fs::copy(root_ / "source", root_ / "c", fs::copy_options::recursive);
    EndRun("r1");
  }

  [[nodiscard]] std::string Three(const std::string& of_middle) const {
    const std::string place = "file://" + root_.string();
    std::string text = "metadata_store: " + (root_ / "metadata.db").string() +
                       "\nworkspaces:\n  - workspace_name: demo\n    sync_location_secondary: " + place +
                       "/staging\n    sync_interval: 1h\n    sync_groups:\n";
    for (const std::string name : {"a", "b", "c"}) {
      text += "      - group_name: " + name + "\n        workflow: nightly\n" + (name == "b" ? of_middle : "") +
              "        tables: [{name: t" + name + ", source: '" + place + "/" + name + "', target: '" + place +
              "/target/" + name + "'}]\n";
    }
    return text;
  }

  // The document has the entry of the middle group between those of the others, with its error.
  static void ExpectMiddleFailed(const Answer& answer) {
    EXPECT_THAT(answer.err, IsEmpty());
    const size_t a = answer.out.find(R"("group":"a")");
    const size_t b = answer.out.find(R"("group":"b")");
    const size_t c = answer.out.find(R"("group":"c")");
    EXPECT_TRUE(a < b && b < c && c != std::string::npos) << answer.out;
    const std::string entry = answer.out.substr(b, c - b);
    EXPECT_THAT(entry, HasSubstr(R"("error":{"kind":")"));
    EXPECT_THAT(answer.out.substr(0, b) + answer.out.substr(c),
                AllOf(HasSubstr(R"("error":null)"), Not(HasSubstr("kind"))));
  }
};

TEST_F(ManyGroups, PlanAndSyncTellOfAllOfThem) {
  const Answer plan = Run({"plan", "--json"});
  EXPECT_EQ(plan.code, 1);
  ExpectMiddleFailed(plan);
  EXPECT_THAT(Run({"plan"}).out, HasSubstr("\n\nb: FAILED (not_found): "));
  const Answer sync = Run({"sync", "--role", "sender", "--json"});
  EXPECT_EQ(sync.code, 1);
  ExpectMiddleFailed(sync);
  EXPECT_THAT(sync.out, HasSubstr(R"("state":"halted")"));
}

TEST_F(ManyGroups, VerifyTellsOfAllOfThemAndTheWorstCodeCounts) {
  EXPECT_EQ(Run({"sync"}).code, 1);
  const Answer verify = Run({"verify", "--json"});
  EXPECT_EQ(verify.code, 1) << "no epoch of b was applied yet";
  ExpectMiddleFailed(verify);
  fs::remove(root_ / "target" / "c" / "part-0.parquet");
  EXPECT_EQ(Run({"verify"}).code, 1) << "that c is not in sync is known, and less bad";
  EXPECT_EQ(Run({"verify", "c"}).code, 4);
}

TEST_F(ManyGroups, AGroupThatThisBuildCannotRunHidesNoOtherEither) {
  Write(root_ / "c.yaml", Three("        mode: mirror\n        retention: 30d\n") + "      - group_name: far\n" +
                              "        workflow: nightly\n        tables: [catalog.schema.table]\n");
  fs::copy(root_ / "source", root_ / "b", fs::copy_options::recursive);
  for (const char* command : {"plan", "sync", "versions"}) {
    const Answer answer = Run({command, "--json"});
    EXPECT_EQ(answer.code, 2) << command;
    EXPECT_THAT(answer.out, AllOf(HasSubstr(R"("group":"a")"), HasSubstr(R"("group":"far")"),
                                  HasSubstr("there is no catalog to ask")))
        << command;
  }
  EXPECT_THAT(Run({"gc", "--json"}).out, Not(HasSubstr("far"))) << "it has no retention, and is not asked for";
  const Answer once = Run({"sender", "--once"});
  EXPECT_EQ(once.code, 2);
  EXPECT_THAT(once.err, AllOf(HasSubstr("lakeferry: "), HasSubstr("there is no catalog to ask")));
}

TEST_F(ManyGroups, GcTellsOfAllOfThem) {
  const std::string keep = "        mode: mirror\n        retention: 30d\n";
  std::string text = Three(keep);
  for (size_t at = text.find("        tables: [{name: ta"); at != std::string::npos;
       at = text.find("        tables: [{name: tc", at + keep.size() + 1)) {
    text.insert(at, keep);
  }
  Write(root_ / "c.yaml", text);
  EXPECT_EQ(Run({"sync"}).code, 1);
  const Answer gc = Run({"gc", "--json"});
  EXPECT_EQ(gc.code, 1);
  ExpectMiddleFailed(gc);
}

TEST_F(ManyGroups, OnePassNamesEveryGroupThatFailed) {
  fs::remove_all(root_ / "c");
  const Answer once = Run({"sender", "--once"});
  EXPECT_EQ(once.code, 1);
  EXPECT_THAT(once.err, AllOf(HasSubstr("lakeferry: 2 of 3 groups failed:\n"), HasSubstr("\n  b: "), HasSubstr("c: ")));
  const Answer json = Run({"sender", "--once", "--json"});
  EXPECT_THAT(json.err, HasSubstr(R"("message":"2 of 3 groups failed:\nb: )"));
}

TEST_F(ManyGroups, ARoleThatAnotherProcessHasIsToldOfEveryGroupAndTheOtherRoleWorks) {
  const auto lock = RoleLock::Acquire((root_ / "metadata.db").string(), Role::kSender);
  ASSERT_TRUE(lock.has_value());
  const Answer sync = Run({"sync", "--json"});
  EXPECT_EQ(sync.code, 3);
  for (const char* group : {"a", "b", "c"}) {
    EXPECT_THAT(sync.out, AllOf(HasSubstr(fmt::format(R"("group":"{}","role":"sender","epoch":null)", group)),
                                HasSubstr(fmt::format(R"("group":"{}","role":"receiver")", group))));
  }
  EXPECT_THAT(sync.out, AllOf(HasSubstr(R"("error":{"kind":"refused")"), HasSubstr(R"("error":null)")));
}

TEST_F(ManyGroups, WhereTheCommandCannotBeginThereIsTheErrorAlone) {
  Write(root_ / "c.yaml", "role: receiver\n" + Three(""));
  const Answer refused = Run({"sender", "--once"});
  EXPECT_EQ(refused.code, 3);
  EXPECT_THAT(refused.out, IsEmpty());
  const Answer unknown = Run({"plan", "d", "--json"});
  EXPECT_EQ(unknown.code, 2);
  EXPECT_THAT(unknown.out, IsEmpty());
  EXPECT_THAT(unknown.err, HasSubstr(R"({"error":{"kind":"invalid_argument")"));
}

}  // namespace
}  // namespace lakeferry
