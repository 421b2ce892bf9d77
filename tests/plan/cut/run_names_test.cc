#include "plan/cut/run_names.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>

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

TEST(RunNames, OfAHundredThousandAreFoundAsFastAsOfOne) {
  std::vector<std::string> ids;
  for (int i = 0; i < 100'000; ++i) ids.push_back(fmt::format("manual__{:06}", i));
  const RunNames known(ids);
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 99'999; i > 0; i -= 10) {
    ASSERT_EQ(known.NamedIn({.user_metadata = fmt::format("table=bronze run={} by=etl", ids[i])}), ids[i]);
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(30)) << "a walk through all takes minutes";
}

TEST(RunNames, EmptyIdsNameNothing) {
  EXPECT_EQ(RunNames({std::string()}).NamedIn({.user_metadata = "anything"}), std::nullopt);
  EXPECT_EQ(RunNames({std::string()}).NamedIn({.txn_id = ""}), std::nullopt);
  EXPECT_EQ(RunNames({"run-7"}).NamedIn({}), std::nullopt);
}

}  // namespace
}  // namespace lakeferry::plan
