#include "daemon/output/file_list.h"

#include <algorithm>
#include <random>

namespace lakeferry {
namespace {

delta::AddFile File(std::string path) {
  delta::AddFile file;
  file.path = std::move(path);
  return file;
}

std::vector<std::string> SortedPaths(const FileList& files) {
  std::vector<std::string> paths;
  ListedFile file;
  for (const FileList::Place& place : files.Sorted()) {
    files.Read(place, file);
    paths.emplace_back(file.path);
  }
  return paths;
}

TEST(FileList, GivesBackWhatIsPrinted) {
  FileList files;
  delta::AddFile first = File("a");
  first.size = INT64_MAX;
  first.partition_values = {{"day", "2026-11-20"}, {"hour", std::nullopt}, {"place", ""}};
  first.deletion_vector =
      delta::DeletionVector{.storage_type = "i", .path_or_inline_dv = "wi5b", .size_in_bytes = 40, .cardinality = 6};
  files.Add(first, INT64_MAX);
  delta::AddFile second = File("b");
  second.size = -1;  // no writer should, but the log is not ours
  second.deletion_vector = first.deletion_vector;
  second.deletion_vector->offset = 0;
  files.Add(second, std::nullopt);
  files.Add(File(""), 0);

  const std::vector<FileList::Place> places = files.Sorted();
  ASSERT_EQ(places.size(), 3U);
  ListedFile file;
  files.Read(places[1], file);
  EXPECT_EQ(file.path, "a");
  EXPECT_EQ(file.size, INT64_MAX);
  EXPECT_EQ(file.num_records, INT64_MAX);
  const decltype(file.partition_values) values = {{"day", "2026-11-20"}, {"hour", std::nullopt}, {"place", ""}};
  EXPECT_EQ(file.partition_values, values);
  EXPECT_EQ(file.deletion_vector, first.deletion_vector);
  files.Read(places[2], file);
  EXPECT_EQ(file.path, "b");
  EXPECT_EQ(file.size, -1);
  EXPECT_EQ(file.num_records, std::nullopt);
  EXPECT_TRUE(file.partition_values.empty());
  EXPECT_EQ(file.deletion_vector, second.deletion_vector);
  files.Read(places[0], file);
  EXPECT_EQ(file.path, "");
  EXPECT_EQ(file.num_records, 0);
  EXPECT_EQ(file.deletion_vector, std::nullopt);
}

TEST(FileList, FilesKeepTheirOwnPartitionColumns) {
  FileList files;
  for (const char* column : {"x", "y", "x"}) {
    delta::AddFile file = File(std::string(column) + std::to_string(files.Sorted().size()));
    file.partition_values = {{column, column}};
    files.Add(file, 1);
  }
  ListedFile file;
  for (const FileList::Place& place : files.Sorted()) {
    files.Read(place, file);
    ASSERT_EQ(file.partition_values.size(), 1U);
    EXPECT_EQ(file.partition_values[0].first, file.path.substr(0, 1));
    EXPECT_EQ(file.partition_values[0].second, file.path.substr(0, 1));
  }
}

TEST(FileList, IsSortedByTheBytesOfThePaths) {
  std::mt19937_64 random(7);
  // Few letters, so that paths share beginnings of every length; bytes above 0x7f and zeros, and paths that end where
  // others go on.
  const std::string letters("a/\0\xc3", 4);
  for (const size_t count : {1U, 31U, 33U, 5'000U}) {
    FileList files;
    std::vector<std::string> expected;
    for (size_t i = 0; i < count; ++i) {
      std::string path = "day=1/";
      for (size_t left = random() % 24; left > 0; --left) path.push_back(letters[random() % letters.size()]);
      expected.push_back(path);
      files.Add(File(path), std::nullopt);
    }
    std::ranges::sort(expected);
    EXPECT_EQ(SortedPaths(files), expected);
  }
}

TEST(FileList, PathsThatAreAlikeForLongAreSortedAsWell) {
  FileList files;
  std::vector<std::string> expected;
  const std::string alike(std::size_t{3} << 10, 'x');
  files.Add(File("z"), 1);
  for (int i = 99; i >= 0; --i) files.Add(File(alike + std::to_string(100 + i)), 1);
  for (int i = 0; i < 100; ++i) expected.push_back(alike + std::to_string(100 + i));
  expected.emplace_back("z");
  EXPECT_EQ(SortedPaths(files), expected);
}

TEST(FileList, TakesPathsOfAnyLength) {
  FileList files;
  std::vector<std::string> expected;
  for (const size_t length : {size_t{1}, (size_t{1} << 20) - 9, size_t{1} << 20, size_t{3} << 20, size_t{2}}) {
    expected.emplace_back(length, 'p');
    files.Add(File(expected.back()), 1);
  }
  std::ranges::sort(expected);
  EXPECT_EQ(SortedPaths(files), expected);
}

}  // namespace
}  // namespace lakeferry
