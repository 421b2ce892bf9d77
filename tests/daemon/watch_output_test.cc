// What `watch` shows: changes alone, a line a group; and on a terminal no more than fits.
#include "daemon/output/watch_output.h"

#include "tests/daemon/output_samples.h"

namespace lakeferry {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

StatusReport Report() {
  return MakeStatus(Role::kReceiver, kNoon, {SpecSample()}, {RecordSample()}, {}, {.runs = true, .number = "1"});
}

TEST(WatchOutput, NamesWhatHasChangedAndNothingElse) {
  StatusReport report = Report();
  const std::string first = ChangesText({}, report);
  EXPECT_THAT(first, AllOf(HasSubstr("orders: failed, applied 7, staged 8"), HasSubstr("ALARM")));
  const WatchedGroups before = WatchedOf(report);
  report.now += std::chrono::hours(1);
  report.groups[0].lag = std::chrono::hours(2);
  EXPECT_EQ(ChangesText(before, report), "") << "time passes by itself";
  report.groups[0].record.epoch = Epoch(8);
  EXPECT_THAT(ChangesText(before, report), HasSubstr("applied 8"));
}

TEST(WatchOutput, LinesHaveEightyColumnsAndNoEscapes) {
  StatusReport report = Report();
  report.groups[0].record.last_error = "\x1b[2J" + std::string(300, 'x');
  const std::string text = ChangesText({}, report);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  for (size_t at = 0; at < text.size();) {
    const size_t end = text.find('\n', at);
    EXPECT_LE(end - at, 80U);
    at = end + 1;
  }
}

TEST(WatchOutput, InPlaceTakesNoMoreRowsThanThereAre) {
  const std::string text = "a\nb\nc\nd\n";
  EXPECT_EQ(InPlace(text, 10), "\x1b[Ha\x1b[K\r\nb\x1b[K\r\nc\x1b[K\r\nd\x1b[K\r\n\x1b[J");
  EXPECT_THAT(InPlace(text, 3), AllOf(HasSubstr("b\x1b[K"), Not(HasSubstr("c\x1b[K")), HasSubstr("… 2 lines more")));
}

}  // namespace
}  // namespace lakeferry
