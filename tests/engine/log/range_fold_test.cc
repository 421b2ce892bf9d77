// Commits that name many files, folded a share of their files at a time. That this comes to the same as one net is
// tried by every case of TableChangeTest and MirrorChangeTest, and by random logs (tests/replay).
#include "engine/log/range_fold.h"

#include <fmt/format.h>

#include "engine/change/mirror_files.h"
#include "plan/change/clone_files.h"
#include "tests/engine/change/table_change_fixture.h"

namespace lakeferry::engine {
namespace {

using delta::FailedWith;
using delta::Succeeded;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr size_t kEach = 1'024 + 4 * 3;  // of a name of three letters

class RangeFoldTest : public TableChangeTest {
 protected:
  // `count` lines for names of three letters.
  template <typename Line>
  static std::vector<std::string> Lines(int count, Line line) {
    std::vector<std::string> lines;
    for (int i = 100; i < 100 + count; ++i) lines.push_back(line(std::to_string(i)));
    return lines;
  }
  std::vector<std::string> Adds(int count) {
    return Lines(count, [this](const std::string& name) { return t().Add(name); });
  }
  using TableChangeTest::Adds;
};

TEST_F(RangeFoldTest, ManyFilesWaitInScratchAndComeToTheSame) {
  Plain();
  t().Commit(Adds(200));
  t().Commit(Lines(150, [](const std::string& name) { return TestTable::Remove(name); }));
  const auto one = ReadOnce(2, delta::ReplicationMode::kClone);
  ASSERT_THAT(one, Succeeded());
  EXPECT_EQ(one->table.adds, 50);
  EXPECT_EQ(world_.scratch.opened, 0);
  world_.west.limits.folded_bytes = 20 * kEach;
  world_.west.limits.copy_buffer_bytes = 640;
  const auto shared = ReadOnce(2, delta::ReplicationMode::kClone);
  ASSERT_THAT(shared, Succeeded());
  EXPECT_GT(world_.scratch.opened, 40);
  ExpectSame(one, shared);
  EXPECT_FALSE(world_.log.Has("too many files"));
}

TEST_F(RangeFoldTest, RepeatedReadingGivesTheSameOrder) {
  Plain();
  t().Commit(Adds(200));
  world_.west.limits.folded_bytes = 20 * kEach;
  const auto once = ReadOnce(2, delta::ReplicationMode::kClone);
  const auto again = ReadOnce(2, delta::ReplicationMode::kClone);
  ASSERT_THAT(once, Succeeded());
  ASSERT_THAT(again, Succeeded());
  EXPECT_EQ(Actions(once->adds).adds, Actions(again->adds).adds);
}

// Of one file there may be any number of vectors, and no share of files is smaller than one.
TEST_F(RangeFoldTest, MoreActionsOfOneFileThanAreFoldedAtOnceMakeTheTableGoOverWhole) {
  Plain();
  for (int i = 0; i < 10; ++i) t().Commit({TestTable::Remove("f0"), t().AddAgain("f0", std::string(kVector))});
  world_.west.limits.folded_bytes = 10 * kEach;
  const auto clone = ReadOnce(2, delta::ReplicationMode::kClone);
  ASSERT_THAT(clone, Succeeded());
  EXPECT_EQ(clone->table.base_version, std::nullopt);
  EXPECT_TRUE(world_.log.Has("too many files"));
  const auto mirror = ReadOnce(2, delta::ReplicationMode::kMirror);
  ASSERT_THAT(mirror, Succeeded());
  EXPECT_EQ(mirror->table.base_version, std::nullopt);
}

TEST_F(RangeFoldTest, LongNamesCountForWhatTheyTake) {
  EXPECT_EQ(FoldedBytes("abc", std::nullopt), kEach);
  EXPECT_EQ(FoldedBytes("abc", delta::DeletionVector{.storage_type = "i", .path_or_inline_dv = "0123456789"}),
            kEach + 40);
}

TEST_F(RangeFoldTest, FileThatACommitNamesTwiceIsDamageInAShareToo) {
  Plain();
  std::vector<std::string> lines = Adds(100);
  lines.push_back(t().AddAgain("./100"));
  t().Commit(lines);
  world_.west.limits.folded_bytes = 20 * kEach;
  for (const auto mode : {delta::ReplicationMode::kClone, delta::ReplicationMode::kMirror}) {
    const auto change = ReadOnce(2, mode);
    EXPECT_THAT(change, FailedWith(ErrorCode::kCorruptLog, "adds or removes a file twice"));
    if (!change) EXPECT_THAT(change.error().where.text(), ::testing::HasSubstr(TestTable::LogName(3)));
  }
}

// A writer that tells no sizes: what the files were, only the base says.
TEST_F(RangeFoldTest, DoubtsOfEveryShareAreLookedUpAtOnce) {
  t().Create();
  t().Commit(Adds(200));
  const auto unsized = [](const std::string& name) {
    return fmt::format(R"({{"remove":{{"path":"{}","deletionTimestamp":1,"dataChange":true}}}})", name);
  };
  t().Commit(Lines(150, unsized));
  world_.west.limits.copy_buffer_bytes = 640;
  const auto one = ReadOnce(1, delta::ReplicationMode::kClone);
  ASSERT_THAT(one, Succeeded());
  EXPECT_EQ(one->table.removes, 150);
  const int opened = world_.scratch.opened;
  world_.west.limits.folded_bytes = 20 * kEach;
  const auto shared = ReadOnce(1, delta::ReplicationMode::kClone);
  ASSERT_THAT(shared, Succeeded());
  EXPECT_GT(world_.scratch.opened, opened + 40) << "removes are counted, too";
  ExpectSame(one, shared);
  for (const delta::RemoveFile& remove : Removes(*shared)) EXPECT_TRUE(remove.size) << remove.path;
}

TEST_F(RangeFoldTest, PathsThatMayBeOneFileAreInOneShare) {
  const plan::CloneFiles clone(plan::TableSpec{.name = "t", .source_uri = "file:///t", .target_uri = "mem://east/t"});
  for (const char* path : {"p=1//b%20c", "p=1/./b%20c", "file:///t/p=1/b%20c", "FILE:/t/p=1/b%20c"}) {
    EXPECT_EQ(clone.NameInClone(path), "p=1/b%20c") << path;
  }
  for (const char* path : {"p=1//b%20c", "p=1/./b c", "%70=1/b%20c"}) {
    EXPECT_EQ(MirrorObjectName(path), "p=1/b c") << path;
  }
  // What can name no object is refused elsewhere, or has come and gone.
  EXPECT_EQ(clone.NameInClone("../x"), "../x");
  EXPECT_EQ(MirrorObjectName("../x"), "../x");
  EXPECT_EQ(MirrorObjectName("a//%zz"), "a/%zz");
}

TEST_F(RangeFoldTest, ScratchThatFailsIsAnError) {
  Plain();
  t().Commit(Adds(200));
  world_.west.limits.folded_bytes = 20 * kEach;
  world_.west.limits.copy_buffer_bytes = 640;
  world_.scratch.failure = Error{.code = ErrorCode::kOutOfSpace, .message = "full", .where = {}, .remedy = {}};
  EXPECT_THAT(ReadOnce(2, delta::ReplicationMode::kClone), FailedWith(ErrorCode::kOutOfSpace, "full"));
  EXPECT_THAT(ReadOnce(2, delta::ReplicationMode::kMirror), FailedWith(ErrorCode::kOutOfSpace, "full"));
}

// Change files are named by mirrors' commits alone, and count there.
TEST_F(RangeFoldTest, ChangeFilesCountInAMirror) {
  Plain();
  t().Commit(Lines(8, [](const std::string& name) {
    return fmt::format(R"({{"cdc":{{"path":"_change_data/{}","partitionValues":{{}},"size":1,"dataChange":false}}}})",
                       name);
  }));
  world_.west.limits.changed_files_max = 7;
  const auto mirror = ReadOnce(2, delta::ReplicationMode::kMirror);
  ASSERT_THAT(mirror, Succeeded());
  EXPECT_EQ(mirror->table.base_version, std::nullopt);
  const auto clone = ReadOnce(2, delta::ReplicationMode::kClone);
  ASSERT_THAT(clone, Succeeded());
  EXPECT_EQ(clone->table.base_version, Version(2));
  EXPECT_THAT(Sent(*clone), IsEmpty());
  world_.west.limits.changed_files_max = 8;
  world_.west.limits.folded_bytes = 4 * kEach;
  world_.west.limits.copy_buffer_bytes = 640;
  ASSERT_EQ(world_.scratch.opened, 0);
  const auto shared = ReadOnce(2, delta::ReplicationMode::kMirror);
  ASSERT_THAT(shared, Succeeded());
  EXPECT_EQ(shared->table.base_version, Version(2));
  EXPECT_THAT(Sent(*shared), SizeIs(8));
  EXPECT_GT(world_.scratch.opened, 0);  // in one net they are too many
}

}  // namespace
}  // namespace lakeferry::engine
