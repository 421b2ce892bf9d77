// What is kept of servers that were spoken to.
#include "http/servers_seen.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lakeferry {
namespace {

using std::chrono::seconds;

const Origin kServer{.host = "s.example"};
constexpr TimeMs kNow = FromEpochMs(1'700'000'000'000);

ShownSkew SkewAfter(ServersSeen& seen, TimeMs date, TimeMs sent, TimeMs received) {
  seen.SawDate(kServer, date, sent, received);
  return seen.All().at(kServer).skew.value();
}

TEST(ServersSeen, ASecondCutOffAndTheTimeOnTheWayAreRoomForDoubt) {
  ServersSeen seen;
  EXPECT_EQ(SkewAfter(seen, kNow, kNow, kNow + Millis(300)),
            (ShownSkew{.lowest = Millis(-300), .highest = Millis(1'000)}));
}

TEST(ServersSeen, FurtherRepliesNarrowItDown) {
  ServersSeen seen;
  (void)SkewAfter(seen, kNow, kNow, kNow + Millis(300));
  EXPECT_EQ(SkewAfter(seen, kNow, kNow + Millis(900), kNow + Millis(950)),
            (ShownSkew{.lowest = Millis(-300), .highest = Millis(100)}));
}

TEST(ServersSeen, WhereNoSkewFitsTheNewestReplyCounts) {
  ServersSeen seen;
  (void)SkewAfter(seen, kNow, kNow, kNow);
  EXPECT_EQ(SkewAfter(seen, kNow + seconds(60), kNow, kNow),
            (ShownSkew{.lowest = seconds(60), .highest = seconds(61)}));
}

TEST(ServersSeen, ACertificateThatWasRenewedReplacesTheOld) {
  ServersSeen seen;
  seen.SawCertificate(kServer, {.since = kNow, .until = kNow + seconds(9)});
  seen.SawCertificate(kServer, {.since = kNow, .until = kNow + seconds(99)});
  EXPECT_EQ(seen.All().at(kServer).certificate->until, kNow + seconds(99));
  EXPECT_FALSE(seen.All().at(kServer).skew.has_value());
}

TEST(ServersSeen, HasABound) {
  ServersSeen seen;
  for (size_t i = 0; i <= ServersSeen::kServersMax; ++i) {
    seen.SawDate({.host = std::to_string(i)}, kNow, kNow, kNow);
  }
  EXPECT_EQ(seen.All().size(), ServersSeen::kServersMax);
}

}  // namespace
}  // namespace lakeferry
