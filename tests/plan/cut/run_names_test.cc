#include "plan/cut/run_names.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/support/cpu_time.h"

namespace lakeferry::plan {
namespace {

TEST(RunNames, AreFoundInEveryFieldThatWritersSet) {
  const RunNames known({"other", "run-7"});
  EXPECT_EQ(known.NamedIn({.job_run_id = "run-7"}), "run-7");
  EXPECT_EQ(known.NamedIn({.job_parent_run_id = "run-7"}), "run-7");
  EXPECT_EQ(known.NamedIn({.txn_id = "run-7"}), "run-7");
  EXPECT_EQ(known.NamedIn({.other_strings = {{"dag", "x"}, {"airflowRunId", "run-7"}}}), "run-7");
  EXPECT_EQ(known.NamedIn({.user_metadata = "run-7"}), "run-7");
  EXPECT_EQ(known.NamedIn({.user_metadata = R"({"run_id":"run-7","by":"etl"})"}), "run-7");
}

TEST(RunNames, AreWholeWordsOfUserMetadataOnly) {
  const RunNames known({"run-7"});
  EXPECT_EQ(known.NamedIn({.user_metadata = "run-77"}), std::nullopt);
  EXPECT_EQ(known.NamedIn({.user_metadata = "prun-7"}), std::nullopt);
  EXPECT_EQ(known.NamedIn({.user_metadata = "run-7.1"}), std::nullopt);
  EXPECT_EQ(known.NamedIn({.user_metadata = "run-77, run-7"}), "run-7");
  EXPECT_EQ(known.NamedIn({.txn_id = "run-7 "}), std::nullopt);
}

TEST(RunNames, MayHaveTheSignsOfTimestamps) {
  const std::string id = "scheduled__2026-11-21T00:00:00+00:00";
  EXPECT_EQ(RunNames({id}).NamedIn({.user_metadata = "run=" + id + ";"}), id);
}

TEST(RunNames, MayHaveOtherCharactersThanWords) {
  const RunNames known({"nightly run/7", "(8)"});
  EXPECT_EQ(known.NamedIn({.user_metadata = "by nightly run/7, twice"}), "nightly run/7");
  EXPECT_EQ(known.NamedIn({.user_metadata = "by nightly run/77"}), std::nullopt);
  EXPECT_EQ(known.NamedIn({.user_metadata = "by midnightly run/7"}), std::nullopt);
  EXPECT_EQ(known.NamedIn({.user_metadata = "run(8)again"}), "(8)") << "its own ends are no characters of a word";
  EXPECT_EQ(known.NamedIn({.txn_id = "(8)"}), "(8)");
}

TEST(RunNames, OfSeveralTheFirstThatWasGivenCounts) {
  const RunNames known({"a b", "run-1", "run-2"});
  EXPECT_EQ(known.NamedIn({.txn_id = "run-2", .user_metadata = "run-1"}), "run-1");
  EXPECT_EQ(known.NamedIn({.user_metadata = "run-2 after run-1, of a b"}), "a b");
}

void FindEach(int count) {
  std::vector<std::string> ids;
  for (int i = 0; i < count; ++i) ids.push_back(fmt::format("manual__{:06}", i));
  const RunNames known(ids);
  for (int i = count - 1; i > 0; i -= 10) {
    ASSERT_EQ(known.NamedIn({.user_metadata = fmt::format("table=bronze run={} by=etl", ids[i])}), ids[i]);
  }
}

TEST(RunNames, OfTenTimesAsManyEachIsFoundAsFast) {
  const auto few = CpuTimeOf([] { FindEach(10'000); });
  const auto many = CpuTimeOf([] { FindEach(100'000); });
  EXPECT_LT(many / few, 40) << "a walk through all takes a hundred times";
}

TEST(RunNames, EmptyIdsNameNothing) {
  EXPECT_EQ(RunNames({std::string()}).NamedIn({.user_metadata = "anything"}), std::nullopt);
  EXPECT_EQ(RunNames({std::string()}).NamedIn({.txn_id = ""}), std::nullopt);
  EXPECT_EQ(RunNames({"run-7"}).NamedIn({}), std::nullopt);
}

}  // namespace
}  // namespace lakeferry::plan
