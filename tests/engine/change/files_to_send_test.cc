#include "engine/change/files_to_send.h"

#include <fmt/format.h>

#include "tests/engine/world.h"

namespace lakeferry::engine {
namespace {

using ::testing::ElementsAre;

class FilesToSendTest : public testing::Test {
 protected:
  FilesToSendTest() { world.west.limits.copy_buffer_bytes = 256; }

  static plan::FileToSend File(const std::string& path, std::optional<int64_t> size = 7) {
    return {.path = ObjectPath::Of(path), .size = size};
  }
  // Takes it that the source removed the files `gone`, the first of them first.
  static plan::VanishRule Removed(const std::vector<std::string>& gone) {
    auto removals = std::make_shared<plan::Removals>("mem://west/t");
    int64_t time_ms = 1'000'000;
    for (const std::string& path : gone) {
      removals->Note(Version(5), FromEpochMs(time_ms), delta::RemoveFile{.path = path, .deletion_timestamp = time_ms});
      time_ms += 1000;
    }
    return {.removals = std::move(removals), .kept = Millis(10)};
  }
  std::vector<plan::FileToSend> Read(const FilesToSend& files, size_t piece_bytes, size_t count) {
    FileReader reader(files, piece_bytes);
    std::vector<plan::FileToSend> all;
    while (true) {
      auto next = world.Run(reader.Next(count));
      EXPECT_THAT(next, Succeeded());
      if (!next || next->empty()) return all;
      EXPECT_LE(next->size(), count);
      std::ranges::move(*next, std::back_inserter(all));
    }
  }
  std::vector<std::string> Paths(const FilesToSend& files, size_t piece_bytes = 100) {
    std::vector<std::string> paths;
    for (const plan::FileToSend& file : Read(files, piece_bytes, 3)) paths.push_back(file.path.text());
    return paths;
  }

  World world;
};

TEST_F(FilesToSendTest, NoneIsNone) {
  const FilesToSend files(world.west, {});
  EXPECT_THAT(Paths(files), ElementsAre());
  EXPECT_EQ(files.files(), 0);
  EXPECT_EQ(files.forecast(), std::nullopt);
}

TEST_F(FilesToSendTest, TotalsOfDeclaredSizesStopAtTheLargestNumber) {
  FilesToSend files(world.west, {});
  for (const char* path : {"a", "b", "c"}) {
    ASSERT_THAT(files.Append(File(path, int64_t{1} << 62)), Succeeded());
  }
  EXPECT_EQ(files.bytes(), std::numeric_limits<int64_t>::max());
}

TEST_F(FilesToSendTest, ComesBackAsItWasThroughScratch) {
  FilesToSend files(world.west, {});
  const auto root = std::make_shared<const std::string>("s3://far/away");
  for (int i = 0; i < 100; ++i) {
    plan::FileToSend file = File(fmt::format("day={}/ä {}", i, std::string(static_cast<size_t>(i), 'x')), i);
    file.required = i % 2 == 0;
    if (i % 3 == 0) file.size.reset();
    if (i % 7 == 0) file.modified = FromEpochMs(i);
    if (i % 5 == 0) {
      file.origin = std::make_shared<delta::ImportedObject>(root, ObjectPath::Of(fmt::format("o/{}", i)));
    }
    ASSERT_THAT(files.Append(std::move(file)), Succeeded());
  }
  EXPECT_EQ(world.scratch.opened, 1);
  for (const size_t piece_bytes : {1, 64, 100'000}) {
    const auto read = Read(files, piece_bytes, 7);
    ASSERT_EQ(read.size(), 100U);
    for (int i = 0; i < 100; ++i) {
      const plan::FileToSend& file = read[static_cast<size_t>(i)];
      EXPECT_EQ(file.path.text(), fmt::format("day={}/ä {}", i, std::string(static_cast<size_t>(i), 'x')));
      EXPECT_EQ(file.size, i % 3 == 0 ? std::nullopt : std::optional<int64_t>(i));
      EXPECT_EQ(file.required, i % 2 == 0);
      EXPECT_EQ(file.vanishes_from, std::nullopt);
      EXPECT_EQ(file.modified, i % 7 == 0 ? std::optional(FromEpochMs(i)) : std::nullopt);
      ASSERT_EQ(file.origin != nullptr, i % 5 == 0);
      if (!file.origin) continue;
      EXPECT_EQ(*file.origin->root, "s3://far/away");
      EXPECT_EQ(file.origin->path.text(), fmt::format("o/{}", i));
    }
  }
}

TEST_F(FilesToSendTest, WhatMayVanishComesFirstNearestFirst) {
  FilesToSend files(world.west, Removed({"c", "a", "e"}));
  for (const char* path : {"a", "b", "c", "d", "e"}) {
    plan::FileToSend file = File(path);
    file.required = *path != 'c';
    ASSERT_THAT(files.Append(std::move(file)), Succeeded());
  }
  EXPECT_THAT(Paths(files), ElementsAre("c", "a", "e", "b", "d"));
  EXPECT_THAT(Paths(files, 1), ElementsAre("c", "a", "e", "b", "d"));
  EXPECT_EQ(Read(files, 1, 1)[1].vanishes_from, FromEpochMs(1'001'010));
  ASSERT_NE(files.forecast(), std::nullopt);
  EXPECT_EQ(files.forecast()->files, 2) << "the cut can do without c";
  EXPECT_EQ(files.forecast()->from, FromEpochMs(1'001'010));
  EXPECT_EQ(files.files(), 5);
  EXPECT_EQ(files.bytes(), 35);
}

TEST_F(FilesToSendTest, AllMayVanish) {
  FilesToSend files(world.west, Removed({"b", "a"}));
  for (const char* path : {"a", "b"}) ASSERT_THAT(files.Append(File(path)), Succeeded());
  EXPECT_THAT(Paths(files), ElementsAre("b", "a"));
}

TEST_F(FilesToSendTest, ClearedIsEmpty) {
  FilesToSend files(world.west, Removed({"a"}));
  ASSERT_THAT(files.Append(File("a")), Succeeded());
  files.Clear();
  ASSERT_THAT(files.Append(File("b")), Succeeded());
  EXPECT_THAT(Paths(files), ElementsAre("b"));
  EXPECT_EQ(files.files(), 1);
  EXPECT_EQ(files.bytes(), 7);
  EXPECT_EQ(files.forecast(), std::nullopt);
}

}  // namespace
}  // namespace lakeferry::engine
