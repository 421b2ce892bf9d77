// Links below a store's root, as somebody may put them there: no walk enters one, and nothing is deleted, listed or
// written through one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/asio/thread_pool.hpp>
#include <filesystem>
#include <fstream>

#include "env/store_calls.h"
#include "storage/file/file_store.h"
#include "tests/support/run_task.h"
#include "tests/support/temp_folder.h"

namespace lakeferry {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// What stands at "g/data/5/link", and whether it is read through as a file.
struct LinkCase {
  std::string name;
  std::string to;
  bool is_object = false;
};

class FileLinks : public testing::TestWithParam<std::tuple<LinkCase, Resolution>> {
 protected:
  FileLinks() {
    Plant("g/data/5/own", "own");
    Plant("h/data/7/theirs", "theirs");
    fs::create_directories(folder_ / "outside");
    std::ofstream(folder_ / "outside/file") << "outside";
    fs::create_symlink(Case().to, root_ + "/g/data/5/link");
  }
  ~FileLinks() override { pool_.join(); }

  static const LinkCase& Case() { return std::get<0>(GetParam()); }
  // Without openat2 no link is read through at all.
  static bool IsObject() { return Case().is_object && std::get<1>(GetParam()) == Resolution::kKernel; }
  static ObjectPath Path(std::string_view text) { return ObjectPath::Of(text); }
  void Plant(const std::string& name, std::string_view bytes) const {
    fs::create_directories(fs::path(root_ + "/" + name).parent_path());
    std::ofstream(root_ + "/" + name) << bytes;
  }
  std::vector<std::string> Texts(const std::vector<ObjectPath>& paths) const {
    std::vector<std::string> texts;
    for (const ObjectPath& path : paths) texts.push_back(path.text());
    return texts;
  }
  void ExpectNobodyElseWasTouched() const {
    EXPECT_TRUE(fs::exists(root_ + "/h/data/7/theirs"));
    EXPECT_TRUE(fs::exists(folder_ / "outside/file"));
    EXPECT_EQ(std::distance(fs::directory_iterator(folder_ / "outside"), {}), 1);
    EXPECT_EQ(std::distance(fs::directory_iterator(root_ + "/h/data/7"), {}), 1);
  }

  TempFolder folder_;
  const std::string root_ = folder_ / "root";
  boost::asio::thread_pool pool_{2};
  FileStore store_{"file://" + root_, root_, pool_.get_executor(), {.resolution = std::get<1>(GetParam())}};
};

INSTANTIATE_TEST_SUITE_P(
    Kinds, FileLinks,
    testing::Combine(testing::Values(LinkCase{"OtherGroup", "../../../h"}, LinkCase{"Itself", "."},
                                     LinkCase{"Loop", "link"}, LinkCase{"Root", "../../.."},
                                     LinkCase{"Nowhere", "nowhere"}, LinkCase{"OutOfTheRoot", "../../../../outside"},
                                     LinkCase{"FileOutOfTheRoot", "../../../../outside/file"},
                                     LinkCase{"AbsoluteFolder", "/proc/self"}, LinkCase{"Sibling", "own", true},
                                     LinkCase{"FileOfAnother", "../../../h/data/7/theirs", true}),
                     testing::Values(Resolution::kKernel, Resolution::kWalk)),
    [](const auto& test) {
      return std::get<0>(test.param).name + (std::get<1>(test.param) == Resolution::kKernel ? "" : "ByWalk");
    });

TEST_P(FileLinks, IsListedAsWhatItIs) {
  const Listing listing = RunTask(ListAll({}, store_, Path("g/data/5"))).value();
  EXPECT_THAT(listing.folders, IsEmpty());
  EXPECT_EQ(listing.objects.size(), IsObject() ? 2U : 1U);
  EXPECT_EQ(listing.links.size(), IsObject() ? 0U : 1U);
  EXPECT_THAT(Texts(RunTask(ListAll({}, store_, Path("g/data"))).value().folders), ElementsAre("g/data/5"));
}

TEST_P(FileLinks, NothingIsListedMadeOrDeletedThroughIt) {
  const auto listed = RunTask(ListAll({}, store_, Path("g/data/5/link")));
  EXPECT_TRUE(!listed || (listed->objects.empty() && listed->folders.empty()));
  EXPECT_FALSE(RunTask(store_.PutIfAbsent({}, Path("g/data/5/link/new"), "x")).has_value());
  EXPECT_FALSE(RunTask(store_.Put({}, Path("g/data/5/link/new"), "x")).has_value());
  EXPECT_FALSE(RunTask(store_.Begin({}, Path("g/data/5/link/new"), {})).has_value());
  for (const auto* below : {"theirs", "file", "own", "data/7/theirs", "h/data/7/theirs"}) {
    std::ignore = RunTask(DeleteOne({}, store_, Path("g/data/5/link") / below));
  }
  EXPECT_TRUE(fs::exists(root_ + "/g/data/5/own"));
  ExpectNobodyElseWasTouched();
}

TEST_P(FileLinks, IsDeletedItself) {
  ASSERT_TRUE(RunTask(DeleteOne({}, store_, Path("g/data/5/link"))).has_value());
  EXPECT_FALSE(fs::is_symlink(root_ + "/g/data/5/link"));
  ExpectNobodyElseWasTouched();
}

TEST_P(FileLinks, AloneKeepsItsFolderInSight) {
  ASSERT_TRUE(RunTask(DeleteOne({}, store_, Path("g/data/5/own"))).has_value());
  EXPECT_THAT(Texts(RunTask(ListAll({}, store_, Path("g"))).value().folders), ElementsAre("g/data"));
}

class FileLinksAbove : public testing::TestWithParam<Resolution> {
 protected:
  ~FileLinksAbove() override { pool_.join(); }
  TempFolder folder_;
  boost::asio::thread_pool pool_{2};
  FileStore store_{"file://" + folder_.path(), folder_.path(), pool_.get_executor(), {.resolution = GetParam()}};
};

INSTANTIATE_TEST_SUITE_P(Ways, FileLinksAbove, testing::Values(Resolution::kKernel, Resolution::kWalk));

// An empty listing would say that nothing is there.
TEST_P(FileLinksAbove, AListingThroughALinkIsAnErrorWithItsName) {
  fs::create_directories(folder_ / "real/below");
  std::ofstream(folder_ / "real/below/file") << "x";
  fs::create_directory_symlink("real", folder_ / "alias");
  for (const auto* name : {"alias", "alias/below"}) {
    const auto listed = RunTask(ListAll({}, store_, ObjectPath::Of(name)));
    ASSERT_FALSE(listed.has_value()) << name;
    EXPECT_EQ(listed.error().code, ErrorCode::kUnauthorized);
    EXPECT_THAT(listed.error().where.text(), HasSubstr(name));
    EXPECT_THAT(listed.error().remedy, HasSubstr("link"));
  }
}

// More than a process has files: it is a folder that something may be below.
TEST_P(FileLinksAbove, FoldersNestedDeeperThanCanBeLookedThroughAreShown) {
  fs::create_directories(folder_ / "deep");
  std::string below = "d";
  for (int depth = 1; depth < 200; ++depth) below += "/d";
  fs::create_directories(folder_ / ("deep/" + below));
  EXPECT_EQ(RunTask(ListAll({}, store_, ObjectPath())).value().folders.size(), 1U);
  fs::create_directories(folder_ / "shallow/d/d/d");
  EXPECT_EQ(RunTask(ListAll({}, store_, ObjectPath())).value().folders.size(), 1U);
}

}  // namespace
}  // namespace lakeferry
