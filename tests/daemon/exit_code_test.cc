// Which exit code a command ends with that asked several groups; docs/json.md and docs/operations.md hold the order.
#include "daemon/commands/exit_code.h"

#include <array>
#include <fstream>
#include <sstream>
#include <string>

namespace lakeferry {
namespace {

struct Report {};

GroupAnswers<Report> AnswersOf(std::initializer_list<std::optional<ErrorCode>> codes) {
  GroupAnswers<Report> answers;
  for (const auto& code : codes) {
    answers.push_back({.group = "g", .result = code ? Result<Report>(Fail(*code, "wrong")) : Result<Report>(Report{})});
  }
  return answers;
}

TEST(ExitCode, OfTwoTheWorseCounts) {
  constexpr std::array kWorstFirst{kExitUsage, kExitFailed, kExitRefused, kExitNotInSync, kExitDone};
  for (size_t worse = 0; worse < kWorstFirst.size(); ++worse) {
    for (size_t better = worse; better < kWorstFirst.size(); ++better) {
      EXPECT_EQ(Worse(kWorstFirst[worse], kWorstFirst[better]), kWorstFirst[worse]);
      EXPECT_EQ(Worse(kWorstFirst[better], kWorstFirst[worse]), kWorstFirst[worse]);
    }
  }
}

TEST(ExitCode, OfGroupsItIsTheWorstOfAny) {
  EXPECT_EQ(WorstOf(AnswersOf({})), 0);
  EXPECT_EQ(WorstOf(AnswersOf({std::nullopt, std::nullopt})), 0);
  EXPECT_EQ(WorstOf(AnswersOf({std::nullopt, ErrorCode::kRefused, std::nullopt})), 3);
  EXPECT_EQ(WorstOf(AnswersOf({ErrorCode::kUnavailable, ErrorCode::kDiverged})), 1);
  EXPECT_EQ(WorstOf(AnswersOf({ErrorCode::kDiverged, ErrorCode::kUnavailable})), 1);
  EXPECT_EQ(WorstOf(AnswersOf({ErrorCode::kUnavailable, ErrorCode::kInvalidArgument})), 2);
}

TEST(ExitCode, BothPagesSayTheSameOrder) {
  for (const char* page : {"json.md", "operations.md"}) {
    std::ostringstream text;
    text << std::ifstream(std::string(LAKEFERRY_DOCS_DIR) + "/" + page).rdbuf();
    EXPECT_TRUE(text.str().contains("2 before 1 before 3 before 4 before 0")) << page;
  }
}

TEST(ExitCode, OneErrorStaysAsItIsAndNamesItsGroup) {
  const Error error = AsOneError({{.group = "orders", .error = {.code = ErrorCode::kRefused, .message = "no"}}}, 3);
  EXPECT_EQ(error, (Error{.code = ErrorCode::kRefused, .message = "no", .where = "group orders"}));
}

TEST(ExitCode, SeveralErrorsAreALineEachAndTheWorstDecides) {
  const Error error =
      AsOneError({{.group = "orders",
                   .error = {.code = ErrorCode::kRefused, .message = "two\nlines", .where = "w", .remedy = "r"}},
                  {.group = "prices", .error = {.code = ErrorCode::kUnavailable, .message = "silent"}},
                  {.group = "trades", .error = {.code = ErrorCode::kCorruptData, .message = "broken"}}},
                 4);
  EXPECT_EQ(error.code, ErrorCode::kUnavailable) << "the first of the worst";
  EXPECT_EQ(error.where.text(), "group prices");
  EXPECT_EQ(error.message, "3 of 4 groups failed:\norders: two\\nlines (w): r\nprices: silent\ntrades: broken");
}

}  // namespace
}  // namespace lakeferry
