#include "daemon/wiring/log_sink.h"

#include "base/known_secrets.h"

namespace lakeferry {
namespace {

const TimeMs kTime = *ParseTime("2026-11-21T07:39:39.123Z");

std::string Text(std::string_view event, const std::vector<LogField>& fields) {
  return FormatEvent(LogFormat::kText, std::nullopt, LogLevel::kInfo, event, fields);
}

TEST(LogSink, TextHasTimeLevelEventAndFields) {
  EXPECT_EQ(FormatEvent(LogFormat::kText, kTime, LogLevel::kWarning, "epoch staged",
                        {{"group", "orders"}, {"epoch", int64_t{7}}}),
            "2026-11-21T07:39:39.123Z warning epoch staged group=orders epoch=7");
}

TEST(LogSink, JsonHasTheSameAsFields) {
  EXPECT_EQ(FormatEvent(LogFormat::kJson, kTime, LogLevel::kInfo, "epoch staged",
                        {{"group", "orders"}, {"epoch", int64_t{7}}}),
            R"({"time_ms":1795246779123,"level":"info","event":"epoch staged","group":"orders","epoch":7})");
}

TEST(LogSink, APlaceIsAWordInTextAndHasItsPartsInJson) {
  Place place("file:///srv/a b/part");
  place.LiesIn("file:///srv/a b", "t");
  EXPECT_EQ(Text("e", {{"where", LogPlace{place}}, {"n", int64_t{1}}}), "info    e where=\"file:///srv/a b/part\" n=1");
  EXPECT_EQ(Text("e", {{"where", LogPlace{}}, {"n", int64_t{1}}}), "info    e n=1");
  EXPECT_EQ(FormatEvent(LogFormat::kJson, std::nullopt, LogLevel::kInfo, "e",
                        {{"where", LogPlace{place}}, {"none", LogPlace{}}}),
            R"({"level":"info","event":"e","where":{"kind":"object","text":"file:///srv/a b/part",)"
            R"("location":"file:///srv/a b","path":"part","table":"t"},"none":null})");
}

TEST(LogSink, NoValueForgesALineOrAField) {
  EXPECT_EQ(Text("e", {{"table", "a\n2026 error forged=1"}}), "info    e table=\"a\\n2026 error forged=1\"");
  EXPECT_EQ(Text("e", {{"table", "a epoch=9"}}), "info    e table=\"a epoch=9\"");
  EXPECT_EQ(Text("e", {{"table", "a\" epoch=\"9"}}), "info    e table=\"a\\\" epoch=\\\"9\"");
  EXPECT_EQ(Text("e", {{"table", "a\\nb"}}), "info    e table=\"a\\\\nb\"");
  EXPECT_EQ(Text("e", {{"table", "\x1b[2J"}}), "info    e table=\"\\x1b[2J\"");
  EXPECT_EQ(Text("e", {{"table", "\u2028x"}}), "info    e table=\\u2028x");
  EXPECT_EQ(Text("e", {{"table", ""}}), "info    e table=\"\"");
}

TEST(LogSink, ValuesHaveABoundAndNoSecret) {
  RememberSecret(Secret(std::string("log-canary")));
  for (const LogFormat format : {LogFormat::kText, LogFormat::kJson}) {
    const std::string line = FormatEvent(format, std::nullopt, LogLevel::kError, "e",
                                         {{"error", "said log-canary " + std::string(1'000'000, 'x')}});
    EXPECT_LT(line.size(), 5'000U);
    EXPECT_THAT(line, ::testing::HasSubstr("said [secret] xxx"));
    EXPECT_THAT(line, ::testing::HasSubstr("bytes left out]"));
  }
}

TEST(LogSink, AFieldDoesNotReplaceTheLevelOrAnotherField) {
  EXPECT_EQ(FormatEvent(LogFormat::kJson, std::nullopt, LogLevel::kError, "e",
                        {{"level", "info"}, {"ms", int64_t{1}}, {"ms", int64_t{2}}}),
            R"({"level":"error","event":"e","level_":"info","ms":1,"ms_":2})");
}

}  // namespace
}  // namespace lakeferry
