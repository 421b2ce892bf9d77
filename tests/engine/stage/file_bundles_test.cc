#include "engine/stage/file_bundles.h"

#include "tests/engine/world.h"

namespace lakeferry::engine {
namespace {

using ::testing::ElementsAre;

class FileBundlesTest : public testing::Test {
 protected:
  void Add(const std::string& path, std::optional<int64_t> size, bool elsewhere = false) {
    plan::FileToSend file{.path = ObjectPath::Of(path), .size = size};
    if (elsewhere) {
      file.origin = std::make_shared<delta::ImportedObject>(std::make_shared<const std::string>("mem://west/other"),
                                                            ObjectPath::Of(path));
    }
    ASSERT_THAT(files_.Append(std::move(file)), Succeeded());
  }
  // "a b" for two that go together.
  std::vector<std::string> Bundles(size_t files_max, size_t bytes_max) {
    FileReader reader(files_, 1'000);
    FileBundles bundles(reader, files_max, bytes_max);
    std::vector<std::string> all;
    while (true) {
      const auto next = world_.Run(bundles.Next());
      EXPECT_THAT(next, Succeeded());
      if (!next || next->empty()) return all;
      std::string names;
      for (const plan::FileToSend& file : *next) names += (names.empty() ? "" : " ") + file.path.text();
      all.push_back(names);
    }
  }

  World world_;
  FilesToSend files_{world_.west, {}};
};

TEST_F(FileBundlesTest, NoneIsNone) { EXPECT_THAT(Bundles(3, 100), ElementsAre()); }

TEST_F(FileBundlesTest, SmallFilesGoTogetherUpToTheirNumber) {
  for (const char* path : {"a", "b", "c", "d", "e"}) Add(path, 1);
  EXPECT_THAT(Bundles(2, 100), ElementsAre("a b", "c d", "e"));
  EXPECT_THAT(Bundles(1, 100), ElementsAre("a", "b", "c", "d", "e"));
}

TEST_F(FileBundlesTest, AndUpToTheirBytes) {
  for (const char* path : {"a", "b", "c"}) Add(path, 40);
  EXPECT_THAT(Bundles(9, 80), ElementsAre("a b", "c"));
  EXPECT_THAT(Bundles(9, 79), ElementsAre("a", "b", "c"));
  EXPECT_THAT(Bundles(9, 10), ElementsAre("a", "b", "c"));
}

TEST_F(FileBundlesTest, WhatIsNotSmallOrNotKnownOrElsewhereGoesByItselfAndTheOrderStays) {
  Add("a", FileBundles::kSmallBytes);
  Add("large", FileBundles::kSmallBytes + 1);
  Add("b", 1);
  Add("c", 0);
  Add("vector", std::nullopt);
  Add("d", 1);
  Add("other", 1, true);
  Add("e", 1);
  Add("odd", -1);
  EXPECT_THAT(Bundles(9, 1'000'000), ElementsAre("a", "large", "b c", "vector", "d", "other", "e", "odd"));
}

}  // namespace
}  // namespace lakeferry::engine
