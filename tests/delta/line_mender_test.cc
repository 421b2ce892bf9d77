#include "delta/line_mender.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "delta/commit_json.h"

namespace lakeferry::delta {
namespace {

using ::testing::HasSubstr;

// The line, given in pieces of so many bytes.
std::expected<std::string, LineProblem> Mend(std::string_view line, size_t piece) {
  LineMender mender;
  for (size_t at = 0; at < line.size(); at += piece) mender.Read(line.substr(at, piece));
  return std::move(mender).Finish();
}

// However it is cut.
void ExpectMended(std::string_view line, std::string_view mended) {
  for (const size_t piece : {size_t{1}, size_t{2}, size_t{7}, line.size()}) {
    const auto got = Mend(line, piece);
    ASSERT_TRUE(got.has_value()) << got.error().what << " in pieces of " << piece;
    EXPECT_EQ(*got, mended) << "in pieces of " << piece;
  }
}

void ExpectRefused(std::string_view line, std::string_view words) {
  for (const size_t piece : {size_t{1}, line.size() + 1}) {
    const auto got = Mend(line, piece);
    ASSERT_FALSE(got.has_value()) << line << " gives " << *got;
    EXPECT_THAT(got.error().what, HasSubstr(words)) << line;
    EXPECT_EQ(got.error().code, ErrorCode::kCorruptLog) << line;
  }
}

TEST(LineMender, LeavesOutWhatNobodyReads) {
  ExpectMended(R"( {"add" : {"x":[1,{"y":"}"}], "path":"a\"b" ,"z":"\\", "size": 5,"w":null }, "future":{"a":[]} })",
               R"({"add":{"path":"a\"b","size":5}})");
  ExpectMended(R"({"commitInfo":{"operationParameters":{"predicate":"k IN 1"},"operation":"DELETE","n":5,"o":"p",)"
               R"("job":{"runId":"7","name":"n"},"isBlindAppend":true,"timestamp":9}})",
               R"({"commitInfo":{"operation":"DELETE","o":"p","job":{"runId":"7"},"timestamp":9}})");
  ExpectMended(R"({"metaData":{"format":{"provider":"p","x":1,"options":{"long":"o"}},"y":[]}})",
               R"({"metaData":{"format":{"provider":"p","options":{"long":"o"}}}})");
  ExpectMended(R"({"add":{"deletionVector":{"storageType":"u","x":{},"offset":1}}})",
               R"({"add":{"deletionVector":{"storageType":"u","offset":1}}})");
}

TEST(LineMender, QuotesWhatIsNoTextWhereOneBelongs) {
  ExpectMended(R"({"add":{"path":5,"stats":{"a": "b\n"},"partitionValues":{"p":-1.0e2,"":null,"q":false,"r":"s"}}})",
               R"({"add":{"path":"5","stats":"{\"a\": \"b\\n\"}","partitionValues":{"p":"-1.0e2","":null,)"
               R"("q":"false","r":"s"}}})");
  ExpectMended(R"({"metaData":{"partitionColumns":[ 1 , "b",null],"configuration":{}}})",
               R"({"metaData":{"partitionColumns":["1","b",null],"configuration":{}}})");
}

TEST(LineMender, LeavesTheFormThatTheReaderRefuses) {
  ExpectMended(R"({"add":{"path":[1]},"remove":{"path":{"a":2}}})",
               R"({"add":{"path":[1]},"remove":{"path":{"a":2}}})");
  ExpectMended(R"({"add":[1,{"path":2}]})", R"({"add":[1,{"path":2}]})");
  ExpectMended(R"({"add":{"partitionValues":5,"tags":"t","size":"x"}})",
               R"({"add":{"partitionValues":5,"tags":"t","size":"x"}})");
  ExpectMended(R"([{"add":1}])", R"([{"add":1}])");
  ExpectMended(R"({"add":{"size":123456789012345678901234567890,"modificationTime":1e999,"baseRowId":1e3}})",
               R"({"add":{"size":false,"modificationTime":false,"baseRowId":1e3}})");
}

TEST(LineMender, KnowsANameInEscapesForOneThatMayBeKnown) {
  ExpectMended(R"({"\u0061dd":{"x":1},"add":{"p\u0061th":5}})", R"({"\u0061dd":{"x":1},"add":{"p\u0061th":5}})");
}

TEST(LineMender, NamesOfMapsAreKeptAtAnyLength) {
  const std::string name(300, 'n');
  ExpectMended(fmt::format(R"({{"add":{{"{}":1,"tags":{{"{}":"v"}}}}}})", name, name),
               fmt::format(R"({{"add":{{"tags":{{"{}":"v"}}}}}})", name));
}

TEST(LineMender, LongTextsOfCommitInfoAreLeftOut) {
  const std::string named(kInfoTextMax, 'x');
  const std::string other(kInfoOtherMax, 'x');
  const auto info = [](std::string_view fields) { return fmt::format(R"({{"commitInfo":{{{}}}}})", fields); };
  const std::string fits = info(fmt::format(R"("userMetadata":"{}","o":"{}")", named, other));
  EXPECT_EQ(Mend(fits, fits.size()), fits);
  const std::string beyond = info(fmt::format(R"("a":"b","userMetadata":"{}x","o":"{}x","c":"d")", named, other));
  EXPECT_EQ(Mend(beyond, 1000), info(R"("a":"b","c":"d")"));
  const std::string far_beyond = info(R"("a":"b","userMetadata":")" + std::string(kLineBytesMax + 1, 'x') + "\"");
  EXPECT_EQ(Mend(far_beyond, far_beyond.size()), info(R"("a":"b")"));
  // Of others no more than a few MiB together.
  std::string many = R"("txnId":"t")";
  for (int i = 0; i < 1'000; ++i) many += fmt::format(R"(,"o{}":"{}")", i, other);
  const auto mended = Mend(info(many), 1 << 20);
  ASSERT_TRUE(mended.has_value());
  EXPECT_LT(mended->size(), size_t{5} << 20);
  EXPECT_TRUE(mended->starts_with(R"({"commitInfo":{"txnId":"t","o0":)"));
}

TEST(LineMender, RefusesWhatIsNoWholeJson) {
  for (const std::string_view line : {"",
                                      "{",
                                      R"({"a)",
                                      R"({"a")",
                                      R"({"a":)",
                                      R"({"a":1)",
                                      R"({"a":"b)",
                                      R"({"a":[1})",
                                      R"({"a":1]})",
                                      R"({"a" 1})",
                                      R"({"a":1,})",
                                      R"({,})",
                                      R"({"a":[1,]})",
                                      R"({"a":[,1]})",
                                      R"({"a":01})",
                                      R"({"a":1.})",
                                      R"({"a":-})",
                                      R"({"a":1e})",
                                      R"({"a":+1})",
                                      R"({"a":.5})",
                                      R"({"a":nul})",
                                      R"({"a":nulll})",
                                      R"({"a":NaN})",
                                      R"({'a':1})",
                                      R"({"a":"\x"})",
                                      R"({"a":"\u12g4"})",
                                      R"({"a":1}{"b":2})",
                                      R"({"a":1} x)",
                                      R"({a:1})",
                                      "{\"a\":\"\t\"}",
                                      R"({1:2})",
                                      R"(}})",
                                      R"({"a":1,"b"})"}) {
    ExpectRefused(line, "is no whole JSON object");
  }
  ExpectRefused("{\"a\":\"\xff\"}", "UTF-8");
  ExpectRefused("{\"a\":\"\xe2\x82\"}", "UTF-8");
  ExpectRefused("{\"a\":\"\x80\"}", "UTF-8");
  ExpectMended("{\"txn\":{\"x\":\"\xe2\x82\xac\xf0\x9f\x98\x80\",\"appId\":\"\xe2\x82\xac\"}}",
               "{\"txn\":{\"appId\":\"\xe2\x82\xac\"}}");
}

TEST(LineMender, NamesTheFieldThatIsTooLong) {
  const std::string half(kLineBytesMax / 2, 'x');
  LineMender mender;
  mender.Read(R"({"add":{"path":"p","stats":")" + half + R"(","tags":{"a":")" + half);
  mender.Read(half + R"("},"size":5}})");
  const auto mended = std::move(mender).Finish();
  ASSERT_FALSE(mended.has_value());
  EXPECT_EQ(mended.error().code, ErrorCode::kUnsupportedTable);
  EXPECT_THAT(mended.error().what, HasSubstr("field 'tags' of 'add' takes 167772"));
}

TEST(ReplaceLoneSurrogates, LeavesPairsAndEscapedBackslashes) {
  const auto replaced = [](std::string text) {
    const bool any = ReplaceLoneSurrogates(text);
    return fmt::format("{} {}", any, text);
  };
  EXPECT_EQ(replaced(R"(a\ud83d\ude00b)"), R"(false a\ud83d\ude00b)");
  EXPECT_EQ(replaced(R"(\\ud800\n\u00e9)"), R"(false \\ud800\n\u00e9)");
  EXPECT_EQ(replaced(R"(\ud800)"), "true ?");
  EXPECT_EQ(replaced(R"(x\uDC00\uD83D\uDE00\ud83d\n)"), R"(true x?\uD83D\uDE00?\n)");
  EXPECT_EQ(replaced(R"(\ud83d\ud83d\ude00\)"), R"(true ?\ud83d\ude00\)");
}

}  // namespace
}  // namespace lakeferry::delta
