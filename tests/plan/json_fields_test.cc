#include "plan/json_fields.h"

#include "plan/document_sizes.h"
#include "tests/delta/delta_matchers.h"

namespace lakeferry::plan {
namespace {

using delta::FailedWith;
using delta::Succeeded;
using ::testing::ElementsAre;

class JsonFieldsTest : public ::testing::Test {
 protected:
  JsonFields Read(std::string_view text) {
    simdjson::dom::object object;
    EXPECT_EQ(parser_.parse(text.data(), text.size()).get(object), simdjson::SUCCESS) << text;
    return {object, "here"};
  }
  simdjson::dom::parser parser_;
};

TEST_F(JsonFieldsTest, ValuesOfEachType) {
  const JsonFields json =
      Read(R"({"s":"x","i":-5,"b":true,"t":1000,"l":["a","b"],"os":[{"i":1},{"i":2}],"o":{"i":3}})");
  EXPECT_EQ(json.String("s"), "x");
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
  const JsonFields json = Read("{}");
  EXPECT_THAT(json.String("k"), FailedWith(ErrorCode::kCorruptLog, "field 'k' is missing or is no string (here)"));
  EXPECT_THAT(json.Int("k"), FailedWith(ErrorCode::kCorruptLog, "field 'k'"));
  EXPECT_THAT(json.Count("k"), FailedWith(ErrorCode::kCorruptLog, "field 'k'"));
  EXPECT_THAT(json.Bool("k"), FailedWith(ErrorCode::kCorruptLog, "field 'k'"));
  EXPECT_THAT(json.Time("k"), FailedWith(ErrorCode::kCorruptLog, "field 'k'"));
  EXPECT_THAT(json.Strings("k"), FailedWith(ErrorCode::kCorruptLog, "field 'k'"));
  EXPECT_THAT(json.Objects("k"), FailedWith(ErrorCode::kCorruptLog, "field 'k'"));
  EXPECT_THAT(json.Object("k"), FailedWith(ErrorCode::kCorruptLog, "field 'k'"));
}

TEST_F(JsonFieldsTest, WrongTypesAreMissingFields) {
  const JsonFields json = Read(R"({"k":[1],"f":1.5,"big":9223372036854775808,"n":null})");
  EXPECT_THAT(json.String("k"), FailedWith(ErrorCode::kCorruptLog, "'k'"));
  EXPECT_THAT(json.Strings("k"), FailedWith(ErrorCode::kCorruptLog, "'k'"));
  EXPECT_THAT(json.Objects("k"), FailedWith(ErrorCode::kCorruptLog, "'k'"));
  EXPECT_THAT(json.Int("f"), FailedWith(ErrorCode::kCorruptLog, "'f'"));
  EXPECT_THAT(json.Int("big"), FailedWith(ErrorCode::kCorruptLog, "'big'"));
  EXPECT_THAT(json.Int("n"), FailedWith(ErrorCode::kCorruptLog, "'n'"));
}

TEST_F(JsonFieldsTest, CountHasASuccessor) {
  const JsonFields json = Read(R"({"last":9223372036854775806,"beyond":9223372036854775807,"below":-1})");
  EXPECT_EQ(json.Count("last"), INT64_MAX - 1);
  EXPECT_THAT(json.Count("beyond"), FailedWith(ErrorCode::kCorruptLog, "'beyond'"));
  EXPECT_THAT(json.Count("below"), FailedWith(ErrorCode::kCorruptLog, "'below'"));
}

TEST_F(JsonFieldsTest, CountsAreNotNegative) {
  const JsonFields json = Read(R"({"zero":0,"minus":-1})");
  EXPECT_EQ(json.Count("zero"), 0);
  EXPECT_THAT(json.Count("minus"), FailedWith(ErrorCode::kCorruptLog, "'minus'"));
  EXPECT_THAT(json.FindCount("minus"), FailedWith(ErrorCode::kCorruptLog, "'minus'"));
}

TEST_F(JsonFieldsTest, OptionalNumbersMayBeMissingOrNullButNotOfAnotherType) {
  const JsonFields json = Read(R"({"i":5,"n":null,"s":"x"})");
  EXPECT_EQ(json.FindCount("i"), std::optional<int64_t>(5));
  EXPECT_EQ(json.FindCount("n"), std::optional<int64_t>());
  EXPECT_EQ(json.FindCount("k"), std::optional<int64_t>());
  EXPECT_THAT(json.FindCount("s"), FailedWith(ErrorCode::kCorruptLog, "'s'"));
}

TEST_F(JsonFieldsTest, HasMeansThereAndNotNull) {
  const JsonFields json = Read(R"({"i":0,"n":null})");
  EXPECT_TRUE(json.Has("i"));
  EXPECT_FALSE(json.Has("n"));
  EXPECT_FALSE(json.Has("k"));
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
}  // namespace lakeferry::plan
