#include "storage/file/file_store.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/thread_pool.hpp>
#include <filesystem>
#include <fstream>
#include <limits>
#include <tuple>

#include "env/store_calls.h"
#include "tests/support/buffer_of.h"
#include "tests/support/run_task.h"
#include "tests/support/temp_folder.h"

namespace lakeferry {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class FileStoreTest : public testing::TestWithParam<FileTreeOptions> {
 protected:
  ~FileStoreTest() override { pool_.join(); }
  static ObjectPath Path(std::string_view text) { return ObjectPath::Of(text); }
  std::string Full(std::string_view name) const { return root_ + "/" + std::string(name); }
  void Plant(const std::string& name, std::string_view bytes) const {
    fs::create_directories(fs::path(Full(name)).parent_path());
    std::ofstream(Full(name)) << bytes;
  }
  Result<CopyOutcome> Place(ObjectStore& from, std::string_view from_path, std::string_view path) {
    const auto reader = RunTask(from.Open({}, Path(from_path))).value();
    return RunTask(store_.CopyIfAbsent({}, reader->address(), Path(path)));
  }
  Listing List(std::string_view folder) { return RunTask(ListAll({}, store_, Path(folder))).value(); }
  // Every name in the root folder, hidden ones too.
  std::vector<std::string> NamesOnDisk() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(root_)) names.push_back(entry.path().filename());
    return names;
  }

  TempFolder folder_;
  const std::string root_ = folder_ / "root";
  boost::asio::thread_pool pool_{2};
  FileStore store_{"file://" + root_, root_, pool_.get_executor(), GetParam()};
};

INSTANTIATE_TEST_SUITE_P(Ways, FileStoreTest,
                         testing::Values(FileTreeOptions{}, FileTreeOptions{.unnamed_files = false},
                                         FileTreeOptions{.resolution = Resolution::kWalk}));

TEST_P(FileStoreTest, ALinkThatLeavesTheRootIsNotFollowed) {
  fs::create_directories(root_);
  std::ofstream(folder_ / "secret") << "secret";
  fs::create_symlink(folder_ / "secret", Full("absolute"));
  fs::create_symlink("../secret", Full("relative"));
  fs::create_directory_symlink(folder_.path(), Full("up"));
  EXPECT_TRUE(List("").objects.empty());
  EXPECT_TRUE(List("").folders.empty());
  for (const auto* name : {"absolute", "relative", "up/secret"}) {
    EXPECT_FALSE(RunTask(store_.Get({}, Path(name), 100)).has_value()) << name;
    EXPECT_FALSE(RunTask(store_.Head({}, Path(name))).has_value()) << name;
  }
  EXPECT_FALSE(RunTask(store_.PutIfAbsent({}, Path("up/new"), "x")).has_value());
  EXPECT_FALSE(RunTask(store_.Put({}, Path("up/secret"), "x")).has_value());
  EXPECT_FALSE(fs::exists(folder_ / "new"));
  EXPECT_EQ(fs::file_size(folder_ / "secret"), 6U);
}

TEST_P(FileStoreTest, PutReplacesALinkAndNotWhatItLeadsTo) {
  fs::create_directories(root_);
  std::ofstream(folder_ / "outside") << "outside";
  fs::create_symlink(folder_ / "outside", Full("hint"));
  ASSERT_TRUE(RunTask(store_.Put({}, Path("hint"), "new")).has_value());
  EXPECT_EQ(fs::file_size(folder_ / "outside"), 7U);
  EXPECT_EQ(RunTask(store_.Get({}, Path("hint"), 10)).value(), "new");
}

TEST_P(FileStoreTest, OtherPeoplesFilesAreListedButSpecialOnesAreNot) {
  Plant("f/file", "12345");
  ASSERT_EQ(::mkfifo(Full("f/pipe").c_str(), 0600), 0);
  fs::create_symlink("nowhere", Full("f/dangling"));
  fs::create_directories(Full("f/empty/inner"));
  Plant("f/odd\nname", "x");
  const Listing listing = List("f");
  ASSERT_EQ(listing.objects.size(), 1U);
  EXPECT_EQ(listing.objects[0].path.text(), "f/file");
  EXPECT_TRUE(listing.folders.empty());
  EXPECT_EQ(RunTask(store_.Get({}, Path("f/pipe"), 10)).error().code, ErrorCode::kNotFound);
}

TEST_P(FileStoreTest, ModifiedIsTheFloorOfTheFilesTime) {
  Plant("a", "x");
  const timespec times[2] = {{.tv_sec = 1'700'000'000, .tv_nsec = 123'999'999},
                             {.tv_sec = 1'700'000'000, .tv_nsec = 123'999'999}};
  ASSERT_EQ(::utimensat(AT_FDCWD, Full("a").c_str(), times, 0), 0);
  EXPECT_EQ(RunTask(store_.Head({}, Path("a"))).value().modified, FromEpochMs(1'700'000'000'123));
}

TEST_P(FileStoreTest, FileHasItsTimeToTheMillisecondAndOfNoEarlierMoment) {
  const std::string bytes = "content";
  const auto writer = RunTask(store_.Begin({}, Path("f/a"), {})).value();
  ASSERT_TRUE(RunTask(writer->Write({}, 0, BufferOf(bytes))));
  ASSERT_TRUE(RunTask(writer->SetModified({}, FromEpochMs(-1))).value());
  ASSERT_EQ(RunTask(writer->CommitIfAbsent({}, 7, {})).value(), PutOutcome::kCreated);
  struct stat stat{};
  ASSERT_EQ(::stat(Full("f/a").c_str(), &stat), 0);
  EXPECT_EQ(stat.st_mtim.tv_sec, -1);
  EXPECT_EQ(stat.st_mtim.tv_nsec, 999'000'000);
  EXPECT_GT(stat.st_atim.tv_sec, 1'700'000'000) << "the time of access is its own";
}

// What a manifest says is a number of 64 bits; the file system has the last word on which it can hold.
TEST_P(FileStoreTest, TimesBeyondWhatAFileSystemHoldsDoNoHarm) {
  for (const int64_t time : {std::numeric_limits<int64_t>::min(), std::numeric_limits<int64_t>::max()}) {
    const auto writer = RunTask(store_.Begin({}, Path("f/" + std::to_string(time)), {})).value();
    std::ignore = RunTask(writer->SetModified({}, FromEpochMs(time)));
    EXPECT_EQ(RunTask(writer->CommitIfAbsent({}, 0, {})).value(), PutOutcome::kCreated);
  }
  EXPECT_EQ(List("f").objects.size(), 2U);
}

TEST_P(FileStoreTest, UnfinishedFilesAreHiddenAndTheirNamesAreTaken) {
  Plant("f/.lakeferry-0123.tmp", "half");
  Plant("f/.hidden", "shown");
  const Listing listing = List("f");
  ASSERT_EQ(listing.objects.size(), 1U);
  EXPECT_EQ(listing.objects[0].path.text(), "f/.hidden");
  const ObjectPath reserved = Path("f/.lakeferry-0123.tmp");
  EXPECT_EQ(RunTask(store_.PutIfAbsent({}, reserved, "x")).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(RunTask(store_.Get({}, reserved, 10)).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(RunTask(DeleteOne({}, store_, reserved)).error().code, ErrorCode::kInvalidArgument);
}

TEST_P(FileStoreTest, NothingIsLeftOfCommittedReplacedOrAbandonedFiles) {
  ASSERT_TRUE(RunTask(store_.PutIfAbsent({}, Path("a"), "1")).has_value());
  ASSERT_TRUE(RunTask(store_.PutIfAbsent({}, Path("a"), "2")).has_value());
  ASSERT_TRUE(RunTask(store_.Put({}, Path("a"), "3")).has_value());
  {
    const auto abandoned = RunTask(store_.Begin({}, Path("b"), {})).value();
  }
  pool_.join();  // the abandoned file is removed on the pool
  EXPECT_THAT(NamesOnDisk(), testing::ElementsAre("a"));
}

TEST_P(FileStoreTest, ANameThatIsTooLongIsInvalid) {
  const auto outcome = RunTask(store_.PutIfAbsent({}, Path(std::string(256, 'n')), "x"));
  ASSERT_FALSE(outcome.has_value());
  EXPECT_EQ(outcome.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(outcome.error().where.text(), HasSubstr(root_));
}

TEST_P(FileStoreTest, AFileInTheWayOfAFolderAndTheReverseAreInvalid) {
  Plant("file", "x");
  Plant("folder/x", "x");
  EXPECT_EQ(RunTask(store_.PutIfAbsent({}, Path("file/below"), "x")).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(RunTask(store_.PutIfAbsent({}, Path("folder"), "x")).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(RunTask(store_.Put({}, Path("folder"), "x")).error().code, ErrorCode::kInvalidArgument);
}

TEST_P(FileStoreTest, AFileChangedInPlaceDuringAReadIsCorruptData) {
  Plant("a", std::string(1'000, 'o'));
  const auto reader = RunTask(store_.Open({}, Path("a"))).value();
  std::string buffer(500, '?');
  ASSERT_TRUE(RunTask(reader->Read({}, 0, buffer)).has_value());
  std::ofstream(Full("a"), std::ios::in | std::ios::out) << std::string(1'000, 'n');
  fs::last_write_time(Full("a"), fs::last_write_time(Full("a")) + std::chrono::seconds(1));
  EXPECT_EQ(RunTask(reader->Read({}, 500, buffer)).error().code, ErrorCode::kCorruptData);
}

TEST_P(FileStoreTest, AFileCutShortDuringAReadIsCorruptData) {
  Plant("a", std::string(1'000, 'o'));
  const auto reader = RunTask(store_.Open({}, Path("a"))).value();
  fs::resize_file(Full("a"), 10);
  std::string buffer(500, '?');
  EXPECT_EQ(RunTask(reader->Read({}, 0, buffer)).error().code, ErrorCode::kCorruptData);
}

TEST_P(FileStoreTest, AFileChangedInPlaceBetweenReadsAtPlacesIsCorruptData) {
  Plant("a", std::string(1'000, 'o'));
  const auto file = RunTask(store_.Open({}, Path("a"))).value();
  std::string buffer(500, '?');
  ASSERT_TRUE(file->local()->ReadAt(0, buffer).has_value());
  std::ofstream(Full("a"), std::ios::in | std::ios::out) << std::string(1'000, 'n');
  fs::last_write_time(Full("a"), fs::last_write_time(Full("a")) + std::chrono::seconds(1));
  EXPECT_EQ(file->local()->ReadAt(500, buffer).error().code, ErrorCode::kCorruptData);
  fs::resize_file(Full("a"), 10);
  EXPECT_EQ(file->local()->ReadAt(500, buffer).error().code, ErrorCode::kCorruptData);
}

TEST_P(FileStoreTest, ReadsAtPlacesGoOnWhileTheFileIsPlacedElsewhereOrDeleted) {
  Plant("staged", std::string(1'000, 's'));
  fs::last_write_time(Full("staged"), fs::last_write_time(Full("staged")) - std::chrono::hours(1));
  const auto file = RunTask(store_.Open({}, Path("staged"))).value();
  ASSERT_EQ(Place(store_, "staged", "t/1").value(), CopyOutcome::kCreated);
  std::string buffer(1'000, '?');
  EXPECT_EQ(file->local()->ReadAt(0, buffer).value(), 1'000U);
  ASSERT_TRUE(RunTask(DeleteOne({}, store_, Path("staged"))).has_value());
  EXPECT_EQ(file->local()->ReadAt(0, buffer).value(), 1'000U);
}

TEST_P(FileStoreTest, AReadGoesOnWhileTheFileIsPlacedElsewhere) {
  Plant("staged", std::string(1'000, 's'));
  fs::last_write_time(Full("staged"), fs::last_write_time(Full("staged")) - std::chrono::hours(1));
  const auto reader = RunTask(store_.Open({}, Path("staged"))).value();
  ASSERT_EQ(Place(store_, "staged", "t/1").value(), CopyOutcome::kCreated);
  std::string buffer(1'000, '?');
  EXPECT_EQ(RunTask(reader->Read({}, 0, buffer)).value(), 1'000U);
}

TEST_P(FileStoreTest, PlaceFromLinksAndMovesNoBytes) {
  Plant("staged", "content");
  ASSERT_EQ(Place(store_, "staged", "t/1").value(), CopyOutcome::kCreated);
  EXPECT_EQ(fs::hard_link_count(Full("t/1")), 2U);
}

TEST_P(FileStoreTest, PlaceFromAnotherFileSystemIsNotPossibleAndDoesNothing) {
  const TempFolder elsewhere("/dev/shm");
  FileStore other("file://" + elsewhere.path(), elsewhere.path(), pool_.get_executor());
  ASSERT_TRUE(RunTask(other.PutIfAbsent({}, Path("s"), "x")).has_value());
  const auto before = RunTask(other.Head({}, Path("s"))).value();
  EXPECT_EQ(Place(other, "s", "t").value(), CopyOutcome::kNotPossible);
  EXPECT_EQ(RunTask(store_.Head({}, Path("t"))).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(RunTask(other.Head({}, Path("s"))).value(), before);
}

TEST_P(FileStoreTest, TheRootIsMadeWithItsParentsAtTheFirstWrite) {
  FileStore deep("file:///x", folder_ / "new/deep/root", pool_.get_executor(), GetParam());
  EXPECT_TRUE(RunTask(ListAll({}, deep, ObjectPath())).value().objects.empty());
  EXPECT_FALSE(fs::exists(folder_ / "new"));
  ASSERT_TRUE(RunTask(deep.PutIfAbsent({}, Path("a/b"), "x")).has_value());
  EXPECT_TRUE(fs::exists(folder_ / "new/deep/root/a/b"));
}

TEST_P(FileStoreTest, AFolderRemovedBySomebodyIsMadeAgain) {
  ASSERT_TRUE(RunTask(store_.PutIfAbsent({}, Path("f/g/a"), "x")).has_value());
  fs::remove_all(Full("f"));
  ASSERT_TRUE(RunTask(store_.PutIfAbsent({}, Path("f/g/a"), "x")).has_value());
  EXPECT_EQ(RunTask(store_.Get({}, Path("f/g/a"), 10)).value(), "x");
}

TEST_P(FileStoreTest, ALinkThatStaysBeneathTheRootIsReadThroughWhereTheKernelCanTell) {
  Plant("data/real", "12345");
  fs::create_symlink("real", Full("data/link"));
  fs::create_directory_symlink("data", Full("alias"));
  const bool followed = GetParam().resolution == Resolution::kKernel;
  EXPECT_EQ(RunTask(store_.Get({}, Path("alias/link"), 10)).has_value(), followed);
  EXPECT_EQ(List("data").objects.size(), followed ? 2U : 1U);
  EXPECT_EQ(List("data").links.size(), followed ? 0U : 1U);
}

TEST_P(FileStoreTest, ARootThatIsALinkIsTheOperatorsChoice) {
  fs::create_directories(folder_ / "real");
  fs::create_directory_symlink("real", root_);
  ASSERT_TRUE(RunTask(store_.PutIfAbsent({}, Path("f/a"), "x")).has_value());
  EXPECT_EQ(List("f").objects.size(), 1U);
  EXPECT_TRUE(RunTask(DeleteOne({}, store_, Path("f/a"))).has_value());
}

}  // namespace
}  // namespace lakeferry
