#include "storage/cloud/key_space.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lakeferry {
namespace {

using testing::ElementsAre;

TEST(KeySpaceTest, NamesBelowThePrefixAreKeysAndBack) {
  const KeySpace keys("s3://b/p/q", "p/q");
  const ObjectPath path = ObjectPath::Of("t/a b");
  EXPECT_EQ(keys.KeyOf(path), "p/q/t/a b");
  EXPECT_EQ(keys.PathOf("p/q/t/a b"), path);
  EXPECT_EQ(keys.FolderKeyOf(ObjectPath::Of("t")), "p/q/t/");
  EXPECT_EQ(keys.FolderKeyOf({}), "p/q/");
  EXPECT_EQ(keys.Where(path), "s3://b/p/q/t/a b");
  EXPECT_EQ(KeySpace("s3://b", "").KeyOf(path), "t/a b");
  EXPECT_EQ(KeySpace("s3://b", "").FolderKeyOf({}), "");
}

TEST(KeySpaceTest, WhatIsNoNameBelowTheRootIsPassedOver) {
  const KeySpace keys("s3://b/p", "p");
  for (const auto* key : {"", "p", "p/", "q/a", "pq/a", "p/a/", "p//a", "p/../a", "p/a\n"}) {
    EXPECT_EQ(keys.PathOf(key), std::nullopt) << key;
  }
}

TEST(KeySpaceTest, RootAndKeysThatAreTooLongAreNoObjects) {
  const KeySpace keys("s3://b/p", "p");
  EXPECT_EQ(keys.CheckName({}, "S3").error().code, ErrorCode::kInvalidArgument);
  EXPECT_TRUE(keys.CheckName(ObjectPath::Of(std::string(1022, 'a')), "S3"));
  EXPECT_EQ(keys.CheckName(ObjectPath::Of(std::string(1023, 'a')), "S3").error().code, ErrorCode::kInvalidArgument);
}

struct Listed {
  std::string key;
};

TEST(KeySpaceTest, PageIsSortedByNameAndBeginsBehindTheOneAskedFor) {
  const KeySpace keys("s3://b/p", "p");
  const auto info_of = [](ObjectPath path, const Listed&) {
    return ObjectInfo{.path = std::move(path), .modified = FromEpochMs(0)};
  };
  const ListRequest request{.folder = ObjectPath::Of("f"), .start_after = "b"};
  const ListPage page = keys.PageOf<Listed>(request, {{"p/f/d"}, {"p/f/"}, {"p/f/c"}, {"p/f/b"}, {"p/f/a"}},
                                            {"p/f/c-x/", "p/f/c/", "p/f/a/"}, info_of);
  std::vector<std::string> objects;
  for (const ObjectInfo& info : page.listing.objects) objects.push_back(info.path.text());
  EXPECT_THAT(objects, ElementsAre("f/c", "f/d"));
  EXPECT_THAT(page.listing.folders, ElementsAre(ObjectPath::Of("f/c"), ObjectPath::Of("f/c-x")));
}

TEST(KeySpaceTest, PlacesLeadFromTheRootToTheBucket) {
  const auto places = PlacesOf({Location::Parse("s3a://b/p/q").value(), Location::Parse("s3://b").value()});
  EXPECT_THAT(places[0].value().root_first, ElementsAre("s3://b/p/q", "s3://b/p", "s3://b"));
  EXPECT_THAT(places[1].value().root_first, ElementsAre("s3://b"));
}

}  // namespace
}  // namespace lakeferry
