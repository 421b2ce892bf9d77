#include "base/object_path.h"

#include <gtest/gtest.h>

namespace lakeferry {
namespace {

TEST(ObjectPath, TakesNamesAsTheyAre) {
  for (const auto* text :
       {"a", "a/b/c", "_delta_log/00000000000000000000.json", "x=%41/..b", "a b", "back\\slash", "..."}) {
    EXPECT_EQ(ObjectPath::Make(text).value().text(), text);
  }
}

TEST(ObjectPath, RefusesWhatCouldLeaveTheRootOrNameNothing) {
  for (const std::string text : {"/a", "a/", "a//b", ".", "..", "a/../b", "a/./b", "../a", "a/..", "a\nb", "a\x7f"}) {
    const auto path = ObjectPath::Make(text);
    ASSERT_FALSE(path.has_value()) << text;
    EXPECT_EQ(path.error().code, ErrorCode::kInvalidArgument);
  }
  EXPECT_FALSE(ObjectPath::Make(std::string_view("a\0b", 3)).has_value());
}

TEST(ObjectPath, HasAtMost1024Bytes) {
  EXPECT_TRUE(ObjectPath::Make(std::string(1024, 'a')).has_value());
  EXPECT_FALSE(ObjectPath::Make(std::string(1025, 'a')).has_value());
}

TEST(ObjectPath, NameAndParentSplitAtTheLastSlash) {
  EXPECT_EQ(ObjectPath::Of("a/b/c").name(), "c");
  EXPECT_EQ(ObjectPath::Of("a/b/c").parent().text(), "a/b");
  EXPECT_EQ(ObjectPath::Of("c").name(), "c");
  EXPECT_TRUE(ObjectPath::Of("c").parent().empty());
}

TEST(ObjectPath, JoiningWithTheRootChangesNothing) {
  EXPECT_EQ((ObjectPath() / "a").text(), "a");
  EXPECT_EQ((ObjectPath::Of("a") / ObjectPath()).text(), "a");
  EXPECT_EQ((ObjectPath::Of("a") / "b/c").text(), "a/b/c");
}

TEST(ObjectPath, IsBelowGoesByWholeSegments) {
  EXPECT_TRUE(ObjectPath::Of("a/b").IsBelow(ObjectPath::Of("a")));
  EXPECT_TRUE(ObjectPath::Of("a").IsBelow(ObjectPath::Of("a")));
  EXPECT_TRUE(ObjectPath::Of("a").IsBelow(ObjectPath()));
  EXPECT_FALSE(ObjectPath::Of("ab").IsBelow(ObjectPath::Of("a")));
  EXPECT_FALSE(ObjectPath::Of("a").IsBelow(ObjectPath::Of("a/b")));
}

TEST(EncodeSegment, IsOneSegmentThatDiffersForDifferentTexts) {
  EXPECT_EQ(EncodeSegment("raw.bronze-1_x"), "raw.bronze-1_x");
  EXPECT_EQ(EncodeSegment("a/b"), "a%2Fb");
  EXPECT_EQ(EncodeSegment("a%2Fb"), "a%252Fb");
  EXPECT_EQ(EncodeSegment("..\xC3\xA9"), "%2E.%C3%A9");
}

}  // namespace
}  // namespace lakeferry
