// Whose a group's staging is, by the mark that lies there.
#include "plan/rules/owner_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lakeferry::plan {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

const OwnerMark kMark{
    .id = "5eed", .host = "west-1", .metadata_store = "/m.db", .region = "west", .since = FromEpochMs(7)};

TEST(OwnerMark, ComesBackAsItWas) {
  const Result<OwnerMark> read = ReadOwnerMark(WriteOwnerMark(kMark), "staging");
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, kMark);
}

TEST(OwnerMark, WhatIsNoneIsNamed) {
  for (const char* text : {"", "owner", R"({"id":"5eed"})", R"({"id":5,"host":"h","metadata_store":"m"})"}) {
    const Result<OwnerMark> read = ReadOwnerMark(text, "staging/orders/owner");
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code, ErrorCode::kCorruptLog) << text;
    EXPECT_EQ(read.error().where.text(), "staging/orders/owner") << text;
  }
}

TEST(OwnerRules, ItIsOwnByTheIdOrByThePlace) {
  OwnerMark own = kMark;
  own.host = "elsewhere";
  own.metadata_store = "/other.db";
  EXPECT_TRUE(IsOwn(kMark, own)) << "moved";
  for (const char* id : {"", "another"}) {
    own = kMark;
    own.id = id;
    EXPECT_TRUE(IsOwn(kMark, own)) << "lost, or an older copy";
    own.host = "west-2";
    EXPECT_FALSE(IsOwn(kMark, own));
    own.host = kMark.host;
    own.metadata_store = "/other.db";
    EXPECT_FALSE(IsOwn(kMark, own));
  }
}

TEST(OwnerRules, TwoWithoutAnIdAreNotOneOwner) {
  OwnerMark nameless = kMark;
  nameless.id.clear();
  OwnerMark own = nameless;
  own.host = "west-2";
  EXPECT_FALSE(IsOwn(nameless, own));
}

TEST(OwnerRules, RefusalsNameTheOtherAndTheWayOut) {
  const Error another = OwnedByAnother(kMark, "orders", "staging/orders/owner");
  EXPECT_EQ(another.code, ErrorCode::kRefused);
  EXPECT_THAT(another.message,
              AllOf(HasSubstr("west-1"), HasSubstr("region west"), HasSubstr("/m.db"), HasSubstr("1970")));
  EXPECT_THAT(another.remedy, HasSubstr("lakeferry sync orders --role sender --take-over"));
  const Error unreadable = UnreadableOwner("no JSON", "orders", "staging/orders/owner");
  EXPECT_EQ(unreadable.code, ErrorCode::kRefused);
  EXPECT_THAT(unreadable.remedy, HasSubstr("--take-over"));
}

}  // namespace
}  // namespace lakeferry::plan
