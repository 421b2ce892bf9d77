#include "json/writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "base/known_secrets.h"
#include "json/limits.h"
#include "json/reader.h"

namespace lakeferry::json {
namespace {

// What stands between the quotes for the text.
std::string Escaped(std::string_view text, Texts texts = Texts::kAsTheyAre) {
  Writer json(texts);
  json.Field("", text);
  std::string out = json.Finish();
  return out.substr(5, out.size() - 7);
}

std::string Written(const auto& value) {
  Writer json(Texts::kAsTheyAre);
  json.Field("", value);
  const std::string out = json.Finish();
  return out.substr(4, out.size() - 5);
}

TEST(JsonWriter, EscapesQuotesBackslashesAndControlBytesAndNothingElse) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", ""},
      {"plain", "plain"},
      {"\"", "\\\""},
      {"\\", "\\\\"},
      {"a\"b\\c", "a\\\"b\\\\c"},
      {"\b\t\n\f\r", "\\b\\t\\n\\f\\r"},
      {std::string(1, '\0'), "\\u0000"},
      {"\x01\x0b\x1a\x1f", "\\u0001\\u000B\\u001A\\u001F"},
      {"/\x7f<>&'", "/\x7f<>&'"},
      {"\u00e9\u20ac\U0001F600\u2028", "\u00e9\u20ac\U0001F600\u2028"},
      {"\n\n", "\\n\\n"},
      {"\na\n", "\\na\\n"},
  };
  for (const auto& [text, escaped] : cases) {
    EXPECT_EQ(Escaped(text), escaped);
    Writer json(Texts::kAsTheyAre);
    json.Field(text, 1);
    EXPECT_EQ(json.Finish(), "{\"" + escaped + "\":1}");
  }
}

TEST(JsonWriter, TextsThatAreReadBackKeepTheirBytes) {
  EXPECT_EQ(Escaped("x\xc3y\xff"), "x\xc3y\xff");
  RememberSecret(Secret("kept-canary"));
  EXPECT_EQ(Escaped("a kept-canary"), "a kept-canary");
}

TEST(JsonWriter, ShownTextsAreUtf8AndWithoutSecrets) {
  EXPECT_EQ(Escaped("x\xc3y\"\n", Texts::kShown), "x\xef\xbf\xbdy\\\"\\n");
  EXPECT_EQ(Escaped("\xff\xff", Texts::kShown), "\xef\xbf\xbd\xef\xbf\xbd");
  EXPECT_EQ(Escaped("\u00e9", Texts::kShown), "\u00e9");
  RememberSecret(Secret("shown-canary"));
  EXPECT_EQ(Escaped("a shown-canary\xff", Texts::kShown), "a [secret]\xef\xbf\xbd");
  Writer json(Texts::kShown);
  json.Field("a\xff", std::vector<std::string>{"shown-canary", "\xc3"});
  EXPECT_EQ(json.Finish(), "{\"a\xef\xbf\xbd\":[\"[secret]\",\"\xef\xbf\xbd\"]}");
}

TEST(JsonWriter, WholeNumbersReachToBothEnds) {
  EXPECT_EQ(Written(0), "0");
  EXPECT_EQ(Written(-1), "-1");
  EXPECT_EQ(Written(std::numeric_limits<int>::min()), "-2147483648");
  EXPECT_EQ(Written(INT64_MIN), "-9223372036854775808");
  EXPECT_EQ(Written(INT64_MAX), "9223372036854775807");
}

TEST(JsonWriter, OtherNumbersHaveAPointOrAnExponentAndTheFewestDigits) {
  EXPECT_EQ(Written(0.0), "0.0");
  EXPECT_EQ(Written(-0.0), "-0.0");
  EXPECT_EQ(Written(1.0), "1.0");
  EXPECT_EQ(Written(0.1), "0.1");
  EXPECT_EQ(Written(-2.5), "-2.5");
  EXPECT_EQ(Written(1.0 / 3), "0.3333333333333333");
  EXPECT_EQ(Written(0.000001), "0.000001");
  EXPECT_EQ(Written(0.0000001), "1e-07");
  EXPECT_EQ(Written(1e20), "100000000000000000000.0");
  EXPECT_EQ(Written(1e21), "1e+21");
  EXPECT_EQ(Written(5e-324), "5e-324");
  EXPECT_EQ(Written(std::numeric_limits<double>::max()), "1.7976931348623157e+308");
}

TEST(JsonWriter, SecondsKeepTheirMilliseconds) {
  Writer json(Texts::kAsTheyAre);
  json.Seconds("a", Millis(1'001));
  json.Seconds("b", Millis(0));
  json.Seconds("c", std::chrono::days(40'000));
  json.Seconds("d", Millis(-1));
  json.Seconds("e", Millis(10));
  EXPECT_EQ(json.Finish(), R"({"a":1.001,"b":0.0,"c":3456000000.0,"d":-0.001,"e":0.01})");
}

TEST(JsonWriter, TakesEachKindOfValue) {
  EXPECT_EQ(Written(true), "true");
  EXPECT_EQ(Written(false), "false");
  EXPECT_EQ(Written(nullptr), "null");
  EXPECT_EQ(Written("text"), "\"text\"");
  EXPECT_EQ(Written(std::string("text")), "\"text\"");
  EXPECT_EQ(Written(Version(7)), "7");
  EXPECT_EQ(Written(FromEpochMs(-5)), "-5");
  EXPECT_EQ(Written(std::optional<Version>(Version(7))), "7");
  EXPECT_EQ(Written(std::optional<bool>(false)), "false");
  EXPECT_EQ(Written(std::optional<std::string>()), "null");
  EXPECT_EQ(Written(std::vector<std::string>{}), "[]");
  EXPECT_EQ(Written(std::vector<std::string>{"a", "b"}), R"(["a","b"])");
}

TEST(JsonWriter, NestsWithCommasBetweenMembersAndEntries) {
  Writer json(Texts::kAsTheyAre);
  json.Object("empty", [] {});
  json.Objects("none", std::vector<int>{}, [](int) {});
  json.Objects("some", std::vector{1, 2}, [&](int number) {
    json.Field("n", number);
    json.Object("o", [&] { json.Null("m"); });
  });
  json.Key("mixed");
  json.BeginList();
  json.Value(1);
  json.BeginList();
  json.EndList();
  json.BeginObject();
  json.EndObject();
  json.Value("x");
  json.EndList();
  json.Field("last", 0);
  EXPECT_EQ(json.FinishLine(), R"({"empty":{},"none":[],"some":[{"n":1,"o":{"m":null}},{"n":2,"o":{"m":null}}],)"
                               R"("mixed":[1,[],{},"x"],"last":0})"
                               "\n");
}

TEST(JsonWriter, ADocumentMayBeTakenInPieces) {
  Writer json(Texts::kAsTheyAre);
  json.Field("a", 1);
  EXPECT_EQ(json.size(), 6U);
  EXPECT_EQ(json.Take(), R"({"a":1)");
  EXPECT_EQ(json.size(), 0U);
  json.Field("b", 2);
  EXPECT_EQ(json.Take(), R"(,"b":2)");
  EXPECT_EQ(json.Finish(), "}");
}

// A line is kept with many others.
TEST(JsonWriter, ALineTakesNoMoreMemoryThanItsText) {
  Writer json(Texts::kAsTheyAre);
  json.Field("text", std::string(100, 'x'));
  const std::string line = json.Finish();
  EXPECT_LE(line.capacity(), line.size() + 16);
}

TEST(JsonWriter, WhatNestsDeepestCanBeRead) {
  Writer json(Texts::kAsTheyAre);
  json.Key("a");
  for (size_t i = 1; i < kDepthMax; ++i) json.BeginList();
  json.Value(1);
  for (size_t i = 1; i < kDepthMax; ++i) json.EndList();
  Reader reader(1'000);
  EXPECT_TRUE(reader.Read(json.Finish(), "it", "there"));
}

using JsonWriterDeathTest = ::testing::Test;

TEST(JsonWriterDeathTest, AKeyStandsWhereAMemberBegins) {
  Writer json(Texts::kAsTheyAre);
  json.Key("a");
  EXPECT_DEATH(json.Key("b"), "invariant broken: a JSON key stands where no member begins");
  json.BeginList();
  EXPECT_DEATH(json.Key("b"), "a JSON key stands where no member begins");
}

TEST(JsonWriterDeathTest, AValueHasItsKey) {
  Writer json(Texts::kAsTheyAre);
  EXPECT_DEATH(json.Value(1), "a JSON value stands without its key");
  EXPECT_DEATH(json.Value("a"), "a JSON value stands without its key");
  EXPECT_DEATH(json.BeginObject(), "a JSON value stands without its key");
  json.Field("a", 1);
  EXPECT_DEATH(json.Value(true), "a JSON value stands without its key");
}

TEST(JsonWriterDeathTest, BracketsAreClosedInTheirOrder) {
  Writer json(Texts::kAsTheyAre);
  EXPECT_DEATH(json.EndObject(), "a JSON bracket is closed that is not the last one opened");
  EXPECT_DEATH(json.EndList(), "a JSON bracket is closed that is not the last one opened");
  json.Key("a");
  json.BeginList();
  EXPECT_DEATH(json.EndObject(), "a JSON bracket is closed that is not the last one opened");
  json.BeginObject();
  EXPECT_DEATH(json.EndList(), "a JSON bracket is closed that is not the last one opened");
  json.Key("b");
  EXPECT_DEATH(json.EndObject(), "a JSON key has no value");
}

TEST(JsonWriterDeathTest, ADocumentEndsOnceAndWhole) {
  Writer json(Texts::kAsTheyAre);
  json.Key("a");
  EXPECT_DEATH((void)json.Finish(), "a JSON document is left open");
  json.BeginObject();
  EXPECT_DEATH((void)json.Finish(), "a JSON document is left open");
  json.EndObject();
  EXPECT_EQ(json.Finish(), R"({"a":{}})");
  EXPECT_DEATH((void)json.Finish(), "a JSON document is left open");
  EXPECT_DEATH(json.Key("b"), "a JSON key stands where no member begins");
  EXPECT_DEATH(json.Value(1), "a JSON value follows the document");
  EXPECT_DEATH(json.BeginList(), "a JSON value follows the document");
}

TEST(JsonWriterDeathTest, NothingIsWrittenThatNestsTooDeepToBeRead) {
  Writer json(Texts::kAsTheyAre);
  json.Key("a");
  for (size_t i = 1; i < kDepthMax; ++i) json.BeginList();
  EXPECT_DEATH(json.BeginList(), "a JSON document nests too deep to be read");
}

TEST(JsonWriterDeathTest, NumbersAreFinite) {
  Writer json(Texts::kAsTheyAre);
  json.Key("a");
  EXPECT_DEATH(json.Value(std::numeric_limits<double>::quiet_NaN()), "JSON has no such number");
  EXPECT_DEATH(json.Value(-std::numeric_limits<double>::infinity()), "JSON has no such number");
}

}  // namespace
}  // namespace lakeferry::json
