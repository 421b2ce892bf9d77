// What people read: sizes, times, columns, and reports as a whole.
#include "base/known_secrets.h"
#include "daemon/output/findings_output.h"
#include "daemon/output/human.h"
#include "daemon/output/report_output.h"
#include "daemon/output/text_table.h"
#include "tests/daemon/output_samples.h"

namespace lakeferry {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(Human, SizesHaveTwoToThreeDigits) {
  EXPECT_EQ(HumanBytes(0), "0 B");
  EXPECT_EQ(HumanBytes(999), "999 B");
  EXPECT_EQ(HumanBytes(1'000), "1.0 kB");
  EXPECT_EQ(HumanBytes(1'234'567'890), "1.2 GB");
  EXPECT_EQ(HumanBytes(99'949'999), "99.9 MB");
  EXPECT_EQ(HumanBytes(99'950'000), "100 MB");
  EXPECT_EQ(HumanBytes(999'499'999), "999 MB");
  EXPECT_EQ(HumanBytes(999'500'000), "1.0 GB");
  EXPECT_EQ(HumanBytes(INT64_MAX), "9.2 EB");
}

TEST(Human, TimesAndAgesAreShort) {
  EXPECT_EQ(HumanTime(*ParseTime("2026-11-21T07:39:39.123Z")), "2026-11-21 07:39:39Z");
  EXPECT_EQ(HumanTime(std::nullopt), "-");
  EXPECT_EQ(HumanAge(Millis(190'999)), "3m 10s");
  EXPECT_EQ(HumanAge(Millis(999)), "0s");
  EXPECT_EQ(HumanAge(Millis(-5'000)), "0s");
}

TEST(Human, ColumnsLineUpAndNoCellBreaksALine) {
  TextTable table({{"NAME"}, {"N", TextTable::Align::kRight}, {"END"}});
  table.Add({"\u00e9t\u00e9", "5", "x"});
  table.Add({"two\nlines", "12", ""});
  EXPECT_EQ(table.ToText(),
            "NAME         N  END\n"
            "\u00e9t\u00e9          5  x\n"
            "two\\nlines  12\n");
}

TEST(Human, ReportsReadWell) {
  const std::string plan = ToText(PlanSample());
  EXPECT_THAT(plan, AllOf(HasSubstr("orders: cut at 2026-11-21 11:58:00Z, atomic, run run-42: 12 files to send, 1.3\n"
                                    "    GB\n"),
                          HasSubstr("raw.bronze      11  12"),
                          HasSubstr("raw.bronze: the source has removed 1 file of this cut, which may vanish from\n"
                                    "    2026-11-28 12:00:00Z on (in 7d)\n"),
                          HasSubstr("orders: whose commits they are is told by times, which may disagree by 50ms\n"
                                    "WARNING orders: version 13 of table raw.bronze at 2026-11-21T11:58:01.000Z"),
                          HasSubstr("prices: nothing to do: no run has ended since the last cut\n\n"
                                    "trades: FAILED (not_found): there is no Delta table\n"
                                    "  where: file:///srv/lake/trades\n"
                                    "  remedy: check the table's URI\n")));
  EXPECT_THAT(ToText(HistorySample()),
              AllOf(HasSubstr("applied  run_id"), HasSubstr("    3s  run-41\n"), HasSubstr("5.0 kB"),
                    HasSubstr("orders: epoch 7: 3.0 kB were not sent again: a copy that broke off had sent them\n")));
  EXPECT_THAT(ToText(MakeStatus(Role::kReceiver, kNoon, {SpecSample()}, {RecordSample()})),
              AllOf(HasSubstr("receiver, 2026-11-21 12:00:00Z"),
                    HasSubstr("ALARM orders: failed: the target cannot be written (file:///srv/dr/bronze),\n"
                              "    since 2026-11-21 11:45:00Z\n"),
                    HasSubstr("orders: clocks compared 2026-11-21 11:50:00Z: the store's is 4ms behind, that of\n"
                              "    the runs in step; margin 50ms\n")));
}

TEST(Human, AnErrorShowsPlaceAndRemedyOnLinesOfTheirOwn) {
  EXPECT_EQ(
      ErrorText(Error{.code = ErrorCode::kNotFound, .message = "no table", .where = "file:///x\ny", .remedy = "look"}),
      "lakeferry: no table\n  where: file:///x\\ny\n  remedy: look\n");
  EXPECT_EQ(ErrorText(Error{.code = ErrorCode::kInternal, .message = "two\nlines"}), "lakeferry: two\n  lines\n");
}

TEST(PlanOutput, TotalsOfDeclaredSizesStopAtTheLargestNumber) {
  auto plans = PlanSample();
  plans[0].result->tables.resize(2);
  for (engine::TablePlan& table : plans[0].result->tables) table.bytes = int64_t{1} << 62;
  EXPECT_THAT(ToText(plans), ::testing::HasSubstr("to send, 9.2\n    EB"));
  HistoryReport history = HistorySample();
  history.epochs[0].tables.resize(2);
  for (TablePosition& table : history.epochs[0].tables) table.bytes = int64_t{1} << 62;
  EXPECT_THAT(ToJson(history), ::testing::HasSubstr("\"bytes\":9223372036854775807"));
}

TEST(ErrorOutput, HasABoundAndNoSecret) {
  RememberSecret(Secret(std::string("output-canary")));
  const Error error{.message = "said output-canary " + std::string(1'000'000, 'x'),
                    .where = "file://user:pw@host/" + std::string(100'000, 'w'),
                    .remedy = std::string(100'000, 'r')};
  const plan::Finding finding{.what = error.message, .where = error.where, .remedy = error.remedy};
  for (const std::string& text :
       {ToJson(error), ErrorText(error), ToJson(std::vector{finding}), ToText(std::vector{finding})}) {
    EXPECT_LT(text.size(), 80'000U);
    EXPECT_TRUE(text.contains("said [secret] xxx") || text.contains("said [secret]\n    xxx"));
    EXPECT_TRUE(text.contains("file://[secret]@host/www"));
    EXPECT_FALSE(text.contains("canary"));
  }
}

}  // namespace
}  // namespace lakeferry
