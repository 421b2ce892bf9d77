// Names of a clone's files: what lies outside the table gets one below the replica's root, where it may be read at all.
#include "plan/change/clone_files.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "delta/deletion_vector.h"
#include "delta/import_name.h"
#include "tests/delta/delta_matchers.h"

namespace lakeferry::plan {
namespace {

using delta::FailedWith;
using delta::Succeeded;
using ::testing::ElementsAre;

constexpr const char* kUuid = "deletion_vector_61d16c75-6994-46b7-a15b-8b538852e50e.bin";
constexpr const char* kZ85 = "vBn[lx{q8@P<9BNH/isA";

TableSpec Spec() {
  TableSpec spec{.name = "t", .source_uri = "file:///lake/t", .target_uri = {}};
  spec.import_roots = {"file:///lake/origin", "s3://foreign/x"};
  spec.group_sources = std::make_shared<const delta::ImportRoots>(std::vector<std::string>{"file:///lake/other"});
  return spec;
}

delta::AddFile AddOf(std::string path) {
  delta::AddFile add;
  add.path = std::move(path);
  add.size = 7;
  return add;
}

delta::DeletionVector VectorAt(std::string path) {
  return {.storage_type = "p", .path_or_inline_dv = std::move(path), .offset = 1, .size_in_bytes = 4, .cardinality = 2};
}

class CloneFilesTest : public ::testing::Test {
 protected:
  std::string NameAfterSend(const std::string& path) {
    delta::AddFile add = AddOf(path);
    EXPECT_THAT(files_.Send(add), Succeeded()) << path;
    return add.path;
  }
  // The vector as the clone has it.
  delta::DeletionVector SendVector(const std::string& vector, const std::string& path = "a") {
    delta::AddFile add = AddOf(path);
    add.deletion_vector = VectorAt(vector);
    EXPECT_THAT(files_.Send(add), Succeeded()) << vector;
    return *add.deletion_vector;
  }

  // "path<origin", origin only where the object lies elsewhere than the source's root has it; sorted.
  std::vector<std::string> Sent() {
    std::ranges::sort(sent_);
    return sent_;
  }

  std::vector<std::string> sent_;
  CloneFiles files_{Spec(), 1, [this](const FileToSend& file) -> Status {
                      std::string line = file.path.text();
                      if (file.origin) line += "<" + *file.origin->root + "|" + file.origin->path.text();
                      sent_.push_back(std::move(line));
                      return {};
                    }};
};

TEST_F(CloneFilesTest, FilesOfTheTableKeepTheirNames) {
  EXPECT_EQ(NameAfterSend("day=1//a%20b"), "day=1/a%20b");
  EXPECT_EQ(NameAfterSend("file:/lake/t/b"), "b");
  EXPECT_THAT(Sent(), ElementsAre("b", "day=1/a b"));
}

TEST_F(CloneFilesTest, ForeignFileIsReadWhereItIsAndNamedByItsPath) {
  const std::string name = NameAfterSend("file:/lake/origin/day=1/a%20b");
  EXPECT_EQ(name, delta::ImportName("file:///lake/origin/day=1/a%20b")->text());
  EXPECT_THAT(Sent(), ElementsAre(name + "<file:///lake/origin|day=1/a b"));
}

TEST_F(CloneFilesTest, SourcesOfOtherTablesMayBeRead) {
  const std::string name = NameAfterSend("file:///lake/other/a");
  EXPECT_THAT(Sent(), ElementsAre(name + "<file:///lake/other|a"));
}

TEST_F(CloneFilesTest, NothingElseMayBeRead) {
  for (const char* path : {"file:///etc/shadow", "/etc/shadow", "file:///lake/origins/a", "s3://other/x/a",
                           "file:///lake/t/../secret/a"}) {
    delta::AddFile add = AddOf(path);
    EXPECT_THAT(files_.Send(add),
                FailedWith(ErrorCode::kUnsupportedTable, "below no import root: " + std::string(path)));
    add = AddOf("a");
    add.deletion_vector = VectorAt(path);
    EXPECT_THAT(files_.Send(add),
                FailedWith(ErrorCode::kUnsupportedTable, "below no import root: " + std::string(path)));
  }
  delta::AddFile log = AddOf("file:///lake/other/_delta_log/0.json");
  EXPECT_THAT(files_.Send(log), FailedWith(ErrorCode::kRefused, "another log"));
  delta::AddFile own = AddOf("file:///lake/t/_delta_log/0.json");
  EXPECT_THAT(files_.Send(own), FailedWith(ErrorCode::kRefused, "an object of its own"));
}

TEST_F(CloneFilesTest, FilesOfOneNameInTwoFoldersStayTwo) {
  const std::string one = NameAfterSend("file:///lake/origin/a/same.parquet");
  const std::string two = NameAfterSend("file:///lake/origin/b/same.parquet");
  EXPECT_NE(one, two);
  EXPECT_EQ(Sent().size(), 2U);
}

TEST_F(CloneFilesTest, FileOfTheTableNamedAsAnImportGetsAnotherName) {
  const std::string taken = delta::ImportName("file:///lake/origin/a")->text();
  const std::string own = NameAfterSend(taken);
  EXPECT_NE(own, taken);
  EXPECT_EQ(NameAfterSend("file:///lake/t/" + taken), own);
  EXPECT_EQ(NameAfterSend("file:///lake/origin/a"), taken);
  EXPECT_THAT(Sent(),
              ::testing::UnorderedElementsAre(own + "<file:///lake/t|" + taken, taken + "<file:///lake/origin|a"));
}

TEST_F(CloneFilesTest, RemoveFindsTheNameOfItsAddAndNeedsNoRoot) {
  const std::string path = "file:/lake/origin/a";
  const std::string name = NameAfterSend(path);
  const delta::DeletionVector vector = SendVector(std::string("s3://foreign/x/") + kUuid);
  TableSpec bare = Spec();
  bare.import_roots.clear();
  const CloneFiles later(bare);
  delta::RemoveFile remove{.path = "file:///lake//origin/a"};
  remove.deletion_vector = VectorAt(std::string("s3://foreign/x/") + kUuid);
  ASSERT_THAT(later.Rename(remove), Succeeded());
  EXPECT_EQ(remove.path, name);
  EXPECT_EQ(remove.deletion_vector, vector);
}

TEST_F(CloneFilesTest, VectorAloneIsSentForAFileThatIsThere) {
  delta::AddFile add = AddOf("file:/lake/origin/a");
  add.deletion_vector = delta::DeletionVector{.storage_type = "u", .path_or_inline_dv = kZ85};
  const auto there = files_.SendVector(add);
  ASSERT_THAT(there, Succeeded());
  EXPECT_EQ(there->path.text(), add.path);
  EXPECT_EQ(there->size, 7);
  EXPECT_EQ(add.deletion_vector->path_or_inline_dv, kZ85);
  EXPECT_THAT(Sent(), ElementsAre(kUuid));
}

TEST_F(CloneFilesTest, ForeignVectorBecomesOneOfTheRoot) {
  const delta::DeletionVector vector = SendVector(std::string("file:/lake/origin/ab/") + kUuid);
  const delta::DeletionVector expected{
      .storage_type = "u", .path_or_inline_dv = kZ85, .offset = 1, .size_in_bytes = 4, .cardinality = 2};
  EXPECT_EQ(vector, expected);
  EXPECT_THAT(Sent(), ElementsAre("a", std::string(kUuid) + "<file:///lake/origin|ab/" + kUuid));
}

TEST_F(CloneFilesTest, VectorFileThatManySharesGoesOverOnce) {
  const std::string shared = std::string("file:///lake/origin/") + kUuid;
  EXPECT_EQ(SendVector(shared, "a"), SendVector(std::string("/lake/origin//") + kUuid, "b"));
  const delta::DeletionVector odd = SendVector("file:///lake/origin/dv", "c");
  EXPECT_EQ(odd, SendVector("file:///lake/origin/dv", "d"));
  EXPECT_EQ(Sent().size(), 4U + 2U);
}

TEST_F(CloneFilesTest, AbsoluteVectorOfTheTableItselfStaysWhereItIs) {
  EXPECT_EQ(SendVector(std::string("file:/lake/t/") + kUuid).path_or_inline_dv, kZ85);
  EXPECT_EQ(SendVector(std::string("file:/lake/t/ab/") + kUuid).path_or_inline_dv, std::string("ab") + kZ85);
  EXPECT_THAT(Sent(), ElementsAre("a", std::string("ab/") + kUuid, kUuid));
}

TEST_F(CloneFilesTest, AbsoluteVectorOfTheTableWithAnyNameGetsOneThatEnginesKnow) {
  const delta::DeletionVector vector = SendVector("file:/lake/t/vectors/dv");
  EXPECT_EQ(vector.storage_type, "u");
  const auto object = delta::ObjectOf(vector);
  ASSERT_THAT(object, Succeeded());
  EXPECT_THAT(Sent(), ElementsAre("a", (*object)->text() + "<file:///lake/t|vectors/dv"));
}

TEST_F(CloneFilesTest, TwoVectorFilesOfOneNameAreRefused) {
  (void)SendVector(std::string("file:/lake/origin/a/") + kUuid);
  delta::AddFile add = AddOf("b");
  add.deletion_vector = VectorAt(std::string("file:/lake/origin/b/") + kUuid);
  EXPECT_THAT(files_.Send(add), FailedWith(ErrorCode::kUnsupportedTable, "two files would have one name"));
  delta::AddFile own = AddOf("c");
  own.deletion_vector = delta::DeletionVector{.storage_type = "u", .path_or_inline_dv = kZ85};
  EXPECT_THAT(files_.Send(own), FailedWith(ErrorCode::kUnsupportedTable, std::string("file:///lake/t/") + kUuid));
}

TEST(CloneFilesOfASource, ThatIsNoPlaceHasNoFileAtAll) {
  TableSpec spec = Spec();
  spec.source_uri = "file:///../lake/t";
  CloneFiles files(spec);
  delta::AddFile add = AddOf("file:///lake/origin/a");
  EXPECT_THAT(files.Send(add), FailedWith(ErrorCode::kInvalidArgument, "leaves"));
}

}  // namespace
}  // namespace lakeferry::plan
