// The contract of env/object_store.h: what a listing shows, page by page. One of the rooms of object_store_contract.h.
#pragma once

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "env/object_store.h"
#include "env/store_calls.h"
#include "tests/storage/store_under_test.h"
#include "tests/support/run_task.h"

namespace lakeferry {

TEST_P(ObjectStoreContract, ListOfAFolderThatDoesNotExistIsEmpty) {
  EXPECT_EQ(List("nowhere/at/all").objects.size(), 0U);
  EXPECT_EQ(List("").folders.size(), 0U);
}

TEST_P(ObjectStoreContract, ListShowsDirectChildrenAscendingByBytes) {
  for (const auto* name : {"f/b", "f/a", "f/a.b", "f/\xC3\xA9", "f/Z", "f/10", "f/9", "f/sub/deep", "g/other"})
    Create(name);
  EXPECT_THAT(Names("f"), testing::ElementsAre("f/10", "f/9", "f/Z", "f/a", "f/a.b", "f/b", "f/\xC3\xA9"));
}

TEST_P(ObjectStoreContract, ListShowsFoldersThatHaveSomethingBelowAscending) {
  for (const auto* name : {"f/z/1", "f/a!/1", "f/a/deep/er/1", "f/a/2", "f/plain"}) Create(name);
  EXPECT_THAT(Folders("f"), testing::ElementsAre("f/a", "f/a!", "f/z"));
  EXPECT_THAT(Folders(""), testing::ElementsAre("f"));
}

TEST_P(ObjectStoreContract, ListShowsNoFolderWhoseLastObjectWasDeleted) {
  Create("f/a/deep/1");
  Create("f/b/1");
  ASSERT_TRUE(RunTask(DeleteOne({}, store(), Path("f/a/deep/1"))).has_value());
  EXPECT_THAT(Folders("f"), testing::ElementsAre("f/b"));
}

TEST_P(ObjectStoreContract, ListShowsOnlyNamesGreaterThanStartAfter) {
  for (const auto* name : {"f/1", "f/2", "f/3", "f/21/x", "f/4/x", "f/10/x"}) Create(name);
  EXPECT_THAT(Names("f", "2"), testing::ElementsAre("f/3"));
  EXPECT_THAT(Names("f", "1z"), testing::ElementsAre("f/2", "f/3"));
  EXPECT_THAT(Folders("f", "2"), testing::ElementsAre("f/21", "f/4"));
}

TEST_P(ObjectStoreContract, ListShowsAllObjectsHoweverMany) {
  std::vector<std::string> expected;
  for (int i = 0; i < 2500; ++i) expected.push_back("many/" + std::to_string(100000 + i));
  for (const std::string& name : expected) ASSERT_TRUE(RunTask(store().Put({}, Path(name), "")).has_value());
  EXPECT_EQ(Names("many"), expected);
}

TEST_P(ObjectStoreContract, ListAndHeadTellTheSameSizeAndTime) {
  Create("f/a", "12345");
  const Listing listing = List("f");
  ASSERT_EQ(listing.objects.size(), 1U);
  const auto head = RunTask(store().Head({}, Path("f/a")));
  ASSERT_TRUE(head.has_value());
  EXPECT_EQ(head->modified, listing.objects[0].modified);
  EXPECT_EQ(listing.objects[0].size_bytes, 5);
  if (!listing.objects[0].etag.empty()) EXPECT_EQ(listing.objects[0].etag, head->etag);
  EXPECT_EQ(head->size_bytes, 5);
  EXPECT_EQ(head->path.text(), "f/a");
}

TEST_P(ObjectStoreContract, NamesAreBytesAsTheyAre) {
  const std::vector<std::string> names = {"n/ leading", "n/%41", "n/a b+c=d", "n/back\\slash", "n/\xF0\x9F\x8C\x8A"};
  for (const std::string& name : names) Create(name, name);
  EXPECT_EQ(Names("n"), names);
  for (const std::string& name : names) EXPECT_EQ(Bytes(name), name);
}

TEST_P(ObjectStoreContract, RecursiveListingShowsEverythingBelowOnceAndNoFolders) {
  std::vector<std::string> expected;
  for (int folder = 0; folder < 40; ++folder) {
    for (int i = 0; i < 60; ++i) expected.push_back(fmt::format("top/{}/x/{}/{:03}", folder % 7, folder, i));
  }
  for (const auto* name : {"top/00", "top/0!/z", "top/a"}) expected.emplace_back(name);
  for (const std::string& name : expected) Create(name);
  Create("topmost");
  Create("other/1");
  const Listing all = Below("top");
  std::vector<std::string> names;
  for (const ObjectInfo& info : all.objects) names.push_back(info.path.text());
  EXPECT_THAT(names, testing::UnorderedElementsAreArray(expected));
  EXPECT_TRUE(all.folders.empty());
  EXPECT_TRUE(Below("nowhere").objects.empty());
  EXPECT_EQ(Below("").objects.size(), expected.size() + 2);
}

// Whoever deletes what it was told of goes on with the next page.
TEST_P(ObjectStoreContract, RecursiveListingGoesOnWhileWhatItShowedIsDeleted) {
  for (int folder = 0; folder < 50; ++folder) {
    for (int i = 0; i < 60; ++i) Create(fmt::format("top/{:02}/{:02}/{}", folder % 9, folder, i));
  }
  ListRequest request{.folder = Path("top"), .recursive = true};
  std::set<std::string> seen;
  do {
    auto page = RunTask(store().List({}, request)).value();
    std::vector<ObjectPath> names;
    for (const ObjectInfo& info : page.listing.objects) {
      EXPECT_TRUE(seen.insert(info.path.text()).second) << info.path.text();
      names.push_back(info.path);
    }
    ASSERT_TRUE(RunTask(DeleteAll({}, store(), names, 2)).has_value());
    request.resume = page.resume;
  } while (!request.resume.empty());
  EXPECT_EQ(seen.size(), 3'000U);
}

}  // namespace lakeferry
