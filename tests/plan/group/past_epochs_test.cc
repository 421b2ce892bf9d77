#include "plan/group/past_epochs.h"

namespace lakeferry::plan {
namespace {

TEST(PastEpochs, TellWorkAndCuts) {
  const auto epoch = [](EpochState state, int64_t started, std::optional<TimeMs> ended, bool atomic) {
    EpochRecord record;
    record.state = state;
    record.started = FromEpochMs(started);
    record.ended = ended;
    record.atomic = atomic;
    record.cut_time = FromEpochMs(started - 5);
    return record;
  };
  const PastEpochs past = PastOf(
      {epoch(EpochState::kStaged, 50, std::nullopt, true), epoch(EpochState::kApplied, 30, FromEpochMs(45), false),
       epoch(EpochState::kRefused, 20, FromEpochMs(25), true), epoch(EpochState::kApplied, 10, FromEpochMs(17), true)});
  EXPECT_EQ(past.worked, (std::vector<Millis>{Millis(15), Millis(7)}));
  EXPECT_EQ(past.took, (std::vector<Millis>{Millis(20), Millis(12)}));
  EXPECT_EQ(past.cut_times, (std::vector<TimeMs>{FromEpochMs(45), FromEpochMs(5)}));
}

}  // namespace
}  // namespace lakeferry::plan
