// The small pieces below configuration and output.
#include <sys/prctl.h>
#include <sys/stat.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <optional>
#include <stop_token>
#include <thread>

#include "base/nearest_key.h"
#include "daemon/config/secret_ref.h"
#include "daemon/config/text_bytes.h"
#include "daemon/config/zones.h"
#include "daemon/wiring/system_clock.h"
#include "json/writer.h"

namespace lakeferry {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(NearestKey, CountsInsertionsDeletionsReplacementsAndSwaps) {
  EXPECT_EQ(EditDistance("", ""), 0U);
  EXPECT_EQ(EditDistance("abc", ""), 3U);
  EXPECT_EQ(EditDistance("", "abc"), 3U);
  EXPECT_EQ(EditDistance("abc", "abd"), 1U);
  EXPECT_EQ(EditDistance("abc", "ac"), 1U);
  EXPECT_EQ(EditDistance("abc", "acb"), 1U);
  EXPECT_EQ(EditDistance("kitten", "sitting"), 3U);
}

TEST(NearestKey, FindsWhatWasMeantAndNothingElse) {
  constexpr std::string_view kKeys[] = {"region", "role", "smtp"};
  EXPECT_EQ(NearestKey("regoin", kKeys), "region");
  EXPECT_EQ(NearestKey("ROLE", kKeys), "role");
  EXPECT_EQ(NearestKey("color", kKeys), "");
  EXPECT_EQ(NearestKey("", kKeys), "");
  EXPECT_EQ(NearestKey(std::string(100'000, 'r'), kKeys), "");
}

TEST(TextBytes, MalformedUtf8IsFoundWhereItStands) {
  EXPECT_EQ(FirstInvalidUtf8("plain \u00e9 \u20ac \U0001F600"), std::string_view::npos);
  EXPECT_EQ(FirstInvalidUtf8("ab\xff"), 2U);
  EXPECT_EQ(FirstInvalidUtf8("a\xc3"), 1U);
  EXPECT_EQ(FirstInvalidUtf8("0123456789abcde\xff"), 15U);
  EXPECT_EQ(FirstInvalidUtf8("0123456\u00e9"
                             "89abcdef\xff"),
            17U);
  EXPECT_EQ(FirstInvalidUtf8("\xc0\xaf"), 0U);          // overlong '/'
  EXPECT_EQ(FirstInvalidUtf8("\xe0\x80\xaf"), 0U);      // overlong in three bytes
  EXPECT_EQ(FirstInvalidUtf8("\xed\xa0\x80"), 0U);      // a surrogate
  EXPECT_EQ(FirstInvalidUtf8("\xf4\x90\x80\x80"), 0U);  // beyond the last character
}

TEST(TextBytes, OneLineEscapesWhateverCouldStartALineOrHideText) {
  EXPECT_EQ(OneLine("a\nb\r\tc"), "a\\nb\\r\\tc");
  EXPECT_EQ(OneLine(std::string_view("\x1b[31m\0", 6)), "\\x1b[31m\\x00");
  EXPECT_EQ(OneLine("\u2028\u202e\u0085"), "\\u2028\\u202e\\u0085");
  EXPECT_EQ(OneLine("x\xff"), "x\\xff");
  EXPECT_EQ(OneLine("stays: \u00e9 \U0001F600"), "stays: \u00e9 \U0001F600");
}

TEST(SecretRef, ReadsAVariable) {
  ::setenv("LAKEFERRY_TEST_SECRET", "s3cr3t", 1);
  const auto secret = Resolve({SecretRef::Kind::kEnvironment, "LAKEFERRY_TEST_SECRET"});
  ::unsetenv("LAKEFERRY_TEST_SECRET");
  ASSERT_TRUE(secret);
  EXPECT_EQ(secret->Reveal(), "s3cr3t");
}

TEST(SecretRef, ReadsAFileAndACredentialWithoutTheLineEnd) {
  const std::filesystem::path folder = std::filesystem::path(::testing::TempDir()) / "lakeferry_secret_ref";
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "token") << "abc\n";
  const auto from_file = Resolve({SecretRef::Kind::kFile, (folder / "token").string()});
  ::setenv("CREDENTIALS_DIRECTORY", folder.c_str(), 1);
  const auto credential = Resolve({SecretRef::Kind::kCredential, "token"});
  ::unsetenv("CREDENTIALS_DIRECTORY");
  ASSERT_TRUE(from_file);
  EXPECT_EQ(from_file->Reveal(), "abc");
  ASSERT_TRUE(credential);
  EXPECT_EQ(credential->Reveal(), "abc");
}

TEST(SecretRef, WhatIsMissingEmptyOrHugeIsNamedWithoutItsValue) {
  const std::filesystem::path folder = std::filesystem::path(::testing::TempDir()) / "lakeferry_secret_ref";
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "empty") << "\n";
  std::ofstream(folder / "huge") << std::string(70'000, 'x');
  ::unsetenv("CREDENTIALS_DIRECTORY");
  for (const SecretRef& ref :
       {SecretRef{SecretRef::Kind::kEnvironment, "LAKEFERRY_NOT_SET"},
        SecretRef{SecretRef::Kind::kFile, "/nowhere/token"},
        SecretRef{SecretRef::Kind::kFile, (folder / "empty").string()},
        SecretRef{SecretRef::Kind::kFile, (folder / "huge").string()},
        SecretRef{SecretRef::Kind::kFile, folder.string()}, SecretRef{SecretRef::Kind::kCredential, "token"}}) {
    const auto secret = Resolve(ref);
    ASSERT_FALSE(secret) << ref.name;
    EXPECT_EQ(secret.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(secret.error().where.text(), HasSubstr(ref.name));
    EXPECT_THAT(ToString(secret.error()), Not(HasSubstr("xxxx")));
  }
}

TEST(SecretRef, ATakenVariableIsWipedAndKept) {
  char variable[] = "LAKEFERRY_TAKEN_SECRET=s3cr3t";
  ASSERT_EQ(::putenv(variable), 0);
  const SecretRef ref{SecretRef::Kind::kEnvironment, "LAKEFERRY_TAKEN_SECRET"};
  ASSERT_TRUE(Resolve(ref));
  EXPECT_EQ(std::string(variable, sizeof(variable) - 1), "LAKEFERRY_TAKEN_SECRET=" + std::string(6, '\0'));
  const auto again = Resolve(ref);
  ::unsetenv("LAKEFERRY_TAKEN_SECRET");
  ASSERT_TRUE(again);
  EXPECT_EQ(again->Reveal(), "s3cr3t");
}

TEST(SecretRef, WhatIsNoRegularFileIsRefusedAtOnce) {
  const std::filesystem::path folder = std::filesystem::path(::testing::TempDir()) / "lakeferry_secret_kinds";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  ASSERT_EQ(::mkfifo((folder / "fifo").c_str(), 0600), 0);
  std::filesystem::create_symlink(folder / "fifo", folder / "link");
  for (const std::string& path : {(folder / "fifo").string(), (folder / "link").string(), folder.string(),
                                  std::string("/dev/zero"), std::string("/dev/tty")}) {
    const auto secret = Resolve({SecretRef::Kind::kFile, path});
    ASSERT_FALSE(secret) << path;
    EXPECT_EQ(secret.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(ToString(secret.error()), HasSubstr(path));
  }
  // A link to a file is how secrets are mounted.
  std::ofstream(folder / "file") << "tiger\r\n";
  std::filesystem::create_symlink(folder / "file", folder / "mounted");
  const auto mounted = Resolve({SecretRef::Kind::kFile, (folder / "mounted").string()});
  ASSERT_TRUE(mounted);
  EXPECT_EQ(mounted->Reveal(), "tiger");
}

TEST(SecretRef, WhoeverReadsOneLeavesNoCoreFile) {
  ASSERT_EQ(::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0), 0);
  (void)Resolve({SecretRef::Kind::kFile, "/nowhere/token"});
  EXPECT_EQ(::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), 0);
  ::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}

TEST(SecretRef, WhatWasReadStandsInNoTextAnyMore) {
  ::setenv("LAKEFERRY_ECHOED_SECRET", "echoed-canary", 1);
  ASSERT_TRUE(Resolve({SecretRef::Kind::kEnvironment, "LAKEFERRY_ECHOED_SECRET"}));
  ::unsetenv("LAKEFERRY_ECHOED_SECRET");
  EXPECT_EQ(ToString(Error{.message = "the server said: echoed-canary?"}), "the server said: [secret]?");
  json::Writer json(json::Texts::kShown);
  json.Field("reason", "echoed-canary and ZWNob2VkLWNhbmFyeQ==");
  EXPECT_EQ(json.Finish(), "{\"reason\":\"[secret] and [secret]\"}");
}

TEST(SystemZones, KnowsSummerTimeAndBothOfItsEdges) {
  const auto zone = SystemZones().Find("Europe/Vienna");
  ASSERT_TRUE(zone);
  const auto local = [](int hour, int minute, std::chrono::local_days day) {
    return plan::LocalMs(day.time_since_epoch() + std::chrono::hours(hour) + std::chrono::minutes(minute));
  };
  const std::chrono::local_days spring(
      std::chrono::year_month_day(std::chrono::year(2026), std::chrono::month(3), std::chrono::day(29)));
  const std::chrono::local_days autumn(
      std::chrono::year_month_day(std::chrono::year(2026), std::chrono::month(10), std::chrono::day(25)));
  EXPECT_EQ((*zone)->ToUtc(local(2, 30, spring)), *ParseTime("2026-03-29T01:00:00Z")) << "the first after the gap";
  EXPECT_EQ((*zone)->ToUtc(local(3, 30, spring)), *ParseTime("2026-03-29T01:30:00Z"));
  EXPECT_EQ((*zone)->ToUtc(local(2, 30, autumn)), *ParseTime("2026-10-25T00:30:00Z"));
  EXPECT_EQ((*zone)->ToLocal(*ParseTime("2026-10-25T01:30:00Z")), local(2, 30, autumn));
}

TEST(SystemZones, ASchedulesNightHappensInEveryZoneHoweverTheClocksChange) {
  struct Night {
    std::string zone;
    std::string cron;
    std::string now;   // shortly after
    std::string fire;  // the newest then
  };
  const std::vector<Night> nights = {
      {"Europe/Berlin", "30 2 * * *", "2027-03-28T01:10:00Z", "2027-03-28T01:00:00Z"},        // 02:00 becomes 03:00
      {"Europe/Berlin", "30 2 * * *", "2027-10-31T01:40:00Z", "2027-10-31T00:30:00Z"},        // 03:00 becomes 02:00
      {"America/New_York", "30 2 * * *", "2026-03-08T07:05:00Z", "2026-03-08T07:00:00Z"},     // 02:00 becomes 03:00
      {"America/New_York", "30 1 * * *", "2026-11-01T06:40:00Z", "2026-11-01T05:30:00Z"},     // 02:00 becomes 01:00
      {"Australia/Lord_Howe", "15 2 * * *", "2026-10-03T15:31:00Z", "2026-10-03T15:30:00Z"},  // 02:00 becomes 02:30
      {"Australia/Lord_Howe", "45 1 * * *", "2026-04-04T15:20:00Z", "2026-04-04T14:45:00Z"},  // 02:00 becomes 01:30
      {"America/Havana", "0 0 * * *", "2026-03-08T05:01:00Z", "2026-03-08T05:00:00Z"},        // 00:00 becomes 01:00
      {"Asia/Beirut", "30 0 * * *", "2026-03-28T22:10:00Z", "2026-03-28T22:00:00Z"},          // 00:00 becomes 01:00
      {"Pacific/Apia", "30 2 30 12 *", "2011-12-30T10:05:00Z", "2011-12-30T10:00:00Z"},       // that day was left out
      {"Asia/Kolkata", "30 2 * * *", "2026-03-28T21:30:00Z", "2026-03-28T21:00:00Z"},         // no change, half an hour
  };
  for (const Night& night : nights) {
    const auto zone = SystemZones().Find(night.zone);
    ASSERT_TRUE(zone) << night.zone;
    const auto schedule = plan::CronSchedule::Parse(night.cron);
    ASSERT_TRUE(schedule) << night.cron;
    EXPECT_EQ(schedule->NewestFireAtOrBefore(*ParseTime(night.now), **zone), *ParseTime(night.fire)) << night.zone;
  }
}

TEST(SystemZones, AnUnknownNameIsAnErrorWithAnExample) {
  const auto zone = SystemZones().Find("Mars/Olympus");
  ASSERT_FALSE(zone);
  EXPECT_THAT(zone.error().message, HasSubstr("Mars/Olympus"));
  EXPECT_THAT(zone.error().remedy, HasSubstr("Europe/Vienna"));
}

// How long `sleep` took on the engine's clock, when a stop comes after `stop_after` from another thread.
Millis Slept(Millis sleep, std::optional<Millis> stop_after) {
  boost::asio::io_context loop;
  SystemClock clock;
  std::stop_source stop;
  std::jthread stopper;
  const Millis began = clock.Monotonic();
  boost::asio::co_spawn(loop, clock.SleepFor(Call{.stop = stop.get_token()}, sleep),
                        [](const std::exception_ptr& thrown) { EXPECT_FALSE(thrown); });
  if (stop_after) {
    stopper = std::jthread([&stop, wait = *stop_after] {
      std::this_thread::sleep_for(wait);
      stop.request_stop();
    });
  }
  loop.run();
  return clock.Monotonic() - began;
}

TEST(SystemClock, SleepsAsLongAsItIsTold) { EXPECT_GE(Slept(Millis(30), std::nullopt), Millis(30)); }

TEST(SystemClock, AStopEndsTheSleep) {
  constexpr Millis kHour(3'600'000);
  EXPECT_LT(Slept(kHour, Millis(0)), Millis(60'000));
  EXPECT_LT(Slept(kHour, Millis(20)), Millis(60'000));
}

TEST(SystemClock, TellsTheTimeOfTheDay) {
  const SystemClock clock;
  EXPECT_GT(clock.WallTime(), FromEpochMs(1'700'000'000'000));
}

}  // namespace
}  // namespace lakeferry
