#include "plan/group/bandwidth.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace lakeferry::plan {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

LocalMs TimeOfDay(int hour, int minute, int64_t millis = 0) {
  const std::chrono::local_days day{std::chrono::year(2026) / 3 / 17};
  return LocalMs(day) + hours(hour) + minutes(minute) + Millis(millis);
}

TEST(Bandwidth, LimitIsThatOfTheWindowThatHoldsTheTime) {
  const Bandwidth office{.limit = 9, .windows = {{.from = hours(8), .to = hours(18), .limit = 1}}};
  const Bandwidth night{.windows = {{.from = hours(22), .to = hours(6), .limit = 2}}};
  const Bandwidth evening{.limit = 9, .windows = {{.from = hours(18), .to = hours(24), .limit = {}}}};
  const Bandwidth two{
      .windows = {{.from = hours(8), .to = hours(18), .limit = 1}, {.from = hours(12), .to = hours(20), .limit = 3}}};
  const struct {
    const Bandwidth& bandwidth;
    LocalMs now;
    ByteRate limit;
  } kCases[] = {
      {office, TimeOfDay(7, 59, 59'999), 9},
      {office, TimeOfDay(8, 0), 1},
      {office, TimeOfDay(17, 59, 59'999), 1},
      {office, TimeOfDay(18, 0), 9},
      {night, TimeOfDay(21, 59), {}},
      {night, TimeOfDay(22, 0), 2},
      {night, TimeOfDay(0, 0), 2},
      {night, TimeOfDay(5, 59, 59'999), 2},
      {night, TimeOfDay(6, 0), {}},
      {evening, TimeOfDay(17, 59), 9},
      {evening, TimeOfDay(23, 59, 59'999), {}},
      {two, TimeOfDay(13, 0), 1},
      {two, TimeOfDay(19, 0), 3},
      {Bandwidth{}, TimeOfDay(3, 0), {}},
  };
  for (const auto& one : kCases) EXPECT_EQ(LimitAt(one.bandwidth, one.now), one.limit) << one.now.time_since_epoch();
}

// Two hours ahead of UTC, and known by that name.
class Ahead final : public ZoneRules, public ZoneSource {
 public:
  [[nodiscard]] LocalMs ToLocal(TimeMs time) const override { return LocalMs(time.time_since_epoch() + hours(2)); }
  [[nodiscard]] TimeMs ToUtc(LocalMs local) const override { return TimeMs(local.time_since_epoch() - hours(2)); }
  [[nodiscard]] Result<std::shared_ptr<const ZoneRules>> Find(const std::string& name) const override {
    if (name != "ahead") return Fail(ErrorCode::kInvalidArgument, "no such zone", name);
    return std::make_shared<Ahead>();
  }
};

TEST(Bandwidth, WindowsAreThoseOfTheZone) {
  Bandwidth bandwidth{.windows = {{.from = hours(8), .to = hours(9), .limit = 1}}, .time_zone = "ahead"};
  const TimeMs midnight = FromEpochMs(1'773'705'600'000);
  EXPECT_EQ(LimitAt(bandwidth, midnight + hours(6), Ahead()).value(), 1);
  EXPECT_EQ(LimitAt(bandwidth, midnight + hours(8), Ahead()).value(), std::nullopt);
  bandwidth.time_zone = "elsewhere";
  EXPECT_FALSE(LimitAt(bandwidth, midnight, Ahead()));
}

TEST(Bandwidth, LowerOfTwoCounts) {
  EXPECT_EQ(LowerOf({}, {}), std::nullopt);
  EXPECT_EQ(LowerOf(3, {}), 3);
  EXPECT_EQ(LowerOf({}, 3), 3);
  EXPECT_EQ(LowerOf(3, 2), 2);
}

// What has gone by the time `now`, where something goes whenever it may.
int64_t Gone(TokenBucket& bucket, int64_t piece, Millis from, Millis until, ByteRate rate) {
  int64_t gone = 0;
  for (Millis now = from;;) {
    const Millis wait = bucket.Wait(now, rate);
    now += wait;
    if (now >= until) return gone;
    if (wait > Millis(0)) continue;
    bucket.Spend(piece);
    gone += piece;
  }
}

TEST(TokenBucket, KeepsToTheRateWithPiecesOfAnySize) {
  for (const int64_t piece : {10, 999, 1'000, 25'000}) {
    TokenBucket bucket;
    const int64_t gone = Gone(bucket, piece, Millis(5'000), Millis(105'000), 1'000);
    EXPECT_GE(gone, 99'000) << piece;
    EXPECT_LE(gone, 100'000 + piece) << piece;
  }
}

TEST(TokenBucket, WhatWasNotUsedIsSavedForAQuarterOfASecond) {
  TokenBucket bucket;
  EXPECT_EQ(bucket.Wait(Millis(0), 1'000), Millis(0));
  EXPECT_EQ(bucket.Wait(Millis(1'000'000), 1'000), Millis(0));
  bucket.Spend(250);
  EXPECT_EQ(bucket.Wait(Millis(1'000'000), 1'000), Millis(0));
  bucket.Spend(100);
  EXPECT_EQ(bucket.Wait(Millis(1'000'000), 1'000), Millis(101));
}

TEST(TokenBucket, WaitIsReckonedWithTheRateThatHolds) {
  TokenBucket bucket;
  EXPECT_EQ(bucket.Wait(Millis(0), 1'000), Millis(0));
  bucket.Spend(10'000);
  EXPECT_EQ(bucket.Wait(Millis(0), 1'000), Millis(10'001));
  EXPECT_EQ(bucket.Wait(Millis(0), 10'000), Millis(1'001));
  EXPECT_EQ(bucket.Wait(Millis(0), {}), Millis(0));
  EXPECT_EQ(bucket.Wait(Millis(0), 1'000), Millis(0));
}

TEST(TokenBucket, HighestRateAndLongestPauseAreReckonedWith) {
  TokenBucket bucket;
  constexpr int64_t kRate = int64_t{1} << 50;
  EXPECT_EQ(bucket.Wait(Millis(0), kRate), Millis(0));
  EXPECT_EQ(bucket.Wait(Millis(int64_t{1} << 52), kRate), Millis(0));
  bucket.Spend(kRate);
  EXPECT_EQ(bucket.Wait(Millis(int64_t{1} << 52), kRate), Millis(751));
}

}  // namespace
}  // namespace lakeferry::plan
