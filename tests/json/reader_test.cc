#include "json/reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "tests/delta/delta_matchers.h"

namespace lakeferry::json {
namespace {

using delta::FailedWith;
using delta::Succeeded;
using ::testing::ElementsAre;

constexpr size_t kBytesMax = size_t{4} << 20;

class JsonFieldsTest : public ::testing::Test {
 protected:
  Fields Read(std::string_view text) {
    auto read = reader_.Read(text, "the document", "here");
    EXPECT_THAT(read, Succeeded()) << text.substr(0, 200);
    return *read;
  }
  Reader reader_{kBytesMax};
};

std::string Nested(size_t lists) { return R"({"a":)" + std::string(lists, '[') + "1" + std::string(lists, ']') + "}"; }

TEST(JsonReader, WhatIsNoObjectIsRefusedByItsNameAndPlace) {
  Reader reader(kBytesMax);
  for (const std::string_view text : {"", " ", "[]", "1", "null", "\"{}\"", "{", "{}}", "{} {}", R"({"a":1,})",
                                      R"({a:1})", R"({"a":01})", R"({"a":1e999})", R"({"a":"\x"})", "{\"a\":\"\n\"}",
                                      R"({"a":"\ud800"})", "{\"a\":\"\xff\"}", R"({"a":18446744073709551616})"}) {
    EXPECT_THAT(reader.Read(text, "the list", "there"),
                FailedWith(ErrorCode::kCorruptLog, "the list is not a JSON object (there)"))
        << text;
  }
  EXPECT_THAT(reader.Read({}, "it", "there"), FailedWith(ErrorCode::kCorruptLog, "it is not a JSON object"));
  EXPECT_THAT(reader.Read(" {\t}\r\n", "it", "there"), Succeeded());
}

TEST(JsonReader, LongerDocumentsThanAskedForAreRefused) {
  Reader reader(10);
  EXPECT_THAT(reader.Read(R"({"a":1234})", "it", "there"), Succeeded());
  EXPECT_THAT(reader.Read(R"({"a":12345})", "it", "there"),
              FailedWith(ErrorCode::kCorruptLog, "it has 11 bytes, more than 10 (there)"));
}

TEST(JsonReader, DocumentsNestUpToABound) {
  Reader reader(kBytesMax);
  EXPECT_THAT(reader.Read(Nested(kDepthMax - 1), "it", "there"), Succeeded());
  EXPECT_THAT(reader.Read(Nested(kDepthMax), "it", "there"),
              FailedWith(ErrorCode::kCorruptLog, "it is not a JSON object"));
}

TEST(JsonReader, TakesOneDocumentAfterAnother) {
  Reader reader(kBytesMax);
  for (const size_t bytes : {size_t{1}, size_t{200'000}, size_t{2}, size_t{1'000'000}}) {
    const std::string value(bytes, 'x');
    EXPECT_THAT(reader.Read("{\"a\":", "it", "there"), FailedWith(ErrorCode::kCorruptLog, "it is"));
    const auto read = reader.Read(R"({"a":")" + value + R"("})", "it", "there");
    ASSERT_THAT(read, Succeeded());
    EXPECT_EQ(read->String("a"), value);
  }
}

// With enough readable bytes behind the text it is parsed where it lies: what stands there is no part of it.
TEST(JsonReader, WhatFollowsATextIsNotRead) {
  Reader reader(kBytesMax);
  const std::string text = R"({"a":1})" + std::string(1'000, '}');
  for (const size_t readable : {0, 1, 31, 32, 63, 64, 993}) {
    const auto read = reader.Read(std::string_view(text).substr(0, 7), "it", "there", readable);
    ASSERT_THAT(read, Succeeded()) << readable;
    EXPECT_EQ(read->Int("a"), 1);
  }
}

TEST_F(JsonFieldsTest, ValuesOfEachType) {
  const Fields json = Read(R"({"s":"x","i":-5,"b":true,"t":1000,"l":["a","b"],"os":[{"i":1},{"i":2}],"o":{"i":3}})");
  EXPECT_EQ(json.String("s"), "x");
  EXPECT_EQ(json.View("s"), "x");
  EXPECT_EQ(json.Int("i"), -5);
  EXPECT_EQ(json.Bool("b"), true);
  EXPECT_EQ(json.Time("t"), FromEpochMs(1'000));
  ASSERT_THAT(json.Strings("l"), Succeeded());
  EXPECT_THAT(*json.Strings("l"), ElementsAre("a", "b"));
  const auto objects = json.Objects("os");
  ASSERT_THAT(objects, Succeeded());
  ASSERT_EQ(objects->size(), 2U);
  EXPECT_EQ((*objects)[1].Int("i"), 2);
  const auto object = json.Object("o");
  ASSERT_THAT(object, Succeeded());
  EXPECT_EQ(object->Int("i"), 3);
}

TEST_F(JsonFieldsTest, MissingFieldIsNamedWithThePlace) {
  const Fields json = Read("{}");
  EXPECT_THAT(json.String("k"), FailedWith(ErrorCode::kCorruptLog, "field 'k' is missing or is no string (here)"));
  EXPECT_THAT(json.View("k"), FailedWith(ErrorCode::kCorruptLog, "field 'k' is missing or is no string (here)"));
  EXPECT_THAT(json.Int("k"), FailedWith(ErrorCode::kCorruptLog, "field 'k'"));
  EXPECT_THAT(json.Count("k"), FailedWith(ErrorCode::kCorruptLog, "field 'k'"));
  EXPECT_THAT(json.Bool("k"), FailedWith(ErrorCode::kCorruptLog, "field 'k'"));
  EXPECT_THAT(json.Time("k"), FailedWith(ErrorCode::kCorruptLog, "field 'k'"));
  EXPECT_THAT(json.Strings("k"), FailedWith(ErrorCode::kCorruptLog, "field 'k'"));
  EXPECT_THAT(json.Objects("k"), FailedWith(ErrorCode::kCorruptLog, "field 'k'"));
  EXPECT_THAT(json.Object("k"), FailedWith(ErrorCode::kCorruptLog, "field 'k'"));
}

TEST_F(JsonFieldsTest, WrongTypesAreMissingFields) {
  const Fields json = Read(R"({"k":[1],"f":1.5,"big":9223372036854775808,"n":null})");
  EXPECT_THAT(json.String("k"), FailedWith(ErrorCode::kCorruptLog, "'k'"));
  EXPECT_THAT(json.Strings("k"), FailedWith(ErrorCode::kCorruptLog, "'k'"));
  EXPECT_THAT(json.Objects("k"), FailedWith(ErrorCode::kCorruptLog, "'k'"));
  EXPECT_THAT(json.Int("f"), FailedWith(ErrorCode::kCorruptLog, "'f'"));
  EXPECT_THAT(json.Int("big"), FailedWith(ErrorCode::kCorruptLog, "'big'"));
  EXPECT_THAT(json.Int("n"), FailedWith(ErrorCode::kCorruptLog, "'n'"));
}

TEST_F(JsonFieldsTest, CountHasASuccessor) {
  const Fields json = Read(R"({"last":9223372036854775806,"beyond":9223372036854775807,"below":-1})");
  EXPECT_EQ(json.Count("last"), INT64_MAX - 1);
  EXPECT_THAT(json.Count("beyond"), FailedWith(ErrorCode::kCorruptLog, "'beyond'"));
  EXPECT_THAT(json.Count("below"), FailedWith(ErrorCode::kCorruptLog, "'below'"));
}

TEST_F(JsonFieldsTest, CountsAreNotNegative) {
  const Fields json = Read(R"({"zero":0,"minus":-1})");
  EXPECT_EQ(json.Count("zero"), 0);
  EXPECT_THAT(json.Count("minus"), FailedWith(ErrorCode::kCorruptLog, "'minus'"));
  EXPECT_THAT(json.FindCount("minus"), FailedWith(ErrorCode::kCorruptLog, "'minus'"));
}

TEST_F(JsonFieldsTest, OptionalNumbersMayBeMissingOrNullButNotOfAnotherType) {
  const Fields json = Read(R"({"i":5,"n":null,"s":"x"})");
  EXPECT_EQ(json.FindCount("i"), std::optional<int64_t>(5));
  EXPECT_EQ(json.FindCount("n"), std::optional<int64_t>());
  EXPECT_EQ(json.FindCount("k"), std::optional<int64_t>());
  EXPECT_THAT(json.FindCount("s"), FailedWith(ErrorCode::kCorruptLog, "'s'"));
}

TEST_F(JsonFieldsTest, HasMeansThereAndNotNull) {
  const Fields json = Read(R"({"i":0,"n":null})");
  EXPECT_TRUE(json.Has("i"));
  EXPECT_FALSE(json.Has("n"));
  EXPECT_FALSE(json.Has("k"));
}

TEST_F(JsonFieldsTest, NumbersReachToBothEnds) {
  const Fields json =
      Read(R"({"least":-9223372036854775808,"most":9223372036854775807,"beyond":-9223372036854775809.0})");
  EXPECT_EQ(json.Int("least"), INT64_MIN);
  EXPECT_EQ(json.Int("most"), INT64_MAX);
  EXPECT_EQ(json.FindInt("least"), std::optional<int64_t>(INT64_MIN));
  EXPECT_EQ(json.FindInt("none"), std::optional<int64_t>());
  EXPECT_THAT(json.FindInt("beyond"), FailedWith(ErrorCode::kCorruptLog, "'beyond'"));
}

TEST_F(JsonFieldsTest, TimesEndWithTheYear9999) {
  const Fields json = Read(R"({"last":253402300799999,"beyond":253402300800000,"n":null,"before":-62167219200001})");
  EXPECT_EQ(json.Time("last"), kTimeMax);
  EXPECT_EQ(json.FindTime("last"), std::optional<TimeMs>(kTimeMax));
  EXPECT_EQ(json.FindTime("n"), std::optional<TimeMs>());
  EXPECT_THAT(json.Time("beyond"), FailedWith(ErrorCode::kCorruptLog, "'beyond' is missing or is no time"));
  EXPECT_THAT(json.FindTime("before"), FailedWith(ErrorCode::kCorruptLog, "'before' is missing or is no time"));
}

TEST_F(JsonFieldsTest, OfANameThatIsThereTwiceTheFirstCountsAndUnknownOnesArePassedOver) {
  const Fields json = Read(R"({"x":[{"a":9}],"a":1,"a":2,"A":3})");
  EXPECT_EQ(json.Int("a"), 1);
}

TEST_F(JsonFieldsTest, TextsAreUnescaped) {
  const Fields json = Read(R"({"a":"\u0000\u00e9\ud83d\ude00\"\/\n","l":["\\"]})");
  EXPECT_EQ(json.String("a"), std::string("\0\u00e9\U0001F600\"/\n", 10));
  EXPECT_THAT(*json.Strings("l"), ElementsAre("\\"));
}

TEST_F(JsonFieldsTest, ListsOfMixedEntriesAreWrong) {
  const Fields json = Read(R"({"s":["a",1],"o":[{},"a"]})");
  EXPECT_THAT(json.Strings("s"), FailedWith(ErrorCode::kCorruptLog, "'s' is missing or is no list of strings"));
  EXPECT_THAT(json.Objects("o"), FailedWith(ErrorCode::kCorruptLog, "'o' is missing or is no list of objects"));
}

TEST_F(JsonFieldsTest, RowsAreListsOfStringsOrNull) {
  const Fields json = Read(R"({"r":[["a",null],[],["b"]],"n":[["a",1]],"f":["a"],"o":[{}],"none":[]})");
  const auto rows = json.Rows("r");
  ASSERT_THAT(rows, Succeeded());
  EXPECT_THAT(*rows, ElementsAre(ElementsAre("a", std::nullopt), ElementsAre(), ElementsAre("b")));
  EXPECT_THAT(json.Rows("none"), Succeeded());
  for (const char* wrong : {"n", "f", "o", "absent"}) {
    EXPECT_THAT(json.Rows(wrong), FailedWith(ErrorCode::kCorruptLog, std::string("'") + wrong + "'")) << wrong;
  }
  std::string many = R"({"r":[)";
  for (size_t i = 0; i <= kListEntriesMax; ++i) many += i == 0 ? "[]" : ",[]";
  EXPECT_THAT(Read(many + "]}").Rows("r"), FailedWith(ErrorCode::kCorruptLog, "at most"));
}

// What is kept of an entry takes many times its text.
TEST_F(JsonFieldsTest, ListsHaveABound) {
  const auto list = [](std::string_view entry, size_t count) {
    std::string text = R"({"a":[)";
    for (size_t i = 0; i < count; ++i) text.append(i == 0 ? "" : ",").append(entry);
    return text + "]}";
  };
  EXPECT_EQ(Read(list(R"("")", kListEntriesMax)).Strings("a")->size(), kListEntriesMax);
  EXPECT_THAT(Read(list(R"("")", kListEntriesMax + 1)).Strings("a"),
              FailedWith(ErrorCode::kCorruptLog, "list of at most"));
  EXPECT_EQ(Read(list("{}", kListEntriesMax)).Objects("a")->size(), kListEntriesMax);
  EXPECT_THAT(Read(list("{}", kListEntriesMax + 1)).Objects("a"),
              FailedWith(ErrorCode::kCorruptLog, "list of at most"));
}

}  // namespace
}  // namespace lakeferry::json
