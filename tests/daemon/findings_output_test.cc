// What people are told of many findings.
#include "daemon/output/findings_output.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace lakeferry {
namespace {

using plan::Finding;
using plan::Severity;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

Finding Of(Severity severity, const std::string& what, const std::string& group = {}) {
  return {.severity = severity, .what = what, .where = "/srv/x", .remedy = "mend it", .group = group};
}

// What a check of groups with ten tables each finds.
std::vector<Finding> ManyGroups(int groups) {
  std::vector<Finding> findings;
  for (int i = 0; i < groups; ++i) {
    const std::string group = fmt::format("group-{}", i);
    findings.push_back(Of(Severity::kInfo, fmt::format("staging location of group '{}' is writable", group), group));
    for (int table = 0; table < 10; ++table) {
      findings.push_back(Of(Severity::kInfo,
                            fmt::format("source of table raw.t{} is readable: version {}, {} files", table, i, 7 * i),
                            group));
      findings.push_back(Of(Severity::kError, fmt::format("target of table raw.t{}: Permission denied", table), group));
    }
    findings.push_back(Of(Severity::kWarning, fmt::format("workflow 'w{}' of group '{}': no run", i, group), group));
  }
  return findings;
}

TEST(FindingsOutput, AHundredGroupsFitOnAPage) {
  const std::string text = ToText(ManyGroups(100), Told::kPage);
  EXPECT_LE(std::ranges::count(text, '\n'), 24) << text;
  EXPECT_THAT(
      text, AllOf(StartsWith("error: target of table raw.t0: Permission denied\n"),
                  HasSubstr("and 999 like it, of group-0, group-1, group-10 and 97 more groups"),
                  HasSubstr("-v tells each of the 2200 findings\n"), HasSubstr("not ok: 1000 errors, 100 warnings\n")));
}

TEST(FindingsOutput, AllOfThemAreToldOnRequest) {
  const std::string text = ToText(ManyGroups(100), Told::kAll);
  EXPECT_THAT(text, AllOf(HasSubstr("workflow 'w99' of group 'group-99'"), Not(HasSubstr("like it")),
                          Not(HasSubstr("-v tells"))));
}

TEST(FindingsOutput, FewAreToldWhole) {
  const std::string text = ToText(
      {Of(Severity::kInfo, "target of table a is writable"), Of(Severity::kInfo, "target of table b is writable"),
       Of(Severity::kInfo, "target of table c is writable"), Of(Severity::kInfo, "target of table d is writable"),
       Of(Severity::kError, "source of table a: gone")},
      Told::kPage);
  EXPECT_THAT(text, AllOf(StartsWith("error: source of table a: gone\n"), HasSubstr("target of table d"),
                          Not(HasSubstr("like it")), Not(HasSubstr("-v"))));
}

TEST(FindingsOutput, WhatSaysSomethingElseIsAnotherKind) {
  const auto kind = [](const std::string& what) { return KindOf(Of(Severity::kError, what)); };
  EXPECT_EQ(kind("target of table a.b: Permission denied"), kind("target of table c.d: Permission denied"));
  EXPECT_EQ(kind("group 'one two' has 12 files at s3://a/b, and more"),
            kind("group 'three four' has 7 files at s3://c, and more"));
  EXPECT_NE(kind("target of table a: Permission denied"), kind("target of table a: No such file"));
  EXPECT_NE(kind("target of table a: gone"), kind("source of table a: gone"));
  EXPECT_NE(KindOf(Of(Severity::kError, "a")), KindOf(Of(Severity::kWarning, "a")));
}

TEST(FindingsOutput, AnErrorOfItsOwnIsNeverFolded) {
  std::vector<Finding> findings = ManyGroups(100);
  findings.push_back(Of(Severity::kError, "the clock is wrong"));
  EXPECT_THAT(ToText(findings, Told::kPage), HasSubstr("error: the clock is wrong\n"));
}

}  // namespace
}  // namespace lakeferry
