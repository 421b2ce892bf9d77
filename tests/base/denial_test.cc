#include "base/denial.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

namespace lakeferry {
namespace {

TEST(Denial, IsWhatErrnoTellsOf) {
  EXPECT_EQ(DenialOf(EACCES), Denial::kNoRight);
  EXPECT_EQ(DenialOf(EPERM), Denial::kNoRight);
  EXPECT_EQ(DenialOf(EROFS), Denial::kReadOnly);
  EXPECT_EQ(DenialOf(ENOENT), std::nullopt);
  EXPECT_EQ(DenialOf(0), std::nullopt);
}

TEST(Denial, HasPlainWordsUntilSomebodyKnowsBetter) {
  EXPECT_EQ(DenialRemedy(Denial::kNoRight, "/a"), "give the user that runs lakeferry the right to do this");
  EXPECT_EQ(DenialRemedy(Denial::kReadOnly, "/a"), "mount the file system read-write");
  SetDenialAdvice([](Denial, const std::string& path) { return "look at " + path; });
  EXPECT_EQ(DenialRemedy(Denial::kReadOnly, "/a"), "look at /a");
  SetDenialAdvice({});
  EXPECT_EQ(DenialRemedy(Denial::kReadOnly, "/a"), "mount the file system read-write");
}

}  // namespace
}  // namespace lakeferry
