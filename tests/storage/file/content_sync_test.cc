#include "storage/file/content_sync.h"

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

class ContentSyncsTest : public testing::Test {
 protected:
  std::vector<int> Sync(size_t files) {
    std::vector<int> fds(files);
    for (size_t i = 0; i < files; ++i) fds[i] = static_cast<int>(i) + 100;
    by_file_.clear();
    together_ = 0;
    return syncs_.Sync(fds);
  }

  std::vector<int> by_file_;
  int together_ = 0;
  int lost_ = -1;    // a file whose bytes did not arrive
  int failure_ = 0;  // of the file system
  Millis takes_{1};
  Millis now_{0};
  ContentSyncs syncs_{{.file =
                           [this](int fd) {
                             by_file_.push_back(fd);
                             return fd == lost_ ? EIO : 0;
                           },
                       .file_system =
                           [this](int) {
                             ++together_;
                             now_ += takes_;
                             return failure_;
                           },
                       .now = [this] { return now_; }}};
};

TEST_F(ContentSyncsTest, FewGoOneByOneAndManyTogether) {
  EXPECT_THAT(Sync(ContentSyncs::kMany - 1), Each(0));
  EXPECT_THAT(by_file_, SizeIs(ContentSyncs::kMany - 1));
  EXPECT_EQ(together_, 0);
  EXPECT_THAT(Sync(ContentSyncs::kMany), AllOf(SizeIs(ContentSyncs::kMany), Each(0)));
  EXPECT_THAT(by_file_, IsEmpty());
  EXPECT_EQ(together_, 1);
}

TEST_F(ContentSyncsTest, OneThatFailedSaysSoOfItself) {
  lost_ = 101;
  EXPECT_THAT(Sync(3), ElementsAre(0, EIO, 0));
}

TEST_F(ContentSyncsTest, WhereTheFileSystemFailsEachIsAsked) {
  failure_ = EIO;
  lost_ = 100;
  const std::vector<int> errors = Sync(ContentSyncs::kMany);
  EXPECT_THAT(by_file_, SizeIs(ContentSyncs::kMany));
  EXPECT_EQ(errors[0], EIO);
  EXPECT_EQ(errors[1], 0);
}

TEST_F(ContentSyncsTest, WhereOthersWriteMuchTheNextBatchesGoFileByFile) {
  takes_ = ContentSyncs::kTooLong + Millis(1);
  EXPECT_THAT(Sync(20), Each(0));
  EXPECT_EQ(together_, 1);
  takes_ = Millis(1);
  for (int i = 0; i < ContentSyncs::kBatchesByFile; ++i) {
    EXPECT_THAT(Sync(20), Each(0));
    EXPECT_EQ(together_, 0);
    EXPECT_THAT(by_file_, SizeIs(20));
  }
  EXPECT_THAT(Sync(20), Each(0));
  EXPECT_EQ(together_, 1);
}

}  // namespace
}  // namespace lakeferry
