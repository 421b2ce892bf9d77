#include "base/load_limit.h"

#include <gtest/gtest.h>

#include <vector>

namespace lakeferry {
namespace {

constexpr Millis kNow{100'000};

TEST(LoadLimit, ThereIsNoneBeforeTheServiceIsBusy) {
  LoadLimit limit;
  for (int i = 0; i < 1'000; ++i) limit.Fine(100);
  EXPECT_EQ(limit.limit(), LoadLimit::kNone);
  EXPECT_TRUE(limit.Admits(1'000'000, kNow));
}

TEST(LoadLimit, WhatComesOfAnswers) {
  // f: fine, b: busy, of one that began in this round; o: busy, of one that began before. All that may run do.
  const struct {
    size_t running;
    const char* answers;
    size_t limit;
  } kCases[] = {
      {64, "b", 32},         // half of those that ran
      {64, "bb", 16},        // and again, while nothing went better
      {64, "bo", 32},        // those that went out together count once
      {64, "boooo", 32},     //
      {64, "bbbbbbbbb", 1},  // never below
      {4, "bf", 2},          //
      {4, "bff", 3},         // one more after a round
      {4, "bfff", 3},        //
      {4, "bfffff", 4},      //
      {40, "bbffffffffff", 11},
      {40, "bbffffffffffb", 8},   // one too many: a fifth less
      {40, "bbffffffffffbb", 4},  // busy still: half
      {1, "b", 1},
  };
  for (const auto& one : kCases) {
    LoadLimit limit;
    for (const char answer : std::string_view(one.answers)) {
      const size_t running = std::min(limit.limit(), one.running);
      if (answer == 'f') limit.Fine(running);
      if (answer == 'b') limit.Busy(limit.round(), running, kNow, {});
      if (answer == 'o') limit.Busy(limit.round() - 1, running, kNow, {});
    }
    EXPECT_EQ(limit.limit(), one.limit) << one.running << " " << one.answers;
    EXPECT_TRUE(limit.Admits(one.limit - 1, kNow));
    EXPECT_FALSE(limit.Admits(one.limit, kNow));
  }
}

TEST(LoadLimit, FewerThanAreAllowedSayNothingOfOneMore) {
  LoadLimit limit;
  limit.Busy(limit.round(), 8, kNow, {});
  for (int i = 0; i < 100; ++i) limit.Fine(3);
  EXPECT_EQ(limit.limit(), 4);
}

TEST(LoadLimit, FewThatAreTooManyAreHalved) {
  LoadLimit limit;
  limit.Busy(limit.round(), 80, kNow, {});
  limit.Busy(limit.round(), 6, kNow, {});
  EXPECT_EQ(limit.limit(), 3);
}

TEST(LoadLimit, ItIsForgottenWhereItAllowsMoreThanAnybodyHas) {
  LoadLimit limit;
  limit.Busy(limit.round(), 2'046, kNow, {});
  EXPECT_EQ(limit.limit(), 1'023);
  for (size_t i = 0; i < 3'000; ++i) limit.Fine(2'000);
  EXPECT_EQ(limit.limit(), LoadLimit::kNone);
}

TEST(LoadLimit, ServiceThatWantsToBeLeftAloneIs) {
  LoadLimit limit;
  const uint64_t round = limit.round();
  limit.Busy(round, 8, kNow, Millis(3'000));
  limit.Busy(round, 8, kNow, Millis(5'000));
  limit.Busy(round, 8, kNow, Millis(1'000));
  EXPECT_EQ(limit.limit(), 4);
  EXPECT_FALSE(limit.Admits(0, kNow + Millis(4'999)));
  EXPECT_TRUE(limit.Admits(0, kNow + Millis(5'000)));
}

TEST(LoadLimit, NobodyIsLeftAloneForLong) {
  LoadLimit limit;
  limit.Busy(limit.round(), 8, kNow, std::chrono::hours(24 * 365));
  EXPECT_FALSE(limit.Admits(0, kNow + LoadLimit::kPauseMax - Millis(1)));
  EXPECT_TRUE(limit.Admits(0, kNow + LoadLimit::kPauseMax));
}

}  // namespace
}  // namespace lakeferry
