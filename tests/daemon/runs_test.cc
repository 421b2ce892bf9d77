// The run ledger as its users meet it: what can be said at once is said at once.
#include "tests/daemon/commands_fixture.h"

namespace lakeferry {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

using Runs = Commands;

std::vector<std::string> Add(const std::string& workflow, const std::vector<std::string>& more) {
  std::vector<std::string> words{"runs", "add", workflow, "--run-id", "r"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

TEST_F(Runs, ATimeOfNoZoneIsRefused) {
  const Answer answer = Run(Add("nightly", {"--start", "2026-11-21T07:00:00", "--state", "running"}));
  EXPECT_EQ(answer.code, 2);
  EXPECT_THAT(answer.err, AllOf(HasSubstr("'2026-11-21T07:00:00' does not say of which time zone it is"),
                                HasSubstr("where: --start"), HasSubstr("write 2026-11-21T07:00:00.000Z")));
  EXPECT_FALSE(fs::exists(root_ / "metadata.db"));
}

TEST_F(Runs, AHostThatReceivesTakesNone) {
  Write(root_ / "c.yaml", "role: receiver\n" + Config("workflow: nightly"));
  const Answer answer = Run(Add("nightly", {"--start", "now", "--state", "running"}));
  EXPECT_EQ(answer.code, 3);
  EXPECT_THAT(answer.err, AllOf(HasSubstr("the sender alone reads the run ledger"), HasSubstr("on the sender's host")));
  EXPECT_FALSE(fs::exists(root_ / "metadata.db"));
  EXPECT_THAT(Run({"runs", "list", "nightly"}).err, HasSubstr("the sender alone reads runs"));
}

TEST_F(Runs, AStoreThatOnlyAReceiverHasWorkedWithIsSaid) {
  Commit(0, 10);
  EndRun("r0");
  EXPECT_THAT(Run(Add("nightly", {"--start", "now", "--state", "running"})).err, IsEmpty()) << "nobody has worked yet";
  EXPECT_EQ(Run({"receiver", "--once"}).code, 0);
  const Answer answer = Run(Add("nightly", {"--start", "now", "--state", "running"}));
  EXPECT_EQ(answer.code, 0) << "the sender may begin later";
  EXPECT_THAT(answer.err, HasSubstr("warning: only a receiver has worked with the metadata store"));
  EXPECT_THAT(Run(Add("nightly", {"--start", "now", "--state", "running", "--json"})).out,
              HasSubstr(R"("warnings":["only a receiver has worked)"));
  EXPECT_EQ(Run({"sender", "--once"}).code, 0);
  EXPECT_THAT(Run(Add("nightly", {"--start", "now", "--state", "running"})).err, IsEmpty());
}

TEST_F(Runs, AgesStandBesideTimes) {
  const auto ago = [](std::chrono::minutes age) {
    const auto then = std::chrono::system_clock::now() - age;
    return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(then.time_since_epoch()).count());
  };
  using std::chrono::minutes;
  EXPECT_EQ(Run(Add("nightly", {"--start", ago(minutes(300)), "--end", ago(minutes(185)), "--state", "success"})).code,
            0);
  EXPECT_EQ(Run({"runs", "add", "nightly", "--run-id", "s", "--start", ago(minutes(12)), "--state", "running"}).code,
            0);
  const std::string list = Run({"runs", "list", "nightly"}).out;
  EXPECT_THAT(list, AllOf(HasSubstr("   3h ago  r\n"), HasSubstr("  12m ago  s\n")));
}

TEST_F(Runs, AfterAFailedRunPlanAndStatusNameIt) {
  Commit(0, 10);
  EXPECT_EQ(
      Run(Add("nightly", {"--start", "2026-11-21T07:00:00Z", "--end", "2026-11-21T07:10:00.500Z", "--state", "failed"}))
          .code,
      0);
  const std::string words = "run 'r' of workflow 'nightly' failed at 2026-11-21T07:10:00.500Z";
  EXPECT_THAT(Run({"plan", "--json"}).out, HasSubstr(words));
  EXPECT_EQ(Run({"sender", "--once"}).code, 0);
  EXPECT_THAT(Run({"status", "--role", "sender", "--json"}).out, HasSubstr(words));
}

}  // namespace
}  // namespace lakeferry
