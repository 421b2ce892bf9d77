// What check says of servers that it has spoken to.
#include "daemon/wiring/server_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lakeferry {
namespace {

using plan::Finding;
using plan::Severity;
using std::chrono::days;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const Origin kServer{.host = "s.example", .port = 8443};
constexpr TimeMs kToday = FromEpochMs(1'700'000'000'000);

std::vector<Finding> Check(const ServerSeen& seen) { return CheckServers({{kServer, seen}}, kToday); }

ServerSeen Certificate(Millis life, Millis left) {
  return {.certificate = ShownCertificate{.since = kToday + left - life, .until = kToday + left}};
}

ServerSeen Skew(Millis lowest, Millis highest) { return {.skew = ShownSkew{.lowest = lowest, .highest = highest}}; }

TEST(ServerCheck, ACertificateThatEndsSoonIsAWarningWithTheServersName) {
  const auto found = Check(Certificate(days(365), days(14)));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].severity, Severity::kWarning);
  EXPECT_THAT(found[0].what, HasSubstr("the certificate that https://s.example:8443 shows ends 2023-11-28"));
  EXPECT_FALSE(found[0].remedy.empty());
  EXPECT_THAT(Check(Certificate(days(365), days(15))), IsEmpty());
}

TEST(ServerCheck, OfAShortLifeAQuarterIsSoon) {
  EXPECT_THAT(Check(Certificate(days(8), days(3))), IsEmpty());
  EXPECT_EQ(Check(Certificate(days(8), days(2))).size(), 1U);
}

TEST(ServerCheck, CalendarsThatAreApartAreWarnedOfAndRefusedFromTenMinutesOn) {
  const auto warned = Check(Skew(minutes(2), minutes(3)));
  ASSERT_EQ(warned.size(), 1U);
  EXPECT_EQ(warned[0].severity, Severity::kWarning);
  EXPECT_THAT(warned[0].what, HasSubstr("this machine's clock is 2m behind that of https://s.example:8443"));
  const auto refused = Check(Skew(-minutes(30), -minutes(10)));
  ASSERT_EQ(refused.size(), 1U);
  EXPECT_EQ(refused[0].severity, Severity::kError);
  EXPECT_THAT(refused[0].what, HasSubstr("10m ahead of that of"));
}

TEST(ServerCheck, WhatMayBeInStepIsAndTheDoubtIsSaid) {
  const auto found = Check(Skew(seconds(-90), seconds(1)));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].severity, Severity::kInfo);
  EXPECT_EQ(found[0].what, "this machine's clock and those of 1 server that were asked are in step within 1m 30s");
  EXPECT_THAT(Check({}), IsEmpty()) << "nothing is said of what was not seen";
}

}  // namespace
}  // namespace lakeferry
