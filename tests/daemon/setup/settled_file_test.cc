#include "daemon/setup/settled_file.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "daemon/setup/next_steps.h"
#include "tests/support/temp_folder.h"

namespace lakeferry::setup {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Change = SettledFile::Change;

constexpr char kMark[] = "# ours";

std::string Read(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

mode_t ModeOf(const std::string& path) {
  struct stat stat{};
  return ::stat(path.c_str(), &stat) == 0 ? stat.st_mode & 07777U : 0;
}

TEST(SettledFile, IsCreatedThenUnchangedThenChanged) {
  const TempFolder folder;
  const std::string path = folder / "a/b.conf";
  const auto settle = [&](const std::string& text) {
    Result<SettledFile> file = Compare(path, text, kMark);
    EXPECT_TRUE(file && Write(*file, 0640));
    return *file;
  };
  const SettledFile first = settle("# ours\nA=1\nB=2\n");
  EXPECT_EQ(first.change, Change::kCreated);
  EXPECT_THAT(first.added, ElementsAre("A=1", "B=2"));
  EXPECT_EQ(ModeOf(path), mode_t{0640});
  EXPECT_EQ(settle("# ours\nA=1\nB=2\n").change, Change::kUnchanged);
  const SettledFile third = settle("# ours, again\nA=1\nC=3\n");
  EXPECT_EQ(third.change, Change::kChanged);
  EXPECT_THAT(third.removed, ElementsAre("B=2"));
  EXPECT_THAT(third.added, ElementsAre("C=3"));
  EXPECT_EQ(Read(path), "# ours, again\nA=1\nC=3\n");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder / "a"), {}), 1) << "a file was left beside it";
}

TEST(SettledFile, AnothersFileIsLeftAlone) {
  const TempFolder folder;
  for (const char* text : {"[Service]\n", ""}) {
    std::ofstream(folder / "a.conf") << text;
    const Result<SettledFile> file = Compare(folder / "a.conf", "# ours\n", kMark);
    ASSERT_FALSE(file);
    EXPECT_EQ(file.error().code, ErrorCode::kRefused);
    EXPECT_EQ(file.error().where.text(), folder / "a.conf");
  }
}

TEST(SettledFile, WhatCameIntoBeingMeanwhileIsLeftAlone) {
  const TempFolder folder;
  const Result<SettledFile> file = Compare(folder / "a.conf", "# ours\n", kMark);
  ASSERT_TRUE(file);
  std::ofstream(folder / "a.conf") << "mine";
  const Status written = Write(*file, 0644);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::kRefused);
  EXPECT_EQ(Read(folder / "a.conf"), "mine");
}

TEST(SettledFile, WhatCannotBeLookedAtOrWrittenIsAnError) {
  const TempFolder folder;
  const Result<SettledFile> unseen = Compare(folder / std::string(300, 'a'), "# ours\n", kMark);
  ASSERT_FALSE(unseen);
  EXPECT_EQ(unseen.error().code, ErrorCode::kInvalidArgument);
  const Result<SettledFile> file = Compare(folder / std::string(254, 'a'), "# ours\n", kMark);
  ASSERT_TRUE(file) << "the name itself is short enough";
  EXPECT_FALSE(Write(*file, 0644)) << "that of the file beside it is not";
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(SettledFile, AFolderThatCannotBeMadeIsNamed) {
  const TempFolder folder;
  std::ofstream(folder / "in_the_way") << "a";
  const SettledFile file{.path = folder / "in_the_way/x/a.conf", .text = "a", .change = Change::kCreated};
  const Status written = Write(file, 0644);
  ASSERT_FALSE(written);
  EXPECT_THAT(written.error().where.text(), HasSubstr("in_the_way"));
}

TEST(NextSteps, WhatIsThereIsNotAskedFor) {
  const TempFolder folder;
  const ServiceNeeds needs{
      .role = Role::kReceiver, .writes = {folder.path(), folder / "it's"}, .credentials = {"no_such"}};
  const auto steps = StepsAfterDropIns({needs}, {{.change = Change::kCreated}}, " --config /c");
  EXPECT_THAT(steps, ElementsAre("install -d -o lakeferry -g lakeferry -m 2750 '" + folder.path() + "/it'\\''s'",
                                 HasSubstr("install -m 600 /dev/stdin /etc/lakeferry/credentials/no_such"),
                                 "systemctl daemon-reload", "runuser -u lakeferry -- lakeferry check --config /c",
                                 "systemctl enable --now lakeferry-receiver"));
}

TEST(NextSteps, AChangedDropInAsksForARestartAndOneThatIsNotForNoReload) {
  const ServiceNeeds needs{.role = Role::kSender};
  EXPECT_THAT(StepsAfterDropIns({needs}, {{.change = Change::kChanged}}, ""),
              Contains("systemctl restart lakeferry-sender"));
  EXPECT_THAT(StepsAfterDropIns({needs}, {{.change = Change::kUnchanged}}, ""),
              ElementsAre("runuser -u lakeferry -- lakeferry check", "systemctl enable --now lakeferry-sender"));
}

TEST(ShellWord, IsQuotedWhereItHasToBe) {
  EXPECT_EQ(ShellWord("/srv/a-b_c.d"), "/srv/a-b_c.d");
  EXPECT_EQ(ShellWord("/srv/a b"), "'/srv/a b'");
  EXPECT_EQ(ShellWord("/srv/$(x)'"), "'/srv/$(x)'\\'''");
  EXPECT_EQ(ShellWord(""), "''");
}

}  // namespace
}  // namespace lakeferry::setup
