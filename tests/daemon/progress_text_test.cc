#include "daemon/output/progress_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lakeferry {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr size_t kWide = 120;

TEST(ProgressText, SaysHowMuchHowFastAndHowLong) {
  ProgressText text;
  ProgressSample sample{.what = "orders: staging", .work = {.files_total = 10, .bytes_total = 4'000'000}};
  EXPECT_EQ(text.Line(sample, Millis(0), kWide), "orders: staging  [--------------------] 0%  0/10 files  0 B/4.0 MB");
  sample.work.files = 5;
  sample.work.bytes = 1'000'000;
  EXPECT_EQ(text.Line(sample, Millis(2'000), kWide),
            "orders: staging  [#####---------------] 25%  5/10 files  1.0 MB/4.0 MB  500 kB/s  6s left");
}

TEST(ProgressText, SaysAtItsEndWhatIsNotSentAgain) {
  ProgressText text;
  ProgressSample sample{.what = "a", .work = {.bytes = 5, .bytes_total = 10}};
  EXPECT_THAT(text.Line(sample, Millis(0), kWide), EndsWith("5 B/10 B"));
  sample.resumed_bytes = 3;
  EXPECT_THAT(text.Line(sample, Millis(0), kWide), EndsWith("5 B/10 B  3 B not sent again"));
}

TEST(ProgressText, TheRateIsThatOfTheLastSeconds) {
  ProgressText text;
  ProgressSample sample{.what = "a", .work = {.bytes_total = 1'000'000'000}};
  for (int second = 0; second <= 60; ++second) {
    sample.work.bytes = second < 40 ? 0 : (second - 40) * 1'000'000;
    text.Line(sample, Millis(second * 1'000), kWide);
  }
  EXPECT_THAT(text.Line(sample, Millis(60'001), kWide), HasSubstr("  1.0 MB/s  "));
}

TEST(ProgressText, FilesTellWhereBytesAreNotKnown) {
  ProgressText text;
  ProgressSample sample{.what = "a", .work = {.files = 1, .files_total = 4}};
  (void)text.Line(sample, Millis(0), kWide);
  sample.work.files = 2;
  EXPECT_EQ(text.Line(sample, Millis(1'000), kWide), "a  [##########----------] 50%  2/4 files  2s left");
}

TEST(ProgressText, WhatIsNotKnownIsNotSaid) {
  ProgressText text;
  EXPECT_EQ(text.Line({.what = "a", .work = {.files = 3, .bytes = 5}}, Millis(0), kWide), "a  3 files  5 B");
}

TEST(ProgressText, AnotherWorkBeginsAnew) {
  ProgressText text;
  (void)text.Line({.what = "a", .work = {.bytes = 5'000, .bytes_total = 10'000}}, Millis(0), kWide);
  EXPECT_THAT(text.Line({.what = "b", .work = {.bytes = 5'000, .bytes_total = 10'000}}, Millis(5'000), kWide),
              Not(HasSubstr("/s")));
  (void)text.Line({.what = "b", .work = {.bytes = 9'000, .bytes_total = 10'000}}, Millis(7'000), kWide);
  EXPECT_THAT(text.Line({.what = "b", .work = {.bytes = 10, .bytes_total = 10'000}}, Millis(9'000), kWide),
              Not(HasSubstr("/s")))
      << "an attempt anew";
}

TEST(ProgressText, StaysWithinItsWidth) {
  ProgressText text;
  const ProgressSample sample{.what = "orders: staging",
                              .work = {.files = 5, .files_total = 10, .bytes = 1, .bytes_total = 2}};
  for (size_t width = 0; width < kWide; ++width) EXPECT_LE(text.Line(sample, Millis(0), width).size(), width);
  EXPECT_THAT(text.Line(sample, Millis(0), 47), AllOf(HasSubstr("50%"), Not(EndsWith(" "))));
}

GroupRecord Group(const std::string& name, const std::string& phase, WorkProgress work) {
  GroupRecord record;
  record.group = name;
  record.phase = phase;
  record.progress = work;
  return record;
}

TEST(ProgressSample, IsOfThoseThatCopyNow) {
  auto idle = Group("a", "", {.files = 9, .files_total = 9});
  idle.resumed_bytes = 7;
  const auto cutting = Group("b", "cutting", {});
  const auto staging = Group("c", "staging", {.files = 1, .files_total = 2, .bytes = 3, .bytes_total = 4});
  auto applying = Group("d", "applying", {.files = 10, .files_total = 20, .bytes = 30, .bytes_total = 40});
  applying.resumed_bytes = 5;
  EXPECT_EQ(SampleOf({.groups = {idle, cutting}}), std::nullopt);
  const auto one = SampleOf({.groups = {idle, cutting, staging}});
  ASSERT_TRUE(one.has_value());
  EXPECT_EQ(one->what, "c: staging");
  EXPECT_EQ(one->work, staging.progress);
  const auto both = SampleOf({.groups = {idle, staging, applying}});
  ASSERT_TRUE(both.has_value());
  EXPECT_EQ(both->what, "2 groups");
  EXPECT_EQ(both->work, (WorkProgress{.files = 11, .files_total = 22, .bytes = 33, .bytes_total = 44}));
  EXPECT_EQ(both->resumed_bytes, 5);
}

}  // namespace
}  // namespace lakeferry
