#include "storage/cloud/probed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lakeferry {
namespace {

constexpr Probed kSafe{.refuses_second_put = true, .one_of_two_puts = true, .shows_what_it_took = true};

TEST(Probed, CommitsNeedPutsThatAreRefusedAndSeen) {
  EXPECT_TRUE(CheckSafe(kSafe, "s3://b").has_value());
  for (bool Probed::* const needed :
       {&Probed::refuses_second_put, &Probed::one_of_two_puts, &Probed::shows_what_it_took}) {
    Probed unsafe = kSafe;
    unsafe.*needed = false;
    const Status refused = CheckSafe(unsafe, "s3://b");
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, ErrorCode::kRefused);
    EXPECT_EQ(refused.error().where, "s3://b");
    EXPECT_THAT(refused.error().message, testing::HasSubstr(Describe(unsafe))) << "the reason";
  }
}

TEST(Probed, EachAnswerIsDescribed) {
  for (bool Probed::* const answer :
       {&Probed::refuses_second_put, &Probed::one_of_two_puts, &Probed::refuses_second_completion,
        &Probed::refuses_second_copy, &Probed::checks_checksums, &Probed::checks_signatures,
        &Probed::shows_what_it_took}) {
    Probed other = kSafe;
    other.*answer = !(other.*answer);
    EXPECT_NE(Describe(other), Describe(kSafe));
  }
}

}  // namespace
}  // namespace lakeferry
