// A helper program is run, and never outlives its time.
#include "storage/cloud/helper_process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "storage/cloud/secret_sources.h"
#include "storage/cloud/system_host.h"
#include "tests/support/temp_folder.h"

namespace lakeferry {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using namespace std::chrono_literals;

Result<Secret> Sh(const std::string& script, std::chrono::milliseconds longest = 20s) {
  return RunHelper({"sh", "-c", script}, longest, {});
}

TEST(HelperProcess, WhatItWritesIsTaken) {
  EXPECT_EQ(Sh("echo one; echo two").value().Reveal(), "one\ntwo\n");
  EXPECT_EQ(Sh("printf %65536s x").value().Reveal().size(), 65536U);
  EXPECT_EQ(Sh("exec >&-; sleep 0.05").value().Reveal(), "");
}

TEST(HelperProcess, ItHasNothingToRead) { EXPECT_EQ(Sh("cat; echo end").value().Reveal(), "end\n"); }

TEST(HelperProcess, AFailureIsToldWithoutAWordOfIt) {
  const auto failed = Sh("echo secret-word; echo secret-word >&2; exit 3");
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::kUnauthorized);
  EXPECT_EQ(failed.error().where, "sh");
  EXPECT_THAT(ToString(failed.error()), HasSubstr("exit code 3"));
  EXPECT_THAT(ToString(failed.error()), Not(HasSubstr("secret-word")));
  EXPECT_THAT(ToString(Sh("kill -9 $$").error()), HasSubstr("signal 9"));
}

TEST(HelperProcess, WhatIsNotThereCannotBeStarted) {
  const auto failed = RunHelper({"no-such-program-of-ours", "secret-word"}, 20s, {});
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(ToString(failed.error()), Not(HasSubstr("secret-word")));
}

TEST(HelperProcess, MoreThanThereIsRoomForIsRefused) {
  const auto failed = Sh("head -c 65537 /dev/zero");
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::kInvalidArgument);
}

// The number that a script has left in a file, of one that waits for a minute.
pid_t NumberIn(const std::string& path) {
  pid_t number = 0;
  std::ifstream(path) >> number;
  return number;
}

bool IsGone(pid_t number) {
  for (int i = 0; i < 500; ++i) {
    if (::kill(number, 0) != 0) return true;
    // Killed, and waiting for whoever is its parent by now.
    std::ifstream stat("/proc/" + std::to_string(number) + "/stat");
    std::string text;
    std::getline(stat, text);
    if (text.contains(") Z ")) return true;
    std::this_thread::sleep_for(10ms);
  }
  return false;
}

TEST(HelperProcess, WhatTakesTooLongIsEndedWithAllThatItStarted) {
  const TempFolder folder;
  const std::string file = folder / "number";
  const auto failed = Sh("sleep 60 & echo $! > " + file + "; sleep 60", 500ms);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::kUnavailable);
  const pid_t started = NumberIn(file);
  ASSERT_GT(started, 0);
  EXPECT_TRUE(IsGone(started));
}

// Somebody who stays behind keeps the pipe open, and is not waited for.
TEST(HelperProcess, WhoStaysBehindIsNotWaitedFor) {
  const TempFolder folder;
  const std::string file = folder / "number";
  const auto begin = std::chrono::steady_clock::now();
  const auto output = Sh("sleep 60 & echo $! > " + file + "; echo done", 50s);
  ASSERT_TRUE(output);
  EXPECT_EQ(output->Reveal(), "done\n");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 40s);
  EXPECT_TRUE(IsGone(NumberIn(file)));
}

TEST(HelperProcess, AStopEndsIt) {
  std::stop_source stop;
  std::jthread stopper([&] {
    std::this_thread::sleep_for(100ms);
    stop.request_stop();
  });
  const auto failed = RunHelper({"sleep", "60"}, 50s, stop.get_token());
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::kCancelled);
}

TEST(HelperProcess, ACommandLineIsWords) {
  EXPECT_THAT(SplitWords(R"(/opt/tool --name "a b" 'c d\' e\ f g"h"'i')").value(),
              ElementsAre("/opt/tool", "--name", "a b", R"(c d\)", "e f", "ghi"));
  EXPECT_THAT(SplitWords(R"(t "" "a\"b" "c\d")").value(), ElementsAre("t", "", "a\"b", "c\\d"));
  for (const char* bad : {"", "  ", "a 'b", "a \"b", "''"}) EXPECT_FALSE(SplitWords(bad)) << bad;
}

TEST(SystemHost, AFileIsReadWholeOrNot) {
  const TempFolder folder;
  std::ofstream(folder / "token") << "text\n";
  EXPECT_EQ(ReadSecretFile(folder / "token", kHostFileBytesMax).value().Reveal(), "text\n");
  EXPECT_EQ(ReadSecretFile(folder / "none", kHostFileBytesMax).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(ReadSecretFile(folder / "token/x", kHostFileBytesMax).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(ReadSecretFile(folder.path(), kHostFileBytesMax).error().code, ErrorCode::kInvalidArgument);
  std::ofstream(folder / "large") << "x";
  std::filesystem::resize_file(folder / "large", (1U << 20U) + 1);
  EXPECT_EQ(ReadSecretFile(folder / "large", kHostFileBytesMax).error().code, ErrorCode::kInvalidArgument);
}

TEST(SystemHost, ASecretVariableIsTakenOutOfTheEnvironmentAndKept) {
  SystemHost host{{}};
  ASSERT_EQ(::setenv("LAKEFERRY_TEST_SECRET", "of the environment", 1), 0);
  EXPECT_EQ(host.SecretVariable("LAKEFERRY_TEST_SECRET").Reveal(), "of the environment");
  EXPECT_STREQ(std::getenv("LAKEFERRY_TEST_SECRET"), "");
  EXPECT_EQ(host.SecretVariable("LAKEFERRY_TEST_SECRET").Reveal(), "of the environment");
  // A service that reads its configuration again makes another.
  SystemHost later{{}};
  EXPECT_EQ(later.SecretVariable("LAKEFERRY_TEST_SECRET").Reveal(), "of the environment");
  EXPECT_TRUE(host.SecretVariable("LAKEFERRY_TEST_NONE").empty());
  EXPECT_EQ(host.Variable("LAKEFERRY_TEST_SECRET"), std::nullopt);
}

}  // namespace
}  // namespace lakeferry
