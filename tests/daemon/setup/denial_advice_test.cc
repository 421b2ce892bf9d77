// A denied right and a read-only file system: who, where, which right, and the line that mends it.
#include "daemon/setup/denial_advice.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>

#include "storage/file/errno_error.h"
#include "tests/support/child_process.h"
#include "tests/support/temp_folder.h"

namespace lakeferry::setup {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

const ProcessIdentity kByHand{.user = "ada (uid 1000)", .name = "ada", .unit = ""};
const ProcessIdentity kService{.user = "lakeferry (uid 998)", .name = "lakeferry", .unit = "lakeferry-receiver"};

MissingRight Lacking(Right right, mode_t mode) {
  return {.right = right, .path = "/srv/dr", .owner = "root", .group = "lake", .mode = mode};
}

TEST(DenialWords, AReadOnlyFileSystemOfAServiceNamesTheLineOfItsDropIn) {
  const std::vector<std::string> writes{"/srv/dr", "/srv/other"};
  const DenialCase of{.denial = Denial::kReadOnly, .path = "/srv/dr/bronze/_delta_log/1.json", .missing = {}};
  EXPECT_THAT(DenialWords(of, kService, writes),
              AllOf(HasSubstr("lakeferry (uid 998) may not write"), HasSubstr("`ReadWritePaths=-/srv/dr`"),
                    HasSubstr("systemctl edit lakeferry-receiver"), HasSubstr("lakeferry init")));
  EXPECT_THAT(DenialWords({.denial = Denial::kReadOnly, .path = "/srv", .missing = {}}, kService, writes),
              HasSubstr("`ReadWritePaths=-/srv/dr`"));
  EXPECT_THAT(DenialWords({.denial = Denial::kReadOnly, .path = "/srv/drx/a", .missing = {}}, kService, writes),
              HasSubstr("`ReadWritePaths=-/srv/drx`"));
}

TEST(DenialWords, ByHandAReadOnlyFileSystemIsToBeMounted) {
  const DenialCase of{.denial = Denial::kReadOnly, .path = "/srv/dr/a", .missing = {}};
  EXPECT_EQ(DenialWords(of, kByHand, {}), "ada (uid 1000) may not write there: mount the file system read-write");
  MissingRight read_only = Lacking(Right::kWrite, 0755);
  read_only.read_only = true;
  EXPECT_THAT(DenialWords({.denial = Denial::kNoRight, .path = "/srv/dr/a", .missing = read_only}, kByHand, {}),
              HasSubstr("mount the file system"));
}

TEST(DenialWords, AMissingRightNamesUserRightFolderAndOwner) {
  EXPECT_THAT(DenialWords({.path = "/srv/dr/a/b", .missing = Lacking(Right::kWrite, 0755)}, kService, {}),
              AllOf(HasSubstr("lakeferry (uid 998) may not write /srv/dr, which belongs to root:lake with mode 0755"),
                    HasSubstr("chown lakeferry"), Not(HasSubstr("SupplementaryGroups"))));
  EXPECT_THAT(DenialWords({.path = "/srv/dr/a/b", .missing = Lacking(Right::kEnter, 0700)}, kByHand, {}),
              HasSubstr("ada (uid 1000) may not enter /srv/dr, which"));
}

TEST(DenialWords, AGroupThatHasTheRightIsTheLineOfTheDropIn) {
  for (const auto& [right, mode] : {std::pair(Right::kWrite, mode_t{0020}), std::pair(Right::kRead, mode_t{0040}),
                                    std::pair(Right::kEnter, mode_t{0010})}) {
    const DenialCase of{.path = "/srv/dr/a", .missing = Lacking(right, mode)};
    EXPECT_THAT(DenialWords(of, kService, {}),
                AllOf(HasSubstr("`SupplementaryGroups=lake`"), HasSubstr("systemctl edit lakeferry-receiver")));
    EXPECT_THAT(DenialWords(of, kByHand, {}), HasSubstr("make it a member of the group lake"));
  }
}

TEST(DenialWords, WhatTheUnitHidesAndWhatNoModeTells) {
  EXPECT_THAT(DenialWords({.path = "/home", .missing = Lacking(Right::kEnter, 0)}, kService, {}),
              HasSubstr("does not see it (ProtectHome=)"));
  EXPECT_THAT(DenialWords({.path = "/srv/a", .missing = {}}, kService, {}),
              AllOf(HasSubstr("lakeferry (uid 998) may not do this"), HasSubstr("lsattr")));
}

TEST(ProcessIdentity, TheServiceIsThatOfTheControlGroup) {
  EXPECT_EQ(ServiceOfCgroup("0::/system.slice/lakeferry-receiver.service\n"), "lakeferry-receiver");
  EXPECT_EQ(ServiceOfCgroup("1:name=systemd:/a.service\n0::/system.slice/dr\\x2d1.service\n"), "dr\\x2d1");
  EXPECT_EQ(ServiceOfCgroup("0::/user.slice/user-1000.slice/session-3.scope\n"), "");
  for (const char* text : {"", "0::/", "0::/\n", "1:cpu:/a.service\n", "1:cpu:/a.service"}) {
    EXPECT_EQ(ServiceOfCgroup(text), std::nullopt) << text;
  }
  EXPECT_THAT(IdentityOf(std::nullopt).user, HasSubstr(std::to_string(::geteuid())));
}

// Of a process of the user nobody, where this one may become it; of this one else.
int AsNobody(const std::function<bool()>& holds) {
  constexpr uid_t kNobody = 65534;
  ChildProcess child([&] {
    if (::geteuid() == 0 && ::setresuid(kNobody, kNobody, kNobody) != 0) return 2;
    return holds() ? 0 : 1;
  });
  return child.Wait();
}

class MissingRights : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(::chmod(folder_.path().c_str(), 0755), 0);
    ASSERT_EQ(::mkdir((folder_ / "in").c_str(), 0755), 0);
    std::ofstream(folder_ / "in/file") << "a";
  }
  void TearDown() override { ::chmod((folder_ / "in").c_str(), 0755); }

  // The right that nobody lacks on the way to `path`.
  [[nodiscard]] int Lacks(const std::string& path, Right right, const std::string& on) const {
    return AsNobody([&] {
      const auto missing = MissingRightOn(folder_ / path);
      return missing && missing->right == right && missing->path == folder_ / on && !missing->read_only;
    });
  }

  TempFolder folder_;
};

TEST_F(MissingRights, TheFirstFolderThatMayNotBeEntered) {
  ASSERT_EQ(::chmod((folder_ / "in").c_str(), 0), 0);
  EXPECT_EQ(Lacks("in/file", Right::kEnter, "in"), 0);
  EXPECT_EQ(Lacks("in/no/file", Right::kEnter, "in"), 0);
}

TEST_F(MissingRights, AFileThatMayNotBeRead) {
  ASSERT_EQ(::chmod((folder_ / "in/file").c_str(), 0), 0);
  EXPECT_EQ(Lacks("in/file", Right::kRead, "in/file"), 0);
}

TEST_F(MissingRights, TheNearestFolderThatMayNotBeWritten) {
  ASSERT_EQ(::chmod((folder_ / "in").c_str(), 0555), 0);
  EXPECT_EQ(Lacks("in/new/file", Right::kWrite, "in"), 0);
}

TEST_F(MissingRights, AFileThatMayNotBeWrittenThoughItsFolderMay) {
  ASSERT_EQ(::chmod((folder_ / "in").c_str(), 0777), 0);
  ASSERT_EQ(::chmod((folder_ / "in/file").c_str(), 0444), 0);
  EXPECT_EQ(Lacks("in/file", Right::kWrite, "in/file"), 0);
}

TEST_F(MissingRights, AFolderNeedNotBeReadToWriteThere) {
  ASSERT_EQ(::chmod((folder_ / "in").c_str(), 0333), 0);
  EXPECT_EQ(AsNobody([&] { return !MissingRightOn(folder_ / "in/new").has_value(); }), 0);
  EXPECT_EQ(Lacks("in", Right::kRead, "in"), 0) << "to list it is another matter";
}

TEST_F(MissingRights, NothingIsMissingWhereAllIsAllowed) {
  ASSERT_EQ(::chmod((folder_ / "in").c_str(), 0777), 0);
  EXPECT_EQ(AsNobody([&] { return !MissingRightOn(folder_ / "in/new").has_value(); }), 0);
}

TEST(Denials, ErrorsOfFilesHaveTheWordsThatWereSet) {
  SetDenialAdvice([](Denial denial, const std::string& path) {
    return (denial == Denial::kReadOnly ? "read-only " : "no right ") + path;
  });
  EXPECT_EQ(ErrnoError(EROFS, "cannot write", "/a").remedy, "read-only /a");
  EXPECT_EQ(ErrnoError(EACCES, "cannot write", "/a").remedy, "no right /a");
  EXPECT_EQ(ErrnoError(EPERM, "cannot write", "/a").code, ErrorCode::kUnauthorized);
  EXPECT_THAT(ErrnoError(ENOSPC, "cannot write", "/a").remedy, HasSubstr("make room"));
  SetDenialAdvice({});
  EXPECT_EQ(ErrnoError(EROFS, "cannot write", "/a").remedy, "mount the file system read-write");
}

}  // namespace
}  // namespace lakeferry::setup
