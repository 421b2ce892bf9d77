// Calls to stores that run one after the other, where each takes as long as one to a far store: what can wait side by
// side does.
#include <fmt/format.h>

#include <algorithm>

#include "tests/engine/world.h"
#include "tests/support/store_delays.h"

namespace lakeferry::engine {
namespace {

constexpr Millis kRoundTrip{50};
constexpr int kCopies = 256;
constexpr int64_t kRoundTripsMax = 25;

class RoundTripTest : public ::testing::TestWithParam<delta::ReplicationMode> {
 protected:
  RoundTripTest() : world_({"a", "b", "c"}, GetParam(), kCopies) {
    world_.stores.set_hooks(delays_.Hooks());
    world_.stores.set_batch(1);
  }

  // Twenty commits of ten files each, over three tables.
  void CommitMany(const std::string& run) {
    world_.InRun(run, [&] {
      for (int commit = 0; commit < 20; ++commit) {
        TestTable& table = world_.table(std::string(1, static_cast<char>('a' + commit % 3)));
        std::vector<std::string> lines;
        for (int i = 0; i < 10; ++i) lines.push_back(table.Add(fmt::format("{}-{}-{}", run, commit, i)));
        table.Commit(lines, run);
      }
    });
  }

  World world_;
  StoreDelays delays_{world_.loop, kRoundTrip};
};

TEST_P(RoundTripTest, AnEpochTakesFewCallsOneAfterTheOther) {
  world_.CreateAll();
  ASSERT_THAT(delays_.Run(world_.sender->RunOnce({})).first, Succeeded());
  ASSERT_THAT(delays_.Run(world_.receiver->RunOnce({})).first, Succeeded());
  CommitMany("r1");

  const auto [sent, sending] = delays_.Run(world_.sender->RunOnce({}));
  ASSERT_THAT(sent, Succeeded());
  ASSERT_EQ(sent->files, 200);
  EXPECT_LE(sending, kRoundTripsMax) << delays_.Rounds();

  const auto [received, receiving] = delays_.Run(world_.receiver->RunOnce({}));
  ASSERT_THAT(received, Succeeded());
  ASSERT_EQ(received->files, 200);
  EXPECT_LE(receiving, kRoundTripsMax) << delays_.Rounds();
}

INSTANTIATE_TEST_SUITE_P(Modes, RoundTripTest,
                         ::testing::Values(delta::ReplicationMode::kClone, delta::ReplicationMode::kMirror));

}  // namespace
}  // namespace lakeferry::engine
