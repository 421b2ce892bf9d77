#include "storage/file/batch_sync.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

namespace lakeferry {
namespace {

using testing::AllOf;
using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class BatchSyncsTest : public testing::Test {
 protected:
  std::vector<int> Sync(size_t files) {
    std::vector<int> fds(files);
    for (size_t i = 0; i < files; ++i) fds[i] = static_cast<int>(i) + 100;
    one_by_one_.clear();
    together_ = 0;
    return syncs_.Sync(fds, files, fds);
  }

  std::vector<int> one_by_one_;
  int together_ = 0;
  int lost_ = -1;       // a file whose bytes did not arrive
  int failure_ = 0;     // of the file system
  int elsewhere_ = -1;  // on another device
  Millis takes_{1};
  Millis now_{0};
  BatchSyncs syncs_{{.one =
                         [this](int fd) {
                           one_by_one_.push_back(fd);
                           return fd == lost_ ? EIO : 0;
                         },
                     .file_system =
                         [this](int) {
                           ++together_;
                           now_ += takes_;
                           return failure_;
                         },
                     .device = [this](int fd) -> uint64_t { return fd == elsewhere_ ? 2 : 1; },
                     .now = [this] { return now_; }}};
};

TEST_F(BatchSyncsTest, FewGoOneByOneAndManyTogether) {
  EXPECT_THAT(Sync(BatchSyncs::kMany - 1), Each(0));
  EXPECT_THAT(one_by_one_, SizeIs(BatchSyncs::kMany - 1));
  EXPECT_EQ(together_, 0);
  EXPECT_THAT(Sync(BatchSyncs::kMany), AllOf(SizeIs(BatchSyncs::kMany), Each(0)));
  EXPECT_THAT(one_by_one_, IsEmpty());
  EXPECT_EQ(together_, 1);
}

TEST_F(BatchSyncsTest, AFolderOfManyNewNamesIsSyncedWithItsFileSystem) {
  const int folder = 7;
  EXPECT_THAT(syncs_.Sync(std::span(&folder, 1), BatchSyncs::kMany, std::span(&folder, 1)), ElementsAre(0));
  EXPECT_EQ(together_, 1);
  EXPECT_THAT(syncs_.Sync(std::span(&folder, 1), 1, std::span(&folder, 1)), ElementsAre(0));
  EXPECT_THAT(one_by_one_, ElementsAre(7));
  EXPECT_THAT(syncs_.Sync({}, BatchSyncs::kMany, {}), IsEmpty());
  EXPECT_EQ(together_, 1);
}

TEST_F(BatchSyncsTest, FilesOfTwoFileSystemsGoOneByOne) {
  elsewhere_ = 103;
  EXPECT_THAT(Sync(BatchSyncs::kMany), Each(0));
  EXPECT_EQ(together_, 0);
  EXPECT_THAT(one_by_one_, SizeIs(BatchSyncs::kMany));
}

TEST_F(BatchSyncsTest, OneThatFailedSaysSoOfItself) {
  lost_ = 101;
  EXPECT_THAT(Sync(3), ElementsAre(0, EIO, 0));
}

TEST_F(BatchSyncsTest, WhereTheFileSystemFailsEachIsAsked) {
  failure_ = EIO;
  lost_ = 100;
  const std::vector<int> errors = Sync(BatchSyncs::kMany);
  EXPECT_THAT(one_by_one_, SizeIs(BatchSyncs::kMany));
  EXPECT_EQ(errors[0], EIO);
  EXPECT_EQ(errors[1], 0);
}

TEST_F(BatchSyncsTest, WhereOthersWriteMuchTheNextBatchesGoFileByFile) {
  takes_ = BatchSyncs::kTooLong + Millis(1);
  EXPECT_THAT(Sync(20), Each(0));
  EXPECT_EQ(together_, 1);
  takes_ = Millis(1);
  for (int i = 0; i < BatchSyncs::kBatchesOneByOne; ++i) {
    EXPECT_THAT(Sync(20), Each(0));
    EXPECT_EQ(together_, 0);
    EXPECT_THAT(one_by_one_, SizeIs(20));
  }
  EXPECT_THAT(Sync(20), Each(0));
  EXPECT_EQ(together_, 1);
}

}  // namespace
}  // namespace lakeferry
