#include "plan/group/root_overlap.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lakeferry::plan {
namespace {

using enum RootKind;

Root At(RootKind kind, std::string table, std::vector<std::string> place, std::string group = "g") {
  return {.kind = kind,
          .group = std::move(group),
          .table = std::move(table),
          .uri = "file:///x",
          .place = std::move(place)};
}

struct PairCase {
  std::string name;
  Root a;
  Root b;
  bool overlap = false;
};

class RootPairs : public testing::TestWithParam<PairCase> {};

const std::vector<std::string> kHere = {"here", "above", "/"};

INSTANTIATE_TEST_SUITE_P(
    Cases, RootPairs,
    testing::Values(
        PairCase{"SourceAndItsTarget", At(kSource, "t", kHere), At(kTarget, "t", kHere), true},
        PairCase{"TargetInItsSource", At(kSource, "t", {"above", "/"}), At(kTarget, "t", kHere), true},
        PairCase{"SourceInItsTarget", At(kSource, "t", kHere), At(kTarget, "t", {"/"}), true},
        PairCase{"Neighbours", At(kSource, "t", kHere), At(kTarget, "t", {"there", "above", "/"}), false},
        // A replica is replicated onward.
        PairCase{"SourceAndTargetOfAnotherGroup", At(kSource, "t", kHere), At(kTarget, "t", kHere, "h"), false},
        PairCase{"SourceAndTargetOfAnotherTable", At(kSource, "t", kHere), At(kTarget, "u", kHere), false},
        PairCase{"TwoTargets", At(kTarget, "t", kHere), At(kTarget, "u", kHere), true},
        PairCase{"TwoTargetsOfTwoGroups", At(kTarget, "t", kHere), At(kTarget, "t", kHere, "h"), true},
        PairCase{"OneTarget", At(kTarget, "t", kHere), At(kTarget, "t", kHere), false},
        PairCase{"TwoSources", At(kSource, "t", kHere), At(kSource, "u", kHere), false},
        PairCase{"StagingAndSource", At(kStaging, "", kHere), At(kSource, "t", {"above", "/"}), true},
        PairCase{"StagingAndTarget", At(kStaging, "", {"above", "/"}), At(kTarget, "t", kHere), true},
        PairCase{"StagingOfAnotherGroupAndTarget", At(kStaging, "", kHere, "h"), At(kTarget, "t", kHere), true},
        PairCase{"StagingAndImportRoot", At(kStaging, "", kHere), At(kImportRoot, "t", {"/"}), true},
        PairCase{"StagingOfTwoGroups", At(kStaging, "", kHere), At(kStaging, "", kHere, "h"), false},
        PairCase{"ImportRootAndSource", At(kImportRoot, "t", {"above", "/"}), At(kSource, "t", kHere), false},
        PairCase{"StateInATarget", At(kState, "", kHere), At(kTarget, "t", {"above", "/"}), true},
        PairCase{"TargetBesideTheState", At(kState, "", {"above", "/"}), At(kTarget, "t", kHere), false},
        PairCase{"NotKnown", At(kSource, "t", {}), At(kTarget, "t", {}), false}),
    [](const auto& test) { return test.param.name; });

TEST_P(RootPairs, OverlapInAnyOrder) {
  const PairCase& pair = GetParam();
  EXPECT_EQ(FindRootOverlap({pair.a, pair.b}).has_value(), pair.overlap);
  EXPECT_EQ(FindRootOverlap({pair.b, pair.a}).has_value(), pair.overlap);
}

TEST(RootOverlap, NamesWhichIsInWhich) {
  const auto found = FindRootOverlap({At(kTarget, "t", kHere), At(kSource, "t", {"above", "/"})});
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(NameOf(found->inner), "the target of table 't' in group 'g'");
  EXPECT_EQ(NameOf(found->outer), "the source of table 't' in group 'g'");
}

TEST(RootOverlap, RootsOfAGroupAreAllThatItNames) {
  GroupSpec spec;
  spec.name = "g";
  spec.staging_uri = "file:///s";
  spec.tables = {{.name = "t", .source_uri = "file:///a", .target_uri = "file:///b", .import_roots = {"file:///i"}},
                 {.name = "catalog"}};
  std::vector<std::string> names;
  for (const Root& root : RootsOf(spec)) names.push_back(NameOf(root) + " " + root.uri);
  EXPECT_THAT(names, testing::ElementsAre("the staging location of group 'g' file:///s",
                                          "the source of table 't' in group 'g' file:///a",
                                          "the target of table 't' in group 'g' file:///b",
                                          "an import root of table 't' in group 'g' file:///i"));
}

}  // namespace
}  // namespace lakeferry::plan
