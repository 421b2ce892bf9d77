// What a table does with rows that would be wider than a terminal.
#include "daemon/output/text_table.h"

#include "base/known_secrets.h"
#include "daemon/output/lines.h"

namespace lakeferry {
namespace {

using Align = TextTable::Align;
using Fit = TextTable::Fit;
using ::testing::HasSubstr;
using ::testing::Not;

TextTable Sample() {
  return TextTable({{.title = "NAME", .fit = Fit::kShorten},
                    {.title = "N", .align = Align::kRight},
                    {.title = "RUNS", .fit = Fit::kBelow},
                    {.title = "ERROR", .fit = Fit::kBelow}});
}

TEST(TextTable, ColumnsThatFitStandInTheRows) {
  TextTable table = Sample();
  table.Add({"orders", "5", "run-1", "-"});
  EXPECT_EQ(table.ToText(), "NAME    N  RUNS\norders  5  run-1\n") << "nothing of errors where there is none";
  table.Add({"prices", "12", "-", "late"});
  EXPECT_EQ(table.ToText(), "NAME     N  RUNS   ERROR\norders   5  run-1  -\nprices  12  -      late\n");
}

TEST(TextTable, WhereTheyDoNotSomeStandBelowAndWhatSaysNothingIsLeftOut) {
  TextTable table = Sample();
  table.Add({"orders", "5", std::string(40, 'r') + " " + std::string(40, 's'), "-"});
  table.Add({"prices", "12", "run-1", ""});
  EXPECT_EQ(table.ToText(), "NAME     N\norders   5\n    runs: " + std::string(40, 'r') + "\n      " +
                                std::string(40, 's') + "\nprices  12\n    runs: run-1\n");
}

TEST(TextTable, ThenTheWidestNameIsShortened) {
  TextTable table({{.title = "GROUP", .fit = Fit::kShorten},
                   {.title = "TABLE", .fit = Fit::kShorten},
                   {.title = "N", .align = Align::kRight}});
  table.Add({"short", std::string(100, 'b') + "end", "1"});
  EXPECT_EQ(table.ToText(), "GROUP  TABLE" + std::string(67, ' ') + "N\n" + "short  " + std::string(35, 'b') +
                                "\u2026" + std::string(31, 'b') + "end  1\n");
}

TEST(TextTable, LinesBetweenRowsStandWhereTheyWereAdded) {
  TextTable table({{.title = "NAME"}});
  table.AddLines("first: FAILED\n");
  EXPECT_EQ(table.ToText(), "first: FAILED\n") << "no titles of nothing";
  table.Add({"x"});
  EXPECT_EQ(table.ToText(), "NAME\nfirst: FAILED\nx\n");
}

TEST(TextTable, NoHalfOfASecretIsLeftInAShortenedCell) {
  RememberSecret(Secret(std::string("table-canary-of-forty-characters-0123456")));
  TextTable table({{.title = "NAME", .fit = Fit::kShorten}});
  table.Add({std::string(60, 'a') + "table-canary-of-forty-characters-0123456" + std::string(60, 'a')});
  EXPECT_THAT(table.ToText(), Not(HasSubstr("characters")));
  EXPECT_THAT(table.ToText(), Not(HasSubstr("canary")));
}

}  // namespace
}  // namespace lakeferry
